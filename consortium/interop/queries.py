"""Reading and searching resources as somebody; what they may not see is not there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.interop.r4.blocks import Resource, ids_of, references_in
from consortium.interop.r4.kinds import Kind, Reader, Source, kinds
from consortium.interop.r4.searching import BadSearch, conditions, wanted
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import keyset, read_cursor, write_cursor
from consortium.patients.models import Patient

PAGE_SIZE, MOST = 50, 200
#: what any resource may refer to beside the case itself; none refers to one that stands before it
DIRECTORY = ("Slot", "Schedule", "PractitionerRole", "HealthcareService", "Organization", "Practitioner")


@dataclass(frozen=True, slots=True)
class Shown:
    """One resource, the row behind it, and the child whom the reader was shown by it."""

    resource: Resource
    row: Any
    child: UUID | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: what matches, the cursor of the next page, and the children shown."""

    resources: list[Resource] = field(default_factory=list)
    following: str = ""
    children: frozenset[UUID] = frozenset()


def kind_named(name: str) -> Kind:
    """The kind, when there is one."""
    found = kinds().get(name)
    if found is None:
        raise NotVisible
    return found


def shaped(actor: Actor, source: Source, rows: Sequence[Any]) -> tuple[list[Resource], frozenset[UUID]]:
    """The resources of some rows, and which of the children they are about the actor knows."""
    about = {child for row in rows if (child := source.child_of(row))}
    reader = Reader(actor, known_of(about))
    return (source.shape(reader, rows) if rows else []), reader.known


def known_of(children: Iterable[UUID]) -> frozenset[UUID]:
    """Those of `children` whom the actor may know. At most one query."""
    about = set(children)
    return frozenset(Patient.objects.filter(pk__in=about).values_list("pk", flat=True)) if about else frozenset()


def one(actor: Actor, name: str, resource_id: str) -> Shown:
    """The resource `name/resource_id`; NotVisible when there is none that the actor sees."""
    for source in kind_named(name).sources:
        row = _row_behind(source, resource_id)
        if row is not None:
            made, known = shaped(actor, source, [row])
            match = next((each for each in made if each["id"] == resource_id), None)
            child = source.child_of(row)
            if match is not None:
                return Shown(match, row, child if child in known else None)
    raise NotVisible


def _row_behind(source: Source, resource_id: str) -> Any:
    """The row of this source; None where its ids are of another form."""
    try:
        condition = source.find(resource_id)
    except NotVisible:
        return None
    return source.rows().filter(condition).first()


def search(
    actor: Actor, kind: Kind, asked: Mapping[str, Sequence[str]], *, after: str = "", size: int = PAGE_SIZE
) -> Found:
    """At most `size` resources that match all of `asked` (name -> its occurrences), source by source, each by id."""
    _check(kind, asked)
    place, inner, skip = _place(kind, after)
    resources: list[Resource] = []
    children: frozenset[UUID] = frozenset()
    while place < len(kind.sources):
        source, room = kind.sources[place], size - len(resources)
        rows = source.rows().filter(conditions(source, asked))
        page = keyset(rows, order=(rows.model._meta.pk.attname,), after=inner, size=room or 1)
        made, known = shaped(actor, source, page.items)
        fitting = [each for each in made if wanted(source, asked, each)][skip:]
        if len(fitting) > room:  # a row may give several: the next page begins amid them
            cursor = write_cursor([place, inner, skip + room])
            return Found([*resources, *fitting[:room]], cursor, children | known if room else children)
        resources, children, skip = [*resources, *fitting], children | known, 0
        if page.next_cursor:
            return Found(resources, write_cursor([place, page.next_cursor, 0]), children)
        place, inner = place + 1, ""
    return Found(resources, "", children)


def _check(kind: Kind, asked: Mapping[str, Sequence[str]]) -> None:
    unknown = sorted(set(asked) - set(kind.params))
    if unknown:
        raise BadSearch(dict.fromkeys(unknown, _("This is not a search parameter here.")))
    if kind.needs and not set(kind.needs) & set(asked):
        raise BadSearch({"search": _("Narrow the search by one of: %(names)s") % {"names": ", ".join(kind.needs)}})


def _place(kind: Kind, after: str) -> tuple[int, str, int]:
    """Which source, from where in it, and how many resources of there were shown already."""
    if not after:
        return 0, "", 0
    place, inner, skip = read_cursor(after, 3)
    whole = all(isinstance(number, int) and not isinstance(number, bool) for number in (place, skip))
    if not whole or not isinstance(inner, str) or not 0 <= place < len(kind.sources) or not 0 <= skip < 10**6:
        raise BadSearch({"_after": _("This page is not known: search again.")})
    return place, inner, skip


def directory_of(actor: Actor, resources: Iterable[Resource]) -> list[Resource]:
    """The people, seats, services and institutions that `resources` refer to, and those that these refer to."""
    found: list[Resource] = []
    named = references_in(list(resources))
    for name in DIRECTORY:
        ids = ids_of(name, named)
        for source in kind_named(name).sources if ids else ():
            made = source.shape(Reader(actor), list(source.rows().filter(pk__in=ids).order_by("pk")))
            named |= references_in(made)
            found += made
    return found
