"""How much of a medicine for this child, with the arithmetic shown in figures that need no language."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from consortium.clinical.units import plain
from decision_manual.expressions import Value
from decision_manual.library import Action, Dose
from decision_manual.library.shapes import Band

SHOWN_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class DoseFor:
    """`amount` (to `amount_to`) in `unit`; or `needs` (weight_kg), or `refused` (weight, age) and why, in `trace`."""

    unit: str
    amount: Decimal | None = None
    amount_to: Decimal | None = None
    needs: str = ""
    refused: str = ""
    trace: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        if self.amount is None:
            return ""
        upper = f"-{shown(self.amount_to)}" if self.amount_to is not None else ""
        return f"{shown(self.amount)}{upper} {self.unit}"

    def data(self) -> dict[str, Any]:
        amounts = {k: shown(v) for k, v in (("amount", self.amount), ("amount_to", self.amount_to)) if v is not None}
        words = {k: v for k, v in (("needs", self.needs), ("refused", self.refused)) if v}
        return {**amounts, "unit": self.unit, **words, "trace": list(self.trace)}


def shown(value: Decimal | None) -> str:
    return "" if value is None else plain(value, SHOWN_DECIMALS)


def offered(action: Action, profile: Mapping[str, str]) -> bool:
    """Does the site do this at all?"""
    return all(profile.get(key) in values for key, values in action.only_if.items())


def dose_for(action: Action, facts: Mapping[str, Value]) -> DoseFor | None:
    """The dose of `action` for the child of these facts; None when it has none."""
    dose = action.dose
    if dose is None:
        return None
    if gate := _gate(action, facts):
        return DoseFor(dose.unit, **gate)
    if dose.by == "fixed":
        return DoseFor(dose.unit, dose.amount, dose.amount_to)
    name = "weight_kg" if dose.by == "kg" else dose.by
    measure = facts.get(name)
    if not isinstance(measure, Decimal):
        return DoseFor(dose.unit, needs=name)
    return _by_weight(dose, measure) if dose.by == "kg" else _by_band(dose, measure)


def _gate(action: Action, facts: Mapping[str, Value]) -> dict[str, Any]:
    """Why the medicine is not for a child of this age or weight."""
    for name, limits, sign in (("age_days", action.age_days, "age"), ("weight_kg", action.weight_kg, "weight")):
        value = facts.get(name)
        if limits and isinstance(value, Decimal) and not limits[0] <= value < limits[1]:
            return {"refused": sign, "trace": (f"{limits[0]} ≤ {name} {value} < {limits[1]}: ✗",)}
    return {}


def _by_weight(dose: Dose, kg: Decimal) -> DoseFor:
    lower, line = _per_kg(dose, dose.amount, kg)
    if dose.amount_to is None:
        return DoseFor(dose.unit, lower, trace=(line,))
    upper, line_to = _per_kg(dose, dose.amount_to, kg)
    return DoseFor(dose.unit, lower, upper if upper != lower else None, trace=(line, line_to))


def _per_kg(dose: Dose, amount: Decimal | None, kg: Decimal) -> tuple[Decimal, str]:
    per_kg = amount or Decimal(0)
    raw = per_kg * kg
    line = f"{shown(per_kg)} {dose.unit}/kg × {shown(kg)} kg = {shown(raw)} {dose.unit}"
    if dose.max is not None and raw > dose.max:
        return dose.max, f"{line} > max {shown(dose.max)} {dose.unit}"
    if dose.round_to is None:
        return raw, line
    rounded = (raw / dose.round_to).quantize(Decimal(1), ROUND_HALF_UP) * dose.round_to
    return rounded, f"{line} ≈ {shown(rounded)} {dose.unit}"


def _by_band(dose: Dose, measure: Decimal) -> DoseFor:
    band = next((band for band in dose.bands if band.low <= measure < band.high), None)
    if band is None:
        sign = "weight" if dose.by == "weight_kg" else "age"
        line = f"{dose.by} {shown(measure)}: {shown(dose.bands[0].low)}-{shown(dose.bands[-1].high)} ✗"
        return DoseFor(dose.unit, refused=sign, trace=(line,))
    return DoseFor(dose.unit, band.amount, band.amount_to, trace=(_band_line(dose, band, measure),))


def _band_line(dose: Dose, band: Band, measure: Decimal) -> str:
    upper = f"-{shown(band.amount_to)}" if band.amount_to is not None else ""
    return (
        f"{shown(band.low)} ≤ {dose.by} {shown(measure)} < {shown(band.high)}: {shown(band.amount)}{upper} {dose.unit}"
    )
