"""Quantities with units that cannot be mixed up: conversion, hard limits (refused), plausible limits (to be confirmed).

A kind of quantity has a first unit, in which its limits stand and in which everything is computed. Values are Decimal
all through, factors are exact. Pairs with a history of tenfold and thousandfold errors in published calculators are the
reason for it: white cells per mm3, CRP in mg/dl, bilirubin, creatinine, glucose, haemoglobin, MUAC, weight.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

D = Decimal
_ONE, _NOUGHT = D(1), D(0)
_LONGEST = 12
_MOST_DECIMALS = 6
#: what keyboards of this country give; nothing else is normalised, for "6²" must not become 62
_TYPED = str.maketrans("０１２３４５６７８９．，。－,", "0123456789...-.")


class UnitError(ValueError):
    """An unknown kind or unit, or two kinds mixed: a mistake of the program, never of the person."""


class Verdict(StrEnum):
    """What the limits say of a value."""

    FINE = "fine"
    CONFIRM = "confirm"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Unit:
    """`code` is UCUM; in the kind's first unit a value is (value + offset) * factor."""

    code: str
    label: str
    factor: Decimal = _ONE
    offset: Decimal = _NOUGHT
    #: how many places are shown
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """What is measured. Limits are inclusive and stand in the first unit."""

    code: str
    label: Any
    units: tuple[Unit, ...]
    hard: tuple[Decimal, Decimal]
    plausible: tuple[Decimal, Decimal]

    @property
    def base(self) -> Unit:
        return self.units[0]

    def unit(self, code: str) -> Unit:
        for unit in self.units:
            if unit.code == code:
                return unit
        raise UnitError(f"{self.code} is not measured in {code}")


def _kind(code: str, label: Any, hard: tuple[str, str], plausible: tuple[str, str], *units: Unit) -> Kind:
    return Kind(code, label, units, (D(hard[0]), D(hard[1])), (D(plausible[0]), D(plausible[1])))


_PER_MINUTE = Unit("/min", "/min")
_CELLS = (Unit("10*9/L", "×10⁹/l", decimals=1), Unit("/mm3", "/mm³", D("0.001")))
_MMHG = (Unit("mm[Hg]", "mmHg"), Unit("kPa", "kPa", D("7.50062"), decimals=1))
_CENTIMETRES = (Unit("cm", "cm", decimals=1), Unit("mm", "mm", D("0.1")), Unit("[in_i]", "in", D("2.54"), decimals=1))
_GRAMS = (Unit("g/L", "g/l"), Unit("g/dL", "g/dl", D(10), decimals=1))

KINDS: Final[dict[str, Kind]] = {
    kind.code: kind
    for kind in (
        _kind("weight", _("Weight"), ("0.3", "300"), ("0.5", "150"),
              Unit("kg", "kg", decimals=2), Unit("g", "g", D("0.001")),
              Unit("[lb_av]", "lb", D("0.45359237"), decimals=1)),
        _kind("length", _("Length or height"), ("20", "230"), ("30", "200"), *_CENTIMETRES,
              Unit("m", "m", D(100), decimals=2)),
        _kind("head", _("Head circumference"), ("15", "75"), ("22", "62"), *_CENTIMETRES),
        _kind("muac", _("Mid-upper arm circumference"), ("40", "600"), ("70", "400"),
              Unit("mm", "mm"), Unit("cm", "cm", D(10), decimals=1)),
        _kind("temperature", _("Temperature"), ("20", "45"), ("34", "42"),
              Unit("Cel", "°C", decimals=1), Unit("[degF]", "°F", D(5) / D(9), D(-32), decimals=1)),
        _kind("heart_rate", _("Heart rate"), ("0", "350"), ("50", "240"), _PER_MINUTE),
        _kind("resp_rate", _("Breaths"), ("0", "150"), ("8", "100"), _PER_MINUTE),
        _kind("spo2", _("Oxygen saturation"), ("20", "100"), ("70", "100"), Unit("%", "%")),
        _kind("sbp", _("Systolic blood pressure"), ("20", "300"), ("40", "200"), *_MMHG),
        _kind("dbp", _("Diastolic blood pressure"), ("5", "200"), ("20", "130"), *_MMHG),
        _kind("crt", _("Capillary refill"), ("0", "20"), ("0", "8"), Unit("s", "s", decimals=1)),
        _kind("oxygen_flow", _("Oxygen flow"), ("0", "80"), ("0", "15"), Unit("L/min", "l/min", decimals=2)),
        _kind("oxygen_percent", _("Oxygen breathed in"), ("21", "100"), ("21", "100"), Unit("%", "%")),
        _kind("glucose", _("Glucose"), ("0.1", "100"), ("1", "35"),
              Unit("mmol/L", "mmol/l", decimals=1), Unit("mg/dL", "mg/dl", D(1) / D(18))),
        _kind("haemoglobin", _("Haemoglobin"), ("10", "300"), ("30", "230"), *_GRAMS),
        _kind("albumin", _("Albumin"), ("3", "90"), ("10", "60"), *_GRAMS),
        _kind("crp", _("CRP"), ("0", "1000"), ("0", "400"),
              Unit("mg/L", "mg/l"), Unit("mg/dL", "mg/dl", D(10), decimals=1)),
        _kind("procalcitonin", _("Procalcitonin"), ("0", "1000"), ("0", "200"),
              Unit("ng/mL", "ng/ml", decimals=2), Unit("ug/L", "µg/l", decimals=2)),
        _kind("esr", _("ESR"), ("0", "200"), ("0", "150"), Unit("mm/h", "mm/h")),
        _kind("bilirubin", _("Bilirubin"), ("0", "1500"), ("5", "600"),
              Unit("umol/L", "µmol/l"), Unit("mg/dL", "mg/dl", D("17.1"), decimals=1)),
        _kind("creatinine", _("Creatinine"), ("1", "3000"), ("10", "600"),
              Unit("umol/L", "µmol/l"), Unit("mg/dL", "mg/dl", D("88.4"), decimals=2)),
        _kind("wbc", _("White cells"), ("0", "1000"), ("0.5", "100"), *_CELLS),
        _kind("neutrophils", _("Neutrophils"), ("0", "1000"), ("0.1", "80"), *_CELLS),
        _kind("platelets", _("Platelets"), ("0", "5000"), ("10", "1500"), *_CELLS),
    )
}  # fmt: skip


def kind_of(code: str) -> Kind:
    """The kind named `code`; raises UnitError."""
    try:
        return KINDS[code]
    except KeyError:
        raise UnitError(f"nothing is known of {code}") from None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value of a kind, in the unit in which it was entered."""

    kind: str
    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        kind_of(self.kind).unit(self.unit)
        if not self.value.is_finite():
            raise UnitError("a quantity is a finite number")

    @classmethod
    def of(cls, kind: str, value: Decimal | int | str, unit: str = "") -> "Quantity":
        """`unit` "" is the kind's first one."""
        return cls(kind, D(value), unit or kind_of(kind).base.code)

    @property
    def base(self) -> Decimal:
        """The value in the kind's first unit, exact."""
        unit = kind_of(self.kind).unit(self.unit)
        return (self.value + unit.offset) * unit.factor

    def to(self, unit: str) -> "Quantity":
        """The same in another unit of its kind, not rounded."""
        if unit == self.unit:
            return self
        target = kind_of(self.kind).unit(unit)
        return Quantity(self.kind, self.base / target.factor - target.offset, unit)

    def __str__(self) -> str:
        unit = kind_of(self.kind).unit(self.unit)
        return f"{plain(self.value, unit.decimals)} {unit.label}"


def plain(value: Decimal, decimals: int) -> str:
    """`value` rounded half up to at most `decimals` places, without an exponent or trailing noughts."""
    rounded = value.quantize(D(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def convert(value: Decimal, kind: str, source: str, target: str) -> Decimal:
    """`value` of `kind` from the unit `source` into the unit `target`, not rounded."""
    return Quantity(kind, value, source).to(target).value


def verdict(quantity: Quantity) -> Verdict:
    """Refused outside the hard limits, to be confirmed outside the plausible ones."""
    kind, value = kind_of(quantity.kind), quantity.base
    if not kind.hard[0] <= value <= kind.hard[1]:
        return Verdict.REFUSED
    return Verdict.FINE if kind.plausible[0] <= value <= kind.plausible[1] else Verdict.CONFIRM


def limits_in(kind: str, unit: str) -> tuple[Decimal, Decimal]:
    """The hard limits of a kind in one of its units, not rounded."""
    base = kind_of(kind).base.code
    low, high = (convert(limit, kind, base, unit) for limit in kind_of(kind).hard)
    return low, high


def meant_units(quantity: Quantity) -> Iterator[Unit]:
    """Other units in which the same number would be plausible: what the person may have meant."""
    for unit in kind_of(quantity.kind).units:
        if unit.code != quantity.unit and verdict(Quantity(quantity.kind, quantity.value, unit.code)) == Verdict.FINE:
            yield unit


def objection(quantity: Quantity) -> Any:
    """What to tell the person about a value that is not fine, with the unit they may have meant; "" when it is."""
    kind = kind_of(quantity.kind)
    found = verdict(quantity)
    if found == Verdict.FINE:
        return ""
    words = {"what": kind.label, "value": str(quantity), "other": ""}
    if other := next(meant_units(quantity), None):
        words["other"] = other.label
        return _("%(what)s %(value)s: is this in %(other)s perhaps?") % words
    if found == Verdict.REFUSED:
        return _("%(what)s %(value)s cannot be right.") % words
    return _("%(what)s %(value)s is unusual. Please check it.") % words


def number(text: str) -> Decimal:
    """What a person typed as a number: decimal comma, full-width digits and blanks are understood.

    Raises ValueError for anything else, exponents, NaN and endless digits included.
    """
    cleaned = text.strip().translate(_TYPED)
    digits = cleaned.removeprefix("-")
    if not digits.isascii() or not digits.replace(".", "", 1).isdigit() or len(cleaned) > _LONGEST:
        raise ValueError(text)
    value = D(cleaned)
    places = len(digits.partition(".")[2])
    return value.quantize(D(1).scaleb(-_MOST_DECIMALS)) if places > _MOST_DECIMALS else value
