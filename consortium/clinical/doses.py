"""A dose by weight with everything that bounds it, rounded to what a syringe measures, and the way to it in words.

Nothing here knows a drug: rules and strengths are data with their source, checked by a pharmacist before use.
"""

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.clinical.trace import Trace
from consortium.clinical.units import Quantity, plain

#: outside this many standard deviations for age a weight is refused until somebody confirms it
MOST_Z: Final = Decimal(4)
#: how far rounding may move a dose before the strength is the wrong one
MOST_ROUNDING: Final = Decimal("0.1")
#: what oral syringes measure: (up to ml, in steps of ml)
SYRINGES: Final = (
    (Decimal(1), Decimal("0.05")),
    (Decimal(5), Decimal("0.1")),
    (Decimal(10), Decimal("0.5")),
    (Decimal(1000), Decimal(1)),
)


@dataclass(frozen=True, slots=True)
class DoseRule:
    """How a drug is dosed; amounts in `unit`, absent bounds None. `source` names `sources.SOURCES`."""

    drug: Any
    per_kg: Decimal
    times_a_day: int
    source: str
    unit: str = "mg"
    #: most in one dose, whatever the weight: the adult's
    dose_cap: Decimal | None = None
    #: most in a day, by weight and whatever the weight
    day_per_kg: Decimal | None = None
    day_cap: Decimal | None = None
    min_age_days: int | None = None
    min_weight: Decimal | None = None
    #: what to do when the kidneys fail; "" when nothing is known to change
    renal: Any = ""


@dataclass(frozen=True, slots=True)
class Strength:
    """A named product: `amount` of the drug in `per` ml, or in one piece (`per` None) that divides into `parts`."""

    name: Any
    amount: Decimal
    per: Decimal | None = None
    parts: int = 1

    def step(self, size: Decimal) -> Decimal:
        """The smallest difference that can be measured around `size` (ml, or pieces)."""
        if self.per is None:
            return Decimal(1) / self.parts
        return next((step for most, step in SYRINGES if size <= most), SYRINGES[-1][1])


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the dose is for. `weight_z` None: no standard for the age; `confirmed`: the weight was looked at again."""

    weight: Quantity
    age_days: int
    weight_z: Decimal | None = None
    confirmed: bool = False
    estimated: bool = False
    renal_impairment: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """No dose, and why. `field` names what to look at; the first reason counts."""

    field: str
    reason: Any


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose: the exact amount, what is measured, and what must be said with it."""

    exact: Decimal
    amount: Decimal
    #: ml, or pieces of a tablet
    measured: Decimal
    times_a_day: int
    capped: bool
    trace: Trace
    warnings: tuple[Any, ...] = field(default=())

    @property
    def day_amount(self) -> Decimal:
        return self.amount * self.times_a_day


def _refusal(rule: DoseRule, patient: Recipient) -> Refused | None:
    kilograms = patient.weight.base
    if kilograms <= 0:
        return Refused("weight", _("A dose needs the child's weight."))
    if patient.weight_z is None and not patient.confirmed:
        return Refused("weight", _("There is no standard weight for this age. Confirm the weight."))
    if patient.weight_z is not None and abs(patient.weight_z) > MOST_Z and not patient.confirmed:
        words = {"z": patient.weight_z}
        return Refused(
            "weight", _("This weight lies %(z)s standard deviations from its age. Confirm the weight.") % words
        )
    if rule.min_age_days is not None and patient.age_days < rule.min_age_days:
        return Refused("age", _("Not at this age: from %(days)d days on.") % {"days": rule.min_age_days})
    if rule.min_weight is not None and kilograms < rule.min_weight:
        return Refused("weight", _("Not at this weight: from %(kg)s kg on.") % {"kg": rule.min_weight})
    return None


@dataclass(frozen=True, slots=True)
class _Bound:
    limit: Decimal
    sentence: Any


def _bounds(rule: DoseRule, kilograms: Decimal) -> list[_Bound]:
    """What one dose may not exceed, from every rule that bounds it."""
    times = rule.times_a_day
    bounds = []
    if rule.dose_cap is not None:
        bounds.append(_Bound(rule.dose_cap, _("Most in one dose: %(limit)s %(unit)s.")))
    if rule.day_per_kg is not None:
        limit = rule.day_per_kg * kilograms / times
        bounds.append(_Bound(limit, _("Most in a day by weight allows %(limit)s %(unit)s in one dose.")))
    if rule.day_cap is not None:
        bounds.append(_Bound(rule.day_cap / times, _("Most in a day allows %(limit)s %(unit)s in one dose.")))
    return bounds


def _number(value: Decimal) -> str:
    return plain(value, 3)


def _exact(rule: DoseRule, patient: Recipient) -> tuple[Decimal, bool, Trace]:
    """The dose before rounding, whether a bound cut it, and the lines so far."""
    kilograms, unit = patient.weight.base, rule.unit
    trace = Trace().and_then(_("Weight %(weight)s."), weight=Quantity("weight", kilograms, "kg"))
    if patient.estimated:
        trace = trace.and_then(_("The weight is estimated, so the dose is."))
    exact = rule.per_kg * kilograms
    trace = trace.and_then(
        _("%(per_kg)s %(unit)s/kg × %(kg)s kg = %(dose)s %(unit)s."), rule.source,
        per_kg=_number(rule.per_kg), unit=unit, kg=_number(kilograms), dose=_number(exact),
    )  # fmt: skip
    lowest = min(_bounds(rule, kilograms), key=lambda bound: bound.limit, default=None)
    if lowest is None or exact <= lowest.limit:
        return exact, False, trace
    trace = trace.and_then(lowest.sentence, rule.source, limit=_number(lowest.limit), unit=unit)
    return lowest.limit, True, trace


def _measure(exact: Decimal, strength: Strength, *, capped: bool) -> Decimal:
    """To the nearest measurable size, the smaller of two equally near; at its limit a dose is rounded down."""
    size = exact / strength.amount * (strength.per or 1)
    step = strength.step(size)
    rounding = ROUND_DOWN if capped else ROUND_HALF_DOWN
    return (size / step).to_integral_value(rounding) * step


def _below(exact: Decimal, measured: Decimal, strength: Strength, rule: DoseRule, kilograms: Decimal) -> Decimal:
    """One step less when rounding up went over a bound."""
    amount = measured * strength.amount / (strength.per or 1)
    if any(amount > bound.limit for bound in _bounds(rule, kilograms)):
        return _measure(exact, strength, capped=True)
    return measured


def dose(rule: DoseRule, strength: Strength, patient: Recipient) -> Dose | Refused:
    """One dose of `strength` for the patient, or why there is none."""
    if refused := _refusal(rule, patient):
        return refused
    exact, capped, trace = _exact(rule, patient)
    measured = _below(exact, _measure(exact, strength, capped=capped), strength, rule, patient.weight.base)
    amount = measured * strength.amount / (strength.per or 1)
    if abs(amount - exact) > exact * MOST_ROUNDING:
        words = {"name": strength.name, "dose": _number(exact), "unit": rule.unit}
        return Refused("strength", _("%(dose)s %(unit)s cannot be measured with %(name)s.") % words)
    trace = trace.and_then(
        _("With %(name)s: %(size)s %(what)s, that is %(amount)s %(unit)s."),
        name=strength.name, size=_number(measured), what=_("ml") if strength.per else _("tablets"),
        amount=_number(amount), unit=rule.unit,
    )  # fmt: skip
    trace = trace.and_then(_("%(times)s times a day."), rule.source, times=rule.times_a_day)
    return Dose(exact, amount, measured, rule.times_a_day, capped, trace, _warnings(rule, patient))


def _warnings(rule: DoseRule, patient: Recipient) -> tuple[Any, ...]:
    found = []
    if patient.estimated:
        found.append(_("From an estimated weight: weigh the child as soon as you can."))
    if patient.renal_impairment and rule.renal:
        found.append(rule.renal)
    return tuple(found)
