"""Provenance: every act on a referral, as the journal has it: the history of its tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q

from consortium.interop.fhir.audit import acts_on_cases
from consortium.interop.fhir.rows import Seats, of_known_child
from consortium.interop.r4.blocks import Resource, coding, concept, extension, instant, reference, resource
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import dated, refers
from consortium.journal.models import Entry
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from referrals.models import Referral

_CASE: Final = "casework.case"
_PREFIX: Final = "act-"
_LONGEST: Final = 18
_PARTICIPANT: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the machine, by the id of its Provenance."""

    id: str
    at: datetime


def acts_on(case_ids: Iterable[UUID]) -> dict[UUID, list[Act]]:
    """The acts on some referrals that the caller sees, in their order. One query at most."""
    ids = [str(each) for each in case_ids]
    found: dict[UUID, list[Act]] = {}
    if not ids:
        return found
    rows = unfiltered(Entry, why="the history of a referral that the reader sees")
    rows = rows.filter(subject_type=_CASE, subject_id__in=ids, facts__has_key="id").order_by("seq")
    for pk, at, subject_id in rows.values_list("pk", "at", "subject_id"):
        found.setdefault(UUID(subject_id), []).append(Act(f"{_PREFIX}{pk}", at))
    return found


def _acts() -> Any:
    """Acts of the machine's table on referrals, for who may know the child."""
    mine = Referral.objects.filter(of_known_child("case__patient_id"))
    rows = acts_on_cases().filter(facts__has_key="id", case_key__in=mine.values("pk"))
    return rows.select_related("actor").annotate(touched_at=F("at"))


def _provenances(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    seats = Seats((row.actor_id, row.institution_id) for row in rows)
    return [_provenance(row, seats) for row in rows]


def _provenance(row: Any, seats: Seats) -> Resource:
    facts = row.facts
    return resource(
        "Provenance", f"{_PREFIX}{row.pk}", updated=row.at, target=[reference("ServiceRequest", row.subject_id)],
        recorded=instant(row.at), occurredDateTime=instant(row.at),
        activity=concept(coding("", f"act/{row.verb}"), coding("", f"transition/{facts['id']}")),
        agent=[{"type": concept(coding(_PARTICIPANT, "performer")), "who": _who(row, seats)}],
        extension=[
            *([extension("from", valueCode=facts["from"])] if facts.get("from") else []),
            *([extension("to", valueCode=facts["to"])] if facts.get("to") else []),
        ],
    )  # fmt: skip


def _who(row: Any, seats: Seats) -> dict[str, Any]:
    """The seat it was done from; the system by its name."""
    return seats.of(row.actor, row.institution_id) if row.actor else {"display": row.actor_name or "system"}


def _by_number(resource_id: str) -> Q:
    number = resource_id.removeprefix(_PREFIX)
    if number == resource_id or not number.isascii() or not number.isdigit() or len(number) > _LONGEST:
        raise NotVisible
    return Q(pk=int(number))


_PARAMS = {
    "_lastUpdated": dated("touched_at"), "recorded": dated("at"), "patient": refers("Patient", "patient_id"),
    "target": refers("ServiceRequest", "case_key"),
}  # fmt: skip
KINDS = (
    Kind(
        "Provenance",
        (Source(_acts, _provenances, _PARAMS, "patient_id", _by_number, "subject_id"),),
        ("_id", "patient", "target"),
    ),
)
