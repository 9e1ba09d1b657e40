"""Quantities that only calculators take, beside those of consortium.clinical: ages, intervals, cells in fluid, counts.

Ages come in two kinds, for a month has no whole number of days: rules that speak of days compute in days, rules that
speak of months and years in months. Switching the unit of either is exact.
"""

from decimal import Decimal
from typing import Final

from consortium.clinical.units import KINDS, Kind, Unit
from decision_manual.calculators.words import Text

D = Decimal
_DAY = Unit("d", "d")
_WEEK = Unit("wk", "wk", D(7), decimals=1)
_MONTH = Unit("mo", "mo", decimals=1)
_YEAR = Unit("a", "y", D(12), decimals=1)
_AGE = Text("Age", "年龄")


def _kind(code: str, label: Text, hard: tuple[str, str], plausible: tuple[str, str], *units: Unit) -> Kind:
    return Kind(code, label, units, (D(hard[0]), D(hard[1])), (D(plausible[0]), D(plausible[1])))


AGE_MONTHS: Final = _kind("age_months", _AGE, ("0", "227.99"), ("0", "216"), _MONTH, _YEAR)
AGE_DAYS: Final = _kind("age_days", _AGE, ("0", "6940"), ("0", "6940"), _DAY, _WEEK)
#: for standards that are read by day: a month is 30.4375 days (WHO), a year 365.25
AGE_ANY: Final = _kind(
    "age_any", _AGE, ("0", "6939"), ("0", "6939"), _DAY, _WEEK, Unit("mo", "mo", D("30.4375"), decimals=1),
    Unit("a", "y", D("365.25"), decimals=2),
)  # fmt: skip
AGE_HOURS: Final = _kind(
    "age_hours", Text("Age since birth", "出生后时间"), ("0", "8760"), ("0", "672"),
    Unit("h", "h", decimals=1), Unit("d", "d", D(24), decimals=2),
)  # fmt: skip
HOURS: Final = _kind("hours", Text("Hours", "小时数"), ("0", "336"), ("0", "96"), Unit("h", "h", decimals=1))
DAYS: Final = _kind("days", Text("Days", "天数"), ("0", "90"), ("0", "30"), _DAY)
GESTATION: Final = _kind(
    "gestation", Text("Gestation", "孕周"), ("22", "44"), ("24", "42"), Unit("wk", "wk", decimals=1)
)
PERCENT: Final = _kind("percent", Text("Per cent", "百分比"), ("0", "100"), ("0", "100"), Unit("%", "%", decimals=1))
DEFICIT: Final = _kind(
    "dehydration", Text("Dehydration", "脱水程度"), ("0", "20"), ("1", "15"), Unit("%", "%", decimals=1)
)
#: per microlitre is the clinic's "per mm3"; x10^6/l is the same number
CSF_CELLS: Final = _kind(
    "csf_cells", Text("Cells in CSF", "脑脊液细胞"), ("0", "100000"), ("0", "30000"),
    Unit("/mm3", "/mm³"), Unit("10*6/L", "×10⁶/l"),
)  # fmt: skip
CSF_PROTEIN: Final = _kind(
    "csf_protein", Text("Protein in CSF", "脑脊液蛋白"), ("0", "5000"), ("5", "2000"),
    Unit("mg/dL", "mg/dl"), Unit("g/L", "g/l", D(100), decimals=2),
)  # fmt: skip
QT: Final = _kind(
    "qt", Text("QT interval", "QT 间期"), ("150", "800"), ("200", "600"),
    Unit("ms", "ms"), Unit("s", "s", D(1000), decimals=3),
)  # fmt: skip
RR_INTERVAL: Final = _kind(
    "rr_interval", Text("RR interval", "RR 间期"), ("0.17", "3"), ("0.25", "1.5"),
    Unit("s", "s", decimals=3), Unit("ms", "ms", D("0.001")),
)  # fmt: skip
WEIGHT: Final = KINDS["weight"]
LENGTH: Final = KINDS["length"]
TEMPERATURE: Final = KINDS["temperature"]
BILIRUBIN: Final = KINDS["bilirubin"]
#: a white count in urine or stool, per high-power field
PER_FIELD: Final = _kind(
    "per_field", Text("Cells per field", "每高倍视野细胞"), ("0", "999"), ("0", "500"), Unit("/[HPF]", "/hpf")
)
POINTS: Final = _kind("points", Text("Points", "分"), ("0", "30"), ("0", "30"), Unit("1", ""))
