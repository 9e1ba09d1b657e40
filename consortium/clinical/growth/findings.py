"""What a growth figure means, in words and a colour. Sources: WHO-GS 2006, WHO-GR 2007, WHO-W23, IMCI14 (MUAC)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.clinical.growth.tables import FIVE_YEARS, Index

#: outside these a figure is more likely a slip than a child (WHO Anthro): lowest and highest z
BELIEVED: Final[dict[Index, tuple[float, float]]] = {
    Index.WEIGHT: (-6, 5),
    Index.LENGTH: (-6, 6),
    Index.WEIGHT_FOR_LENGTH: (-5, 5),
    Index.BMI: (-5, 5),
    Index.HEAD: (-5, 5),
    Index.MUAC: (-5, 5),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`tone` is a severity of the look: pink, yellow, green, or "" for what is no severity."""

    code: str
    label: Any
    tone: str


NORMAL: Final = Finding("within", _("Within the expected range"), "green")
_SEVERE_WASTING = Finding("severe_wasting", _("Severe wasting"), "pink")
_WASTING = Finding("wasting", _("Wasting"), "yellow")
_SEVERE_STUNTING = Finding("severe_stunting", _("Severe stunting"), "yellow")
_STUNTING = Finding("stunting", _("Stunting"), "yellow")
_SEVERE_UNDERWEIGHT = Finding("severe_underweight", _("Severe underweight"), "yellow")
_UNDERWEIGHT = Finding("underweight", _("Underweight"), "yellow")
_OBESITY = Finding("obesity", _("Obesity"), "yellow")
_OVERWEIGHT = Finding("overweight", _("Overweight"), "yellow")
_RISK = Finding("overweight_risk", _("At risk of overweight"), "")
_SEVERE_THINNESS = Finding("severe_thinness", _("Severe thinness"), "pink")
_THINNESS = Finding("thinness", _("Thinness"), "yellow")
_SMALL_HEAD = Finding("small_head", _("Small head"), "yellow")
_LARGE_HEAD = Finding("large_head", _("Large head"), "yellow")
_LOW_MUAC = Finding("severe_muac", _("Severe acute malnutrition by arm circumference"), "pink")
_MODERATE_MUAC = Finding("moderate_muac", _("Moderate acute malnutrition by arm circumference"), "yellow")
_INFANT_MUAC = Finding("infant_muac", _("Small infant at risk by arm circumference"), "yellow")

#: below the first number; the first row that fits counts
_LOW: Final[dict[Index, tuple[tuple[float, Finding], ...]]] = {
    Index.WEIGHT: ((-3, _SEVERE_UNDERWEIGHT), (-2, _UNDERWEIGHT)),
    Index.LENGTH: ((-3, _SEVERE_STUNTING), (-2, _STUNTING)),
    Index.WEIGHT_FOR_LENGTH: ((-3, _SEVERE_WASTING), (-2, _WASTING)),
    Index.HEAD: ((-2, _SMALL_HEAD),),
}
#: above the number
_HIGH: Final[dict[Index, tuple[tuple[float, Finding], ...]]] = {
    Index.WEIGHT_FOR_LENGTH: ((3, _OBESITY), (2, _OVERWEIGHT), (1, _RISK)),
    Index.HEAD: ((2, _LARGE_HEAD),),
}
_BMI_UNDER_FIVE = (((-3, _SEVERE_WASTING), (-2, _WASTING)), ((3, _OBESITY), (2, _OVERWEIGHT), (1, _RISK)))
_BMI_FROM_FIVE = (((-3, _SEVERE_THINNESS), (-2, _THINNESS)), ((2, _OBESITY), (1, _OVERWEIGHT)))


def finding(index: Index, z: float, age_days: int) -> Finding:
    """The word for a z-score at this age; MUAC is judged by `muac_finding`, in millimetres."""
    low: tuple[tuple[float, Finding], ...] = _LOW.get(index, ())
    high: tuple[tuple[float, Finding], ...] = _HIGH.get(index, ())
    if index == Index.BMI:
        low, high = _BMI_UNDER_FIVE if age_days < FIVE_YEARS else _BMI_FROM_FIVE
    below = next((found for limit, found in low if z < limit), None)
    above = next((found for limit, found in high if z > limit), None)
    return below or above or NORMAL


def muac_finding(millimetres: Decimal, age_days: int) -> Finding | None:
    """6 weeks to 6 months below 110 mm at risk (WHO-W23); 6-59 months below 115, and below 125 (IMCI14)."""
    if 42 <= age_days < 183:
        return _INFANT_MUAC if millimetres < 110 else NORMAL
    if not 183 <= age_days < FIVE_YEARS:
        return None
    if millimetres < 115:
        return _LOW_MUAC
    return _MODERATE_MUAC if millimetres < 125 else NORMAL


def believed(index: Index, z: float) -> bool:
    low, high = BELIEVED[index]
    return low <= z <= high
