"""Communication: the messages of a case's thread, for those who may know the child."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from consortium.casework.models import Message
from consortium.casework.states import MessageKind
from consortium.files.models import MessageFile
from consortium.files.states import Step
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import Seats, of_known_child
from consortium.interop.r4.blocks import Resource, coding, concept, extension, instant, reference, resource
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers


def _thread() -> Any:
    rows = Message.objects.filter(of_known_child("case__patient_id")).select_related("case", "author")
    return rows.annotate(touched_at=F("created_at"))


def _communications(reader: Reader, rows: Sequence[Message]) -> list[Resource]:
    seats, files = Seats((row.author_id, row.institution_id) for row in rows), _files_with(rows)
    return [_communication(row, seats, files.get(row.pk, [])) for row in rows]


def _files_with(rows: Sequence[Message]) -> dict[UUID, list[UUID]]:
    """The files, voice notes too, that were sent with messages and may be looked at. One query."""
    sent = MessageFile.objects.filter(
        message__in=[row.pk for row in rows], attachment__step=Step.AVAILABLE, attachment__withdrawn_at=None
    )
    found: dict[UUID, list[UUID]] = {}
    for message_id, attachment_id in sent.order_by("place").values_list("message_id", "attachment_id"):
        found.setdefault(message_id, []).append(attachment_id)
    return found


def _communication(row: Any, seats: Seats, files: Sequence[UUID]) -> Resource:
    kind = MessageKind(row.kind)
    return resource(
        "Communication", row.pk, updated=row.touched_at, status="completed",
        basedOn=[reference("ServiceRequest", row.case_id)],
        category=[concept(coding("", f"message/{kind.value}", kind.label))], subject=subject(row.case.patient_id),
        sent=instant(row.created_at), sender=seats.of(row.author, row.institution_id),
        inResponseTo=[reference("Communication", row.reply_to_id)] if row.reply_to_id else [],
        payload=[
            *([{"contentString": row.text}] if row.text else []),
            *({"contentReference": reference("DocumentReference", pk)} for pk in files),
        ],
        extension=[extension("place-in-thread", valueInteger=row.seq)],
    )  # fmt: skip


def of_case(*, sent: str) -> dict[str, Any]:
    """The search parameters of whatever is said about a case; `sent`: the column of when."""
    return {
        **COMMON, "patient": refers("Patient", "case__patient_id"), "subject": refers("Patient", "case__patient_id"),
        "based-on": refers("ServiceRequest", "case_id"), "sent": dated(sent),
    }  # fmt: skip


_PARAMS = {**of_case(sent="created_at"), "status": coded({"completed": Q()})}
NEEDS = ("_id", "patient", "subject", "based-on")
KINDS = (Kind("Communication", (Source(_thread, _communications, _PARAMS, "case.patient_id", case="case_id"),), NEEDS),)
