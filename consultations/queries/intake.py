"""What still lacks of the minimum that a question's symptom needs."""

from datetime import timedelta

from consortium.casework.models import Case
from consortium.casework.states import Datum, data_for, datum_label
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Measurement
from consortium.patients.queries.measuring import CHILD_DAYS, VITAL_HOURS
from consortium.patients.states import GROWTH, MeasurementKind
from consultations.models import Consultation


def missing_data(consultation: Consultation) -> list[str]:
    """The codes of what is neither told nor measured, in their order. One query; none without a symptom.

    Measured counts what was valid when the question was sent, or has been measured since: whether, never how much.
    """
    case: Case = consultation.case
    needed = data_for(case.symptom)
    if not needed:
        return []
    known = {code for code, text in consultation.told.items() if text} | _measured(case, needed)
    return [code for code in needed if code not in known]


def _measured(case: Case, needed: tuple[str, ...]) -> set[str]:
    asked_at = case.submitted_at or clock.now()
    rows = unfiltered(Measurement, why="what a question still lacks").valid()
    recent = rows.filter(patient_id=case.patient_id, kind__in=needed, taken_at__gte=asked_at - CHILD_DAYS)
    kinds = {
        kind for kind, taken_at in recent.values_list("kind", "taken_at") if taken_at >= asked_at - _valid_for(kind)
    }
    return kinds | ({MeasurementKind.WEIGHT.value} if case.weight_grams else set())


def _valid_for(kind: str) -> timedelta:
    return CHILD_DAYS if kind in GROWTH else VITAL_HOURS


def missing_words(consultation: Consultation) -> list[str]:
    """The same in words."""
    return [datum_label(code) for code in missing_data(consultation)]


def told_words(consultation: Consultation) -> list[tuple[str, str]]:
    """(what, text) of what was told, in the order of the symptom's list."""
    told = consultation.told
    return [(datum_label(code), told[code]) for code in Datum.values if told.get(code)]
