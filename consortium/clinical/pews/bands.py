"""The charts as data. Source: NHS England National PEWS, 2023; a band's lower edge belongs to it.

Each row names the age band and the lowest values of the columns that score 4, 2, 1, 0, 1, 2, 4 from low to high; None
leaves a column out.
"""

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext_lazy as _


class AgeBand(StrEnum):
    """Four charts, by birthday."""

    INFANT = "0-11m"
    TODDLER = "1-4y"
    CHILD = "5-12y"
    TEEN = "13y+"

    @property
    def label(self) -> str:
        return str(_AGE_LABELS[self])


_AGE_LABELS: Final = {
    AgeBand.INFANT: _("0 to 11 months"),
    AgeBand.TODDLER: _("1 to 4 years"),
    AgeBand.CHILD: _("5 to 12 years"),
    AgeBand.TEEN: _("13 years and older"),
}


class Item(StrEnum):
    """What scores. Temperature and consciousness do not: they escalate by themselves."""

    RESP_RATE = "resp_rate"
    HEART_RATE = "heart_rate"
    SBP = "sbp"
    SPO2 = "spo2"
    DISTRESS = "distress"
    OXYGEN = "oxygen"
    CRT = "crt"

    @property
    def label(self) -> str:
        return str(_ITEM_LABELS[self])


_ITEM_LABELS: Final = {
    Item.RESP_RATE: _("Breaths"),
    Item.HEART_RATE: _("Heart rate"),
    Item.SBP: _("Systolic blood pressure"),
    Item.SPO2: _("Oxygen saturation"),
    Item.DISTRESS: _("Respiratory distress"),
    Item.OXYGEN: _("Oxygen given"),
    Item.CRT: _("Capillary refill"),
}

_POINTS: Final = (4, 2, 1, 0, 1, 2, 4)
_Edges = tuple[int | None, int | None, int, int | None, int | None, int | None]

#: lowest value of each column after the first: 2, 1, 0, 1, 2, 4
_BY_AGE: Final[dict[Item, dict[AgeBand, _Edges]]] = {
    Item.RESP_RATE: {
        AgeBand.INFANT: (10, 20, 30, 50, 60, 70),
        AgeBand.TODDLER: (10, None, 20, 40, 50, 60),
        AgeBand.CHILD: (10, 15, 20, 25, 40, 50),
        AgeBand.TEEN: (None, 10, 15, 25, 30, 40),
    },
    Item.HEART_RATE: {
        AgeBand.INFANT: (80, 90, 110, 150, 170, 180),
        AgeBand.TODDLER: (60, 70, 90, 140, 150, 170),
        AgeBand.CHILD: (60, 70, 80, 120, 140, 160),
        AgeBand.TEEN: (50, 60, 70, 100, 120, 130),
    },
    Item.SBP: {
        AgeBand.INFANT: (50, 60, 70, 90, 100, 110),
        AgeBand.TODDLER: (50, 60, 80, 100, 120, 130),
        AgeBand.CHILD: (70, 80, 90, 110, 120, 130),
        AgeBand.TEEN: (80, 90, 100, 120, 130, 140),
    },
}


#: one chart row: (lowest value, points), the first from nothing upwards
Bands = tuple[tuple[Decimal, int], ...]


def _bands(edges: _Edges) -> Bands:
    columns = zip(edges, _POINTS[1:], strict=True)
    return ((Decimal(0), _POINTS[0]), *((Decimal(edge), points) for edge, points in columns if edge is not None))


BANDS: Final[dict[Item, dict[AgeBand, Bands]]] = {
    item: {band: _bands(edges) for band, edges in rows.items()} for item, rows in _BY_AGE.items()
}
#: the same at every age
SPO2: Final[Bands] = ((Decimal(0), 4), (Decimal(92), 1), (Decimal(95), 0))
FLOW: Final[Bands] = ((Decimal(0), 0), (Decimal("0.01"), 1), (Decimal(2), 2), (Decimal(6), 4))
PERCENT: Final[Bands] = ((Decimal(0), 0), (Decimal(22), 1), (Decimal(30), 2), (Decimal(50), 4))


def points(bands: Bands, value: Decimal) -> int:
    """The score of the band in which `value` lies."""
    return bands[max(0, bisect_right([low for low, _points in bands], value) - 1)][1]


def age_band(birth_date: date, on: date) -> AgeBand:
    """The chart for a child on a day: it changes on the first, fifth and thirteenth birthday."""
    years = on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    if years < 1:
        return AgeBand.INFANT
    if years < 5:
        return AgeBand.TODDLER
    return AgeBand.CHILD if years < 13 else AgeBand.TEEN


def edges(bands: Bands) -> list[tuple[Decimal, int, int]]:
    """(lowest value of a band, points below it, points from it on), for charts and tests."""
    return [(high[0], low[1], high[1]) for low, high in pairwise(bands)]
