"""Of which groups may figures stand beside those of the whole, so that no subtraction tells of one to four people?"""

from collections.abc import Hashable, Mapping
from typing import Any, Final, TypeVar

#: fewer people than this could be known by what is told of them
LEAST: Final = 5

K = TypeVar("K", bound=Hashable)


def held_back(sizes: Mapping[K, int]) -> set[K]:
    """Of the parts of a whole that is told (name: people) those that are not: the few, and the next larger ones until
    all that is not told are `LEAST` or more. Always the same for the same people."""
    order = sorted((key for key in sizes if sizes[key]), key=lambda key: (sizes[key], str(key)))
    hidden: set[K] = set()
    for key in order:
        if sizes[key] >= LEAST and not 0 < sum(sizes[one] for one in hidden) < LEAST:
            break
        hidden.add(key)
    return hidden


def places_held_back(sizes: Mapping[Any, Mapping[Any, int]]) -> tuple[set[Any], set[Any]]:
    """(regions, places) that are not told; `sizes`: region: place: people. A region that is not told takes its places
    with it, for together they would tell it; in one that is told its places add up to what is told of it."""
    regions = held_back({region: sum(places.values()) for region, places in sizes.items()})
    hidden = {place for region in regions for place in sizes[region]}
    return regions, hidden.union(*(held_back(places) for region, places in sizes.items() if region not in regions))
