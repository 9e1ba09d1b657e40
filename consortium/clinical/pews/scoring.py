"""From signs to a score, a level and what it asks for. Missing signs make the score "at least".

Source: NHS England National PEWS, 2023. The charts were made for wards: outside hospital they are not validated, and
the product says so wherever it shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.clinical.pews.bands import BANDS, FLOW, PERCENT, SPO2, AgeBand, Item, points

SOURCE: Final = "NPEWS"
NOT_VALIDATED: Final = _("National PEWS is made for hospital wards. It is not validated outside hospital.")


class Level(IntEnum):
    """How far it escalates. A level is never lower than an override asks for."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    EMERGENCY = 4

    @property
    def label(self) -> str:
        return str(_LEVELS[self][0])

    @property
    def advice(self) -> str:
        return str(_LEVELS[self][1])

    @property
    def tone(self) -> str:
        """The severity of the look: pink, yellow or green."""
        return ("green", "green", "yellow", "pink", "pink")[self]


_LEVELS: Final[dict[Level, tuple[Any, Any]]] = {
    Level.NONE: (_("No warning sign"), _("Go on as planned.")),
    Level.LOW: (_("Low"), _("Watch, and measure again.")),
    Level.MEDIUM: (_("Medium"), _("Review within 30 minutes. The question becomes at least urgent.")),
    Level.HIGH: (_("High"), _("Review within 15 minutes. The question becomes stat.")),
    Level.EMERGENCY: (_("Emergency"), _("Call emergency help now. The question becomes stat.")),
}


class Distress(StrEnum):
    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Avpu(StrEnum):
    ALERT = "A"
    VOICE = "V"
    PAIN = "P"
    UNRESPONSIVE = "U"


class Support(StrEnum):
    """Oxygen by a device that scores by itself."""

    NONE = ""
    HIGH_FLOW = "high_flow"
    BIPAP = "bipap"
    CPAP = "cpap"


class Concern(StrEnum):
    """What escalates whatever the score."""

    CARER = "carer"
    INTUITION = "intuition"
    SEPSIS = "sepsis"
    SEPTIC_SHOCK = "septic_shock"
    PUPILS = "pupils"

    @property
    def label(self) -> str:
        return str(_CONCERNS[self][0])

    @property
    def level(self) -> Level:
        return _CONCERNS[self][1]


_CONCERNS: Final[dict[Concern, tuple[Any, Level]]] = {
    Concern.CARER: (_("The carer is worried"), Level.MEDIUM),
    Concern.INTUITION: (_("My clinical intuition is worried"), Level.MEDIUM),
    Concern.SEPSIS: (_("New suspicion of sepsis"), Level.MEDIUM),
    Concern.SEPTIC_SHOCK: (_("Suspicion of septic shock"), Level.HIGH),
    Concern.PUPILS: (_("Abnormal pupils"), Level.EMERGENCY),
}
_AVPU_LEVEL: Final = {
    Avpu.ALERT: Level.NONE,
    Avpu.VOICE: Level.HIGH,
    Avpu.PAIN: Level.EMERGENCY,
    Avpu.UNRESPONSIVE: Level.EMERGENCY,
}
_DISTRESS: Final = {Distress.NONE: 0, Distress.MILD: 1, Distress.MODERATE: 2, Distress.SEVERE: 4}
_LEVEL_FROM: Final = ((13, Level.EMERGENCY), (9, Level.HIGH), (5, Level.MEDIUM), (1, Level.LOW), (0, Level.NONE))


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found, each None when it was not looked at; `flow` of oxygen in l/min (air is 0), or its `percent`."""

    resp_rate: Decimal | None = None
    heart_rate: Decimal | None = None
    sbp: Decimal | None = None
    spo2: Decimal | None = None
    crt: Decimal | None = None
    distress: Distress | None = None
    flow: Decimal | None = None
    percent: Decimal | None = None
    support: Support = Support.NONE
    avpu: Avpu | None = None
    concerns: frozenset[Concern] = frozenset()


@dataclass(frozen=True, slots=True)
class Pews:
    """`points` by item; `missing` items make `total` a lower bound; `reasons` are the overrides that were met."""

    band: AgeBand
    points: Mapping[Item, int]
    missing: tuple[Item, ...]
    level: Level
    reasons: tuple[Any, ...] = field(default=())

    @property
    def total(self) -> int:
        return sum(self.points.values())

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def words(self) -> str:
        """The score as it must be read: "at least n" while a sign is missing."""
        sentence = _("PEWS %(total)d") if self.is_complete else _("PEWS at least %(total)d")
        return sentence % {"total": self.total}


def _oxygen(signs: Signs) -> int | None:
    """Oxygen by device, percent or flow; the worst of what was given."""
    if signs.support != Support.NONE:
        return 4
    given = [(FLOW, signs.flow), (PERCENT, signs.percent)]
    found = [points(bands, value) for bands, value in given if value is not None]
    return max(found, default=None)


def _crt(seconds: Decimal | None) -> int | None:
    """Up to 2 s nothing, 3 s and more 2; what lies between is taken as slow."""
    return None if seconds is None else 2 if seconds > 2 else 0


def _points(signs: Signs, band: AgeBand) -> dict[Item, int | None]:
    by_age = {Item.RESP_RATE: signs.resp_rate, Item.HEART_RATE: signs.heart_rate, Item.SBP: signs.sbp}
    found = {item: None if v is None else points(BANDS[item][band], v) for item, v in by_age.items()}
    return {
        **found,
        Item.SPO2: None if signs.spo2 is None else points(SPO2, signs.spo2),
        Item.DISTRESS: None if signs.distress is None else _DISTRESS[signs.distress],
        Item.OXYGEN: _oxygen(signs),
        Item.CRT: _crt(signs.crt),
    }


def _overrides(signs: Signs) -> list[tuple[Level, Any]]:
    found: list[tuple[Level, Any]] = [(c.level, _CONCERNS[c][0]) for c in Concern if c in signs.concerns]
    if signs.avpu is not None and signs.avpu != Avpu.ALERT:
        found.append((_AVPU_LEVEL[signs.avpu], _AVPU_WORDS[signs.avpu]))
    return found


_AVPU_WORDS: Final = {
    Avpu.VOICE: _("Responds to voice only"),
    Avpu.PAIN: _("Responds to pain only"),
    Avpu.UNRESPONSIVE: _("Does not respond"),
}


def level_of(total: int) -> Level:
    """The level of a score by itself."""
    return next(level for lowest, level in _LEVEL_FROM if total >= lowest)


def score_signs(signs: Signs, band: AgeBand) -> Pews:
    """Score what was found on the chart of `band`."""
    found = _points(signs, band)
    scored = {item: value for item, value in found.items() if value is not None}
    overrides = _overrides(signs)
    return Pews(
        band=band,
        points=scored,
        missing=tuple(item for item, value in found.items() if value is None),
        level=max([level_of(sum(scored.values())), *(level for level, _words in overrides)]),
        reasons=tuple(words for _level, words in overrides),
    )
