"""One child measured on one day: which standard, at which age, lying or standing, and what comes out of it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.clinical.growth.findings import Finding, believed, finding, muac_finding
from consortium.clinical.growth.scores import percentile, z_score
from consortium.clinical.growth.tables import (
    LAST_DAY,
    SEXES,
    TWO_YEARS,
    WEIGHT_BASED,
    Index,
    NoStandard,
    for_age,
    for_length,
)

TERM_WEEKS: Final = 40
PRETERM_BELOW: Final = 37
#: a child lying is this much longer than standing (WHO-GS)
LYING_LONGER: Final = Decimal("0.7")


class Position(StrEnum):
    LYING = "lying"
    STANDING = "standing"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Child:
    """`sex` as in FHIR; other words than female and male have no WHO standard."""

    sex: str
    birth_date: date
    gestation_weeks: int | None = None

    @property
    def is_preterm(self) -> bool:
        return self.gestation_weeks is not None and self.gestation_weeks < PRETERM_BELOW

    def age_days(self, on: date) -> int:
        return (on - self.birth_date).days

    def standard_age(self, on: date) -> int:
        """The age at which the standards are read: corrected for preterm birth until 24 months. May be below 0."""
        days = self.age_days(on)
        if self.gestation_weeks is None or not self.is_preterm or days >= TWO_YEARS:
            return days
        return days - (TERM_WEEKS - self.gestation_weeks) * 7


@dataclass(frozen=True, slots=True)
class Body:
    """What was measured, each in its first unit (kg, cm, cm, mm); None where it was not."""

    weight: Decimal | None = None
    length: Decimal | None = None
    position: Position = Position.UNKNOWN
    head: Decimal | None = None
    muac: Decimal | None = None
    #: oedema of both feet: the weight says nothing then, so nothing is computed of it
    oedema: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """`z` is rounded to 2 places. `believed` False: outside the WHO's limits of plausibility."""

    index: Index
    value: Decimal
    z: Decimal
    percentile: float
    believed: bool
    finding: Finding

    @property
    def z_words(self) -> str:
        """ "+0.35", or "−2.01" with a true minus sign."""
        return f"{self.z:+}".replace("-", "−")


@dataclass(frozen=True, slots=True)
class Growth:
    """What came out, and what must be said about how."""

    age_days: int
    standard_days: int
    #: cm, lying or standing as the standard wants it
    length: Decimal | None = None
    scores: dict[Index, Score] = field(default_factory=dict)
    #: judged in millimetres, where its z has no say
    muac: Finding | None = None
    notes: tuple[Any, ...] = ()


def lies(age_days: int) -> bool:
    """Whether the standard for this age is of children measured lying."""
    return age_days < TWO_YEARS


def standard_length(length: Decimal, position: Position, age_days: int) -> Decimal:
    """The length as the standard for this age measures it: 0.7 cm more lying than standing, from 24 months less."""
    if lies(age_days) and position == Position.STANDING:
        return length + LYING_LONGER
    if not lies(age_days) and position == Position.LYING:
        return length - LYING_LONGER
    return length


def body_mass_index(weight: Decimal, length: Decimal) -> Decimal:
    """kg and cm to kg/m2, not rounded."""
    return weight / (length / 100) ** 2


def _values(body: Body, length: Decimal | None) -> dict[Index, Decimal]:
    values: dict[Index, Decimal | None] = {
        Index.WEIGHT: None if body.oedema else body.weight,
        Index.LENGTH: length,
        Index.HEAD: body.head,
        Index.MUAC: body.muac / 10 if body.muac is not None else None,
    }
    if body.weight is not None and length is not None and not body.oedema:
        values[Index.WEIGHT_FOR_LENGTH] = body.weight
        values[Index.BMI] = body_mass_index(body.weight, length)
    return {index: value for index, value in values.items() if value is not None}


def score(index: Index, value: Decimal, *, sex: str, days: int, length: Decimal | None = None) -> Score:
    """One index at the age of the standard; raises NoStandard where there is none."""
    if index == Index.WEIGHT_FOR_LENGTH:
        if length is None or days > LAST_DAY:
            raise NoStandard("weight for length is for children under 5 with a length")
        lms = for_length(sex, float(length), lying=lies(days))
    else:
        lms = for_age(index, sex, days)
    z = z_score(lms, float(value), weight_based=index in WEIGHT_BASED)
    return Score(
        index=index,
        value=value,
        z=Decimal(repr(z)).quantize(Decimal("0.01")),
        percentile=percentile(z),
        believed=believed(index, z),
        finding=finding(index, z, days),
    )


def _notes(child: Child, body: Body, days: int, standard_days: int) -> tuple[Any, ...]:
    notes: list[Any] = []
    if child.sex not in SEXES:
        notes.append(_("The growth standards are for girls and for boys; the sex is not on record."))
    if standard_days != days:
        weeks = {"weeks": (days - standard_days) // 7}
        notes.append(_("The age is corrected by %(weeks)d weeks for preterm birth, until 24 months.") % weeks)
    if standard_days < 0:
        notes.append(_("Before the date of term there is no WHO standard."))
    if body.length is not None and standard_length(body.length, body.position, days) != body.length:
        words = (
            _("Measured standing: 0.7 cm were added.") if lies(days) else _("Measured lying: 0.7 cm were taken off.")
        )
        notes.append(words)
    if body.oedema:
        notes.append(_("With oedema of both feet the weight is not judged: this is severe acute malnutrition."))
    return tuple(notes)


def assess(child: Child, body: Body, on: date) -> Growth:
    """Every index that the WHO has for this child on this day; what it has none for is missing from `scores`."""
    days, at = child.age_days(on), child.standard_age(on)
    length = standard_length(body.length, body.position, days) if body.length is not None else None
    scores: dict[Index, Score] = {}
    for index, value in _values(body, length).items():
        try:
            scores[index] = score(index, value, sex=child.sex, days=at, length=length)
        except NoStandard:
            continue
    muac = muac_finding(body.muac, days) if body.muac is not None else None
    return Growth(days, at, length, scores, muac, _notes(child, body, days, at))
