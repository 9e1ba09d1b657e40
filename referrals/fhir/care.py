"""Encounter, Condition, Composition, and what the sender says to it: the care and what became of the child."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import Seats, changed_at
from consortium.interop.r4.blocks import (
    Resource,
    coding,
    concept,
    extension,
    identifier,
    instant,
    period,
    reference,
    resource,
    uuid_in,
)
from consortium.interop.r4.kinds import Kind, Param, Reader, Source
from consortium.interop.r4.searching import coded, dated, uuids
from referrals.fhir.requests import diagnosis
from referrals.fhir.rows import CHILD, NEEDS, of_case, params
from referrals.models import Acknowledgement, Encounter, Outcome, Referral
from referrals.states import Appropriateness, Concordance, Destination, Place

_TERMS: Final = "http://terminology.hl7.org/CodeSystem"
_LOINC: Final = "http://loinc.org"
#: http://terminology.hl7.org/ValueSet/v3-ActEncounterCode
_CLASSES: Final[dict[str, str]] = {
    Place.CLINIC: "AMB", Place.EMERGENCY: "EMER", Place.WARD: "IMP", Place.INTENSIVE: "ACUTE", Place.THEATRE: "IMP",
}  # fmt: skip

# -- the stay ---------------------------------------------------------------------------------------------------------


def _encounters() -> Any:
    touched = Greatest("begun_at", Coalesce("ended_at", "begun_at"))
    return of_case(Encounter, touched, "case__service__institution", "begun_by")


def _stays(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    seats = Seats((row.begun_by_id, row.case.service.institution_id) for row in rows)
    return [_encounter(row, seats) for row in rows]


def _encounter(row: Any, seats: Seats) -> Resource:
    case, place = row.case, Place(row.place)
    house = case.service.institution
    return resource(
        "Encounter", row.pk, updated=row.touched_at, status="finished" if row.ended_at else "in-progress",
        class_=coding(f"{_TERMS}/v3-ActCode", _CLASSES[row.place]),
        type=[concept(coding("", f"place/{place.value}", place.label))], subject=subject(case.patient_id),
        episodeOfCare=[reference("EpisodeOfCare", case.pathway_id)] if case.pathway_id else [],
        basedOn=[reference("ServiceRequest", case.pk)], period=period(row.begun_at, row.ended_at),
        participant=[{"individual": seats.of(row.begun_by, house.pk)}],
        location=[{"location": {"display": row.ward}}] if row.ward else [],
        serviceProvider=reference("Organization", house.pk, house.name_en),
    )  # fmt: skip


# -- diagnoses --------------------------------------------------------------------------------------------------------


def _working() -> Any:
    rows = of_case(Referral, changed_at("casework.case", "case__created_at"), "case__asker")
    return rows.exclude(working_diagnosis="", diagnosis_code="")


def _working_diagnoses(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [
        _condition(row, "working", {"code": row.diagnosis_code, "text": row.working_diagnosis}, "provisional")
        for row in rows
    ]


def _final_diagnoses(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    """Each of an outcome's, the main one first; those of a corrected outcome were entered in error."""
    return [_condition(row, str(n), each, _certainty(row)) for row in rows for n, each in enumerate(row.diagnoses, 1)]


def _certainty(row: Any) -> str:
    return "entered-in-error" if getattr(row, "corrected_by", None) else "confirmed"


def _condition(row: Any, which: str, made: Mapping[str, Any], certainty: str) -> Resource:
    """FHIR wants no clinical status beside `entered-in-error` (con-5)."""
    wrong = certainty == "entered-in-error"
    return resource(
        "Condition", f"{row.pk}.{which}", updated=row.touched_at,
        clinicalStatus={} if wrong else concept(coding(f"{_TERMS}/condition-clinical", "active")),
        verificationStatus=concept(coding(f"{_TERMS}/condition-ver-status", certainty)),
        category=[concept(coding(f"{_TERMS}/condition-category", "encounter-diagnosis"))],
        code=diagnosis(made.get("code", ""), made.get("text", "")), subject=subject(row.case.patient_id),
        recordedDate=instant(getattr(row, "signed_at", None) or row.case.submitted_at or row.case.created_at),
        extension=[
            extension("of-case", valueReference=reference("ServiceRequest", row.case_id)),
            *([extension("main-diagnosis", valueBoolean=True)] if made.get("main") else []),
        ],
    )  # fmt: skip


# -- the outcome ------------------------------------------------------------------------------------------------------

#: its parts, in their order, with LOINC's code where it has a sure one
_SECTIONS: Final = (
    ("course", _("Course and procedures"), "8648-8"),
    ("medicines", _("Medicines"), "10183-2"),
    ("immunisations", _("Immunisations given"), "11369-6"),
    ("pending", _("Results still pending"), ""),
    ("follow_up", _("Follow-up"), "18776-5"),
    ("to_sender", _("What to learn from it"), ""),
    ("for_family", _("For the family"), ""),
)


def _outcomes() -> Any:
    return of_case(Outcome, "signed_at", "case__service__institution", "signed_by", "corrected_by")


def _compositions(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    seats = Seats((row.signed_by_id, row.case.service.institution_id) for row in rows)
    return [_composition(row, seats) for row in rows]


def _composition(row: Any, seats: Seats) -> Resource:
    case, house = row.case, row.case.service.institution
    author = seats.of(row.signed_by, house.pk)
    replaced = {"code": "replaces", "targetReference": reference("Composition", row.corrects_id)}
    return resource(
        "Composition", row.pk, updated=row.signed_at, status=_composed(row),
        identifier=identifier("outcome", f"{case.pk}.{row.number}"),
        type=concept(coding(_LOINC, "18842-5"), text=_("Outcome")), subject=subject(case.patient_id),
        date=instant(row.signed_at), author=[author], title="Outcome",
        attester=[{"mode": "professional", "time": instant(row.signed_at),
                   "party": {**author, "display": _signer(row)}}],
        custodian=reference("Organization", house.pk, house.name_en),
        relatesTo=[replaced] if row.corrects_id else [],
        event=[{"period": period(row.admitted_on, row.left_on), "detail": [reference("ServiceRequest", case.pk)]}],
        section=[_diagnoses(row), *_sections(row)], extension=_told(row),
    )  # fmt: skip


def _composed(row: Any) -> str:
    if getattr(row, "corrected_by", None):
        return "entered-in-error"
    return "amended" if row.corrects_id else "final"


def _signer(row: Any) -> str:
    """Name, title and licence as they stood at the time of signing."""
    return ", ".join(filter(None, (row.signer_name, row.signer_title, row.signer_licence)))


def _diagnoses(row: Any) -> dict[str, Any]:
    entries = [reference("Condition", f"{row.pk}.{n}") for n in range(1, len(row.diagnoses) + 1)]
    return {"title": "Final diagnoses", "code": concept(coding(_LOINC, "11535-2")), "entry": entries}


def _sections(row: Any) -> list[dict[str, Any]]:
    return [
        {
            "title": str(label), "text": narrative(getattr(row, name)),
            "code": concept(*([coding(_LOINC, code)] if code else []), coding("", f"outcome-part/{name}")),
        }
        for name, label, code in _SECTIONS
        if getattr(row, name)
    ]  # fmt: skip


def narrative(text: str) -> dict[str, Any]:
    """Words as FHIR's Narrative: their lines kept, nothing of them markup."""
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><pre>{escape(text)}</pre></div>'}


def _told(row: Any) -> list[dict[str, Any]]:
    went, fit = Destination(row.destination), row.appropriateness
    return [
        extension("destination", valueCoding=coding("", f"destination/{went.value}", went.label)),
        extension("special-care", valueBoolean=row.special_care),
        *([extension("appropriateness", valueCoding=_fits(fit))] if fit else []),
        *([extension("correction-reason", valueString=row.correction_reason)] if row.correction_reason else []),
    ]


def _fits(code: str) -> dict[str, Any]:
    return coding("", f"appropriateness/{code}", Appropriateness(code).label)


# -- what the sender says to it ---------------------------------------------------------------------------------------


def _said() -> Any:
    return of_case(Acknowledgement, "at", "by")


def _acknowledgements(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    seats = Seats((row.by_id, row.case.asking_institution_id) for row in rows)
    return [_acknowledgement(row, seats) for row in rows]


def _acknowledgement(row: Any, seats: Seats) -> Resource:
    """What the sender takes from it themselves is theirs, and stays out."""
    agreed, fit = Concordance(row.concordance), row.appropriateness
    return resource(
        "Communication", row.pk, updated=row.at, status="completed", basedOn=[reference("ServiceRequest", row.case_id)],
        category=[concept(coding("", "message/acknowledgement", _("Acknowledgement")))],
        about=[reference("Composition", row.outcome_id)], subject=subject(row.case.patient_id), sent=instant(row.at),
        sender=seats.of(row.by, row.case.asking_institution_id),
        extension=[
            extension("usefulness", valueInteger=row.usefulness),
            extension("concordance", valueCoding=coding("", f"concordance/{agreed.value}", agreed.label)),
            *([extension("appropriateness", valueCoding=_fits(fit))] if fit else []),
        ],
    )  # fmt: skip


# -- what the router serves -------------------------------------------------------------------------------------------


def _behind(resource_id: str) -> Q:
    """The row behind `<row>.<which>`."""
    row_id, _dot, _which = resource_id.rpartition(".")
    return Q(pk=uuid_in(row_id))


_DOTTED = Param(
    "token",
    where=lambda values: Q(pk__in=uuids([value.rpartition(".")[0] for value in values])),
    keep=lambda resource, values: resource["id"] in values,
)
_ENCOUNTER = params(
    date=dated("begun_at"),
    status=coded({"in-progress": Q(ended_at=None), "finished": Q(ended_at__isnull=False)}),
)
_CONDITION = {**params(), "_id": _DOTTED}
_COMPOSITION = params(date=dated("signed_at"))
_SENT = params(sent=dated("at"), status=coded({"completed": Q()}))
KINDS = (
    Kind("Encounter", (Source(_encounters, _stays, _ENCOUNTER, CHILD, case="case_id"),), NEEDS),
    Kind(
        "Condition",
        (
            Source(_working, _working_diagnoses, _CONDITION, CHILD, _behind, "case_id"),
            Source(_outcomes, _final_diagnoses, _CONDITION, CHILD, _behind, "case_id"),
        ),
        NEEDS,
    ),
    Kind("Composition", (Source(_outcomes, _compositions, _COMPOSITION, CHILD, case="case_id"),), NEEDS),
    Kind("Communication", (Source(_said, _acknowledgements, _SENT, CHILD, case="case_id"),), NEEDS),
)
