"""Communication: the messages of a case's thread, for those who may know the child."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q

from consortium.casework.models import Message
from consortium.casework.states import MessageKind
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import Seats, of_known_child
from consortium.interop.r4.blocks import Resource, coding, concept, extension, instant, reference, resource
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers


def _thread() -> Any:
    rows = Message.objects.filter(of_known_child("case__patient_id")).select_related("case", "author")
    return rows.annotate(touched_at=F("created_at"))


def _communications(reader: Reader, rows: Sequence[Message]) -> list[Resource]:
    seats = Seats((row.author_id, row.institution_id) for row in rows)
    return [_communication(row, seats) for row in rows]


def _communication(row: Any, seats: Seats) -> Resource:
    kind = MessageKind(row.kind)
    return resource(
        "Communication", row.pk, updated=row.touched_at, status="completed",
        basedOn=[reference("ServiceRequest", row.case_id)],
        category=[concept(coding("", f"message/{kind.value}", kind.label))], subject=subject(row.case.patient_id),
        sent=instant(row.created_at), sender=seats.of(row.author, row.institution_id),
        payload=[{"contentString": row.text}], extension=[extension("place-in-thread", valueInteger=row.seq)],
    )  # fmt: skip


def of_case(*, sent: str) -> dict[str, Any]:
    """The search parameters of whatever is said about a case; `sent`: the column of when."""
    return {
        **COMMON, "patient": refers("Patient", "case__patient_id"), "subject": refers("Patient", "case__patient_id"),
        "based-on": refers("ServiceRequest", "case_id"), "sent": dated(sent),
    }  # fmt: skip


_PARAMS = {**of_case(sent="created_at"), "status": coded({"completed": Q()})}
NEEDS = ("_id", "patient", "subject", "based-on")
KINDS = (Kind("Communication", (Source(_thread, _communications, _PARAMS, child="case.patient_id"),), NEEDS),)
