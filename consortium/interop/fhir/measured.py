"""Observation: what was measured on a child, by LOINC where it has the code and UCUM."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from consortium.clinical.units import kind_of
from consortium.interop.fhir.children import subject
from consortium.interop.r4.blocks import Resource, coding, concept, instant, quantity, reference, resource
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers, token
from consortium.patients.models import Measurement
from consortium.patients.states import SIGNS, BodyPosition, MeasurementKind, Site

#: LOINC, as the R4 profile of vital signs has them (http://hl7.org/fhir/R4/observation-vitalsigns.html); capillary
#: refill, oxygen flow and concentration as US Core writes them. What is not here has our own code alone.
LOINC: Final[dict[str, str]] = {
    MeasurementKind.WEIGHT: "29463-7",
    MeasurementKind.LENGTH: "8302-2",
    MeasurementKind.HEAD: "9843-4",
    MeasurementKind.TEMPERATURE: "8310-5",
    MeasurementKind.RESP_RATE: "9279-1",
    MeasurementKind.HEART_RATE: "8867-4",
    MeasurementKind.SPO2: "2708-6",
    MeasurementKind.SBP: "8480-6",
    MeasurementKind.DBP: "8462-4",
    MeasurementKind.CRT: "44963-7",
    MeasurementKind.OXYGEN_FLOW: "3151-8",
    MeasurementKind.OXYGEN_PERCENT: "3150-6",
}
#: of these the profile says unit and code; blood pressure there is one panel, so ours claims only the resource
_VITAL: Final = frozenset(LOINC) - {
    MeasurementKind.SBP, MeasurementKind.DBP, MeasurementKind.CRT, MeasurementKind.OXYGEN_FLOW,
    MeasurementKind.OXYGEN_PERCENT,
}  # fmt: skip
#: for how long before a question a value bears on it
BEARS_FOR: Final = timedelta(days=30)


def _measurements() -> Any:
    rows = Measurement.objects.select_related("measured__institution", "replaces")
    return rows.annotate(touched_at=Coalesce(F("entered_in_error_at"), F("measured__recorded_at")))


def _observations(reader: Reader, rows: Sequence[Measurement]) -> list[Resource]:
    return [_observation(row) for row in rows if reader.knows(row.patient_id)]


def _observation(row: Any) -> Resource:
    kind, place = MeasurementKind(row.kind), row.measured.institution
    own = coding("", f"measured/{kind.value}", kind.label)
    codes = [coding("http://loinc.org", LOINC[kind]), own] if kind in LOINC else [own]
    return resource(
        "Observation", row.pk, updated=row.touched_at, profile="vitalsigns" if kind in _VITAL else "",
        status="entered-in-error" if row.entered_in_error_at else "corrected" if row.replaces_id else "final",
        category=[concept(coding("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs"))],
        code=concept(*codes, text=kind.label), subject=subject(row.patient_id), effectiveDateTime=instant(row.taken_at),
        issued=instant(row.measured.recorded_at), **_value(row, kind), **_how(row),
        performer=[reference("Organization", place.pk, place.name_en)] if place else [],
    )  # fmt: skip


def _value(row: Any, kind: MeasurementKind) -> dict[str, Any]:
    """As it was entered, in its own unit; a sign by its word."""
    if row.value is None:
        return {"valueCodeableConcept": concept(coding("", f"{kind.value}/{row.code}", SIGNS[kind][row.code]))}
    return {"valueQuantity": quantity(row.value, row.unit, kind_of(kind).unit(row.unit).label)}


def _how(row: Any) -> dict[str, Any]:
    """Lying or standing, where on the body, and whether it was a guess."""
    told: dict[str, Any] = {}
    if row.site:
        told["bodySite"] = concept(coding("", f"site/{row.site}", Site(row.site).label))
    if row.position or row.estimated:
        word = BodyPosition(row.position).label if row.position else None
        position = [coding("", f"position/{row.position}", word)] if word else []
        guess = [coding("", "method/estimated")] if row.estimated else []
        told["method"] = concept(*position, *guess)
    return told


def bearing_on(spans: Iterable[tuple[UUID, UUID, datetime, datetime]]) -> dict[UUID, list[UUID]]:
    """The newest valid value of each kind that bore on each case: ids of measurements by case. One query.

    `spans`: case, child, when it was asked, and when it was closed (or now).
    """
    cases = list(spans)
    if not cases:
        return {}
    window = Q()
    for _case, child, asked, ended in cases:
        window |= Q(patient_id=child, taken_at__gt=asked - BEARS_FOR, taken_at__lte=ended)
    rows = Measurement.objects.valid().filter(window).order_by("-taken_at", "-pk")
    newest = list(rows.values_list("pk", "patient_id", "kind", "taken_at"))
    return {case: _newest(newest, child, asked, ended) for case, child, asked, ended in cases}


def _newest(rows: Iterable[tuple[Any, ...]], child: UUID, asked: datetime, ended: datetime) -> list[UUID]:
    found: dict[str, UUID] = {}
    for pk, patient_id, kind, taken_at in rows:
        if patient_id == child and asked - BEARS_FOR < taken_at <= ended:
            found.setdefault(kind, pk)
    return sorted(found.values(), key=str)


_KIND_OF = {code: kind for kind, code in LOINC.items()}
_OBSERVATION = {
    **COMMON, "patient": refers("Patient", "patient_id"), "date": dated("taken_at"),
    "code": token(lambda system, code: Q(kind=_KIND_OF.get(code, code))),
    "status": coded({
        "entered-in-error": Q(entered_in_error_at__isnull=False),
        "corrected": Q(entered_in_error_at=None, replaces__isnull=False),
        "final": Q(entered_in_error_at=None, replaces=None),
    }),
}  # fmt: skip

KINDS = (
    Kind("Observation", (Source(_measurements, _observations, _OBSERVATION, child="patient_id"),), ("_id", "patient")),
)
