"""Faults put into a pathway on purpose, to see that the checks find them: the slips an author could make."""

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

Bundle = dict[str, Any]
#: changes a bundle in one place, picked by the generator; False when there is no such place
Slip = Callable[[Bundle, random.Random], bool]

SLIPS: Final[dict[str, Slip]] = {}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed bundle. `seed` makes it again."""

    kind: str
    seed: int
    bundle: Bundle


def mutants(bundle: Mapping[str, Any], *, each: int = 2) -> Iterator[Mutant]:
    """`each` mutants of every kind that this pathway has a place for; those that change nothing are left out."""
    for kind, slip in SLIPS.items():
        seen = []
        for seed in range(each):
            changed = copy.deepcopy(dict(bundle))
            if slip(changed, random.Random(seed)) and changed != bundle and changed not in seen:  # noqa: S311 chance only
                seen.append(changed)
                yield Mutant(kind, seed, changed)


def slip(kind: str) -> Callable[[Slip], Slip]:
    def register(function: Slip) -> Slip:
        SLIPS[kind] = function
        return function

    return register


# -- where things stand in a bundle -------------------------------------------------------------------------------


def rows(bundle: Bundle) -> list[dict[str, Any]]:
    return [row for table in bundle["pathway"]["tables"] for row in table["rows"]]


def spots(bundle: Bundle) -> list[tuple[Any, Any]]:
    """(container, key) of every expression: of rows, entries, derived names, scores, and those inside them."""
    found: list[tuple[Any, Any]] = []
    pathway = bundle["pathway"]
    tops = [(table, "entry") for table in pathway["tables"] if "entry" in table]
    tops += [(row, "when") for row in rows(bundle) if row["when"] != "otherwise"]
    tops += [(one, "when") for one in (pathway.get("derived") or {}).values()]
    tops += [(term, "when") for one in (pathway.get("scores") or {}).values() for term in one["terms"]]
    for container, key in tops:
        _inside(container, key, found)
    return found


def _inside(container: Any, key: Any, found: list[tuple[Any, Any]]) -> None:
    found.append((container, key))
    node = container[key]
    if not isinstance(node, dict):
        return
    for form, inner in node.items():
        if form in ("any", "all"):
            for index in range(len(inner)):
                _inside(inner, index, found)
        elif form == "not":
            _inside(node, "not", found)
        elif form == "count_ge":
            for index in range(len(inner["of"])):
                _inside(inner["of"], index, found)


def pick(items: list[Any], chance: random.Random) -> Any:
    return chance.choice(items) if items else None


def forms(bundle: Bundle, form: str) -> list[dict[str, Any]]:
    """Every expression of that form."""
    nodes = [container[key] for container, key in spots(bundle)]
    return [node for node in nodes if isinstance(node, dict) and form in node]


def comparisons(bundle: Bundle) -> list[tuple[dict[str, Any], str]]:
    """({op: threshold}, op) of every comparison."""
    nodes = [container[key] for container, key in spots(bundle)]
    limits = [inner for node in nodes if isinstance(node, dict) for inner in node.values() if isinstance(inner, dict)]
    return [(inner, op) for inner in limits for op in inner if op in ("lt", "le", "gt", "ge", "eq")]


def choices(bundle: Bundle) -> list[tuple[dict[str, Any], str]]:
    nodes = [container[key] for container, key in spots(bundle)]
    named = [(node, name) for node in nodes if isinstance(node, dict) for name in node]
    return [(node, name) for node, name in named if (name != "known" and isinstance(node[name], str))
            or (name not in ("any", "all", "known") and isinstance(node[name], list))]  # fmt: skip


def shelf(bundle: Bundle, name: str) -> dict[str, Any]:
    """The pathway's own entries and the shared ones of a shelf, together."""
    return {**(bundle["library"].get(name) or {}), **(bundle["pathway"].get(name) or {})}


def number(text: Any) -> tuple[Decimal, str]:
    value, _, unit = str(text).partition(" ")
    return Decimal(value), f" {unit}" if unit else ""
