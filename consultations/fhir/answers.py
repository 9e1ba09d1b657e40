"""Communication and Provenance of what specialists signed: answers, part by part, and second opinions."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from consortium.interop.fhir.children import subject
from consortium.interop.fhir.messages import NEEDS, of_case
from consortium.interop.fhir.rows import Seats, of_known_child
from consortium.interop.r4.blocks import Resource, coding, concept, extension, instant, reference, resource, said
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers
from consultations.models import Answer, Opinion

#: the parts of an answer, in their order
_PARTS: Final = ("impression", "do_now", "red_flags", "when_to_refer", "follow_up")
_TERMS: Final = "http://terminology.hl7.org/CodeSystem"
#: author's signature (ASTM E1762): signed by name in the product; what vouches for it is the journal's chain
_SIGNATURE: Final = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}


def _answers() -> Any:
    rows = Answer.objects.filter(of_known_child("case__patient_id"))
    rows = rows.select_related("case__service", "signed_by", "corrects", "corrected_by")
    return rows.annotate(touched_at=Greatest("signed_at", "acknowledged_at", "corrected_by__signed_at"))


def _opinions() -> Any:
    """Those that were given."""
    rows = Opinion.objects.filter(of_known_child("case__patient_id"), given_at__isnull=False)
    return rows.select_related("case", "service", "specialist").annotate(touched_at=F("given_at"))


def _signed_by(row: Any) -> tuple[Any, Any, Any, Any]:
    """The row, who signed it, for which institution, and when."""
    if hasattr(row, "given_at"):
        return row, row.specialist, row.service.institution_id, row.given_at
    return row, row.signed_by, row.case.service.institution_id, row.signed_at


def _signers(rows: Sequence[Any]) -> list[tuple[Any, dict[str, Any], Any]]:
    """Each signed row with the seat from which it was signed, and when. One query."""
    signed = [_signed_by(row) for row in rows]
    seats = Seats((person.pk, place) for _row, person, place, _at in signed)
    return [(row, seats.of(person, place), at) for row, person, place, at in signed]


# -- what was said ----------------------------------------------------------------------------------------------------


def _answered(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_answer(row, sender) for row, sender, _at in _signers(rows)]


def _answer(row: Any, sender: dict[str, Any]) -> Resource:
    """A corrected answer is marked as one that must not be acted on; its text stays, as on the page."""
    correction = getattr(row, "corrected_by", None)
    return resource(
        "Communication", row.pk, updated=row.touched_at, status="entered-in-error" if correction else "completed",
        statusReason=concept(text=correction.correction_reason) if correction else {},
        basedOn=[reference("ServiceRequest", row.case_id)],
        category=[concept(coding("", "message/answer", _("Answer")))],
        subject=subject(row.case.patient_id), sent=instant(row.signed_at), received=instant(row.acknowledged_at),
        sender=sender, inResponseTo=[reference("Communication", row.corrects_id)] if row.corrects_id else [],
        payload=_payload(row), extension=_about(row),
    )  # fmt: skip


def _payload(row: Any) -> list[dict[str, Any]]:
    told = [(part, getattr(row, part)) for part in _PARTS]
    return [{"extension": [extension("part", valueCode=part)], "contentString": text} for part, text in told if text]


def _about(row: Any) -> list[dict[str, Any]]:
    day, why = row.follow_up_on, row.correction_reason
    return [
        extension("answer-number", valueInteger=row.number),
        *([extension("follow-up-on", valueDate=day.isoformat())] if day else []),
        *([extension("correction-reason", valueString=why)] if why else []),
    ]


def _opinions_given(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_opinion(row, sender) for row, sender, _at in _signers(rows)]


def _opinion(row: Any, sender: dict[str, Any]) -> Resource:
    """Dissent is said, and stays."""
    return resource(
        "Communication", row.pk, updated=row.touched_at, status="completed",
        basedOn=[reference("ServiceRequest", row.case_id)],
        category=[concept(coding("", "message/opinion", _("Second opinion")))],
        subject=subject(row.case.patient_id), sent=instant(row.given_at), sender=sender,
        payload=[{"contentString": row.text}], extension=[extension("agrees", valueBoolean=row.agrees)],
    )  # fmt: skip


# -- who signed it ----------------------------------------------------------------------------------------------------


def _signed(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_provenance(*each) for each in _signers(rows)]


def _provenance(row: Any, who: dict[str, Any], at: Any) -> Resource:
    """Name, title and licence as they stood at the time of signing."""
    corrected = getattr(row, "corrects_id", None)
    signer = said(
        reference=who["reference"],
        display=", ".join(filter(None, (row.signer_name, row.signer_title, row.signer_licence))),
    )
    return resource(
        "Provenance", row.pk, updated=at, target=[reference("Communication", row.pk)], recorded=instant(at),
        occurredDateTime=instant(at),
        activity=concept(coding(f"{_TERMS}/v3-DocumentCompletion", "LA")),
        agent=[{"type": concept(coding(f"{_TERMS}/provenance-participant-type", "author")), "who": signer}],
        entity=[{"role": "revision", "what": reference("Communication", corrected)}] if corrected else [],
        signature=[{"type": [_SIGNATURE], "when": instant(at), "who": signer}],
    )  # fmt: skip


# -- what the router serves -------------------------------------------------------------------------------------------

_CORRECTED: Final = Q(corrected_by__isnull=False)
_ANSWER = {
    **of_case(sent="signed_at"),
    "status": coded({"completed": ~_CORRECTED, "entered-in-error": _CORRECTED}),
}  # fmt: skip
_OPINION = {**of_case(sent="given_at"), "status": coded({"completed": Q()})}
_SIGNATURES = {
    **COMMON, "patient": refers("Patient", "case__patient_id"), "target": refers("Communication", "pk"),
}  # fmt: skip
_CHILD: Final = "case.patient_id"
_CASE: Final = "case_id"

KINDS = (
    Kind(
        "Communication",
        (
            Source(_answers, _answered, _ANSWER, _CHILD, case=_CASE),
            Source(_opinions, _opinions_given, _OPINION, _CHILD, case=_CASE),
        ),
        NEEDS,
    ),
    Kind(
        "Provenance",
        (
            Source(_answers, _signed, {**_SIGNATURES, "recorded": dated("signed_at")}, _CHILD, case=_CASE),
            Source(_opinions, _signed, {**_SIGNATURES, "recorded": dated("given_at")}, _CHILD, case=_CASE),
        ),
        ("_id", "patient", "target"),
    ),
)
