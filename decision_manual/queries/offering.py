"""What was measured of the child already: shown beside the question with its time, taken by one tap, never silently."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consortium.patients.models import Patient
from consortium.patients.queries.measuring import latest_values
from decision_manual.library import Pathway

#: finding -> kind of measurement
MEASURED: Mapping[str, str] = {
    "weight_kg": "weight",
    "respiratory_rate": "resp_rate",
    "heart_rate": "heart_rate",
    "spo2": "spo2",
    "temperature_axillary_c": "temperature",
    "temperature_highest_c": "temperature",
    "capillary_refill_s": "crt",
    "muac_mm": "muac",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A value in the finding's own unit. Not `is_current`: older than it may be taken for the present one."""

    plain: str
    unit: str
    shown_unit: str
    taken_at: datetime
    is_current: bool


def offers_of(patient: Patient, pathway: Pathway) -> dict[str, Offer]:
    """finding -> the newest value of the child. One query."""
    latest = latest_values(patient)
    offers: dict[str, Offer] = {}
    for code, kind in MEASURED.items():
        value = latest.get(kind)
        if value is None or not value.plain or (code not in pathway.findings and code != "weight_kg"):
            continue
        unit = pathway.findings[code].unit if code in pathway.findings else "kg"
        offers[code] = Offer(value.plain, unit, {"Cel": "°C"}.get(unit, unit), value.taken_at, value.is_current)
    return offers
