"""What the sources share: when a row was changed last, which rows are about a known child, whose seat it was."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from consortium.interop.r4.blocks import reference
from consortium.interop.r4.kinds import Param
from consortium.interop.r4.searching import uuids
from consortium.journal.models import READS, Entry
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.people.models import Membership
from consortium.people.states import Role

#: of several seats at one institution, in which a person acts on a case
_RANK: Final = (Role.SPECIALIST, Role.SERVICE_LEAD, Role.ASKER, Role.NURSE, Role.COORDINATOR)
_SEATS = "the directory shows all staff where they work"


def changed_at(label: str, since: str = "", key: str = "pk") -> Any:
    """When the journal last told of a change of the row; before any, what the column `since` holds. `key`: the column
    of the id that the journal knows it by, such as its case's."""
    acts = unfiltered(Entry, why="when a record was changed last").filter(
        subject_type=label, subject_id=Cast(OuterRef(key), CharField())
    )
    newest = Subquery(acts.exclude(verb__in=(*READS, "import")).order_by("-seq").values("at")[:1])
    return Coalesce(newest, F(since) if since else Value(None), output_field=DateTimeField())


def of_known_child(path: str) -> Any:
    """The condition that the reader may know the child whose id stands at `path`."""
    return Exists(Patient.objects.filter(pk=OuterRef(path)))


def of_child(column: str) -> Param:
    """The search parameter `patient` of rows that are seen without their child too, as in a queue: it finds them only
    for who may know the child, so that nobody learns by asking whose question waits there."""

    def where(values: Sequence[str]) -> Q:
        return Q(**{f"{column}__in": uuids(values, "Patient")}) & Q(of_known_child(column))

    return Param("reference", where)


def seats() -> Any:
    """Everybody's seats, ended ones too: what was done from them stays done from them."""
    return unfiltered(Membership, why=_SEATS)


class Seats:
    """Finds from which seat each person acted, for many at once. One query."""

    def __init__(self, pairs: Iterable[tuple[UUID | None, UUID | None]]) -> None:
        """`pairs`: person and institution, or None for nobody."""
        wanted = {pair for pair in pairs if all(pair)}
        people, places = {pair[0] for pair in wanted}, {pair[1] for pair in wanted}
        held = seats().filter(user_id__in=people, institution_id__in=places) if wanted else ()
        self._found: dict[tuple[UUID, UUID], Membership] = {}
        for seat in sorted(held, key=_preferred, reverse=True):
            self._found[seat.user_id, seat.institution_id] = seat

    def of(self, person: Any, institution_id: UUID | None) -> dict[str, Any]:
        """A reference to the seat; to the person where they never had one there."""
        seat = self._found.get((person.pk, institution_id)) if institution_id else None
        display = str(person.full_name)
        return (
            reference("PractitionerRole", seat.pk, display) if seat else reference("Practitioner", person.pk, display)
        )


def _preferred(seat: Membership) -> tuple[int, str]:
    rank = _RANK.index(Role(seat.role)) if seat.role in _RANK else len(_RANK)
    return rank, str(seat.pk)
