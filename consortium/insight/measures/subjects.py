"""What the numbers are about, and how each is counted: one table of facts, one set of measures a subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from consortium.insight.measures import definitions, referrals
from consortium.insight.measures.definitions import Measure
from consortium.insight.states import About, Span, Stage


@dataclass(frozen=True, slots=True)
class Subject:
    """One table of facts and what is made of it.

    `counts` and `sums`: SQL over a row of `table`; `spans`: its columns of seconds; `indications`: whether its cells
    are divided by indication too. The rest are words of the pages.
    """

    about: About
    table: str
    counts: Mapping[str, str]
    sums: Mapping[str, str]
    spans: tuple[str, ...]
    measures: Mapping[str, Measure]
    legs: tuple[str, ...]
    which: Any
    place: Any
    answered_by: Any
    answered_by_service: Any
    asked_by: Any
    legs_heading: Any
    legs_words: Any
    months_words: Any
    few_words: Any
    indications: bool = False

    @property
    def key(self) -> str:
        return str(self.about.value)

    @property
    def headlines(self) -> list[Measure]:
        return [measure for measure in self.measures.values() if measure.headline]

    @property
    def others(self) -> list[Measure]:
        return [m for m in self.measures.values() if not m.headline and m.key not in self.legs]


CONSULTATIONS = Subject(
    About.CONSULTATIONS, "insight_measured", definitions.COUNTS, {"usefulness": "usefulness"}, tuple(Span.values),
    definitions.MEASURES, definitions.LEGS,
    which=_("Which questions"),
    place=_("Asking institution or region"),
    answered_by=_("Answered by %(place)s"),
    answered_by_service=_("Answered by the service %(name)s"),
    asked_by=_("Asked by %(place)s"),
    legs_heading=_("Whose turn it was, and how long"),
    legs_words=_("Every minute since the sending belongs to one party; the parts add up."),
    months_words=_("A question counts in the month in which it was sent. “Small number”: fewer than 20, so that chance "
                   "decides much of it."),
    few_words=_("Fewer than five questions of a place that is not yours: nothing of them is told."),
)  # fmt: skip

REFERRALS = Subject(
    About.REFERRALS, "insight_journey", referrals.COUNTS, referrals.SUMS, tuple(Stage.values),
    referrals.MEASURES, referrals.LEGS,
    which=_("Which referrals"),
    place=_("Sending institution or region"),
    answered_by=_("Received by %(place)s"),
    answered_by_service=_("Received by the service %(name)s"),
    asked_by=_("Sent by %(place)s"),
    legs_heading=_("Leg by leg, and how long"),
    legs_words=_("From one act to the next, of those that have come so far."),
    months_words=_("A referral counts in the month in which it was sent. “Small number”: fewer than 20, so that chance "
                   "decides much of it."),
    few_words=_("Fewer than five referrals of a place that is not yours: nothing of them is told."),
    indications=True,
)  # fmt: skip

SUBJECTS: dict[str, Subject] = {subject.key: subject for subject in (CONSULTATIONS, REFERRALS)}

#: every measure by its key, which is its address: no two subjects share one
MEASURES: dict[str, Measure] = {**CONSULTATIONS.measures, **REFERRALS.measures}


def subject_of(measure: Measure) -> Subject:
    """What a measure is about."""
    return next(subject for subject in SUBJECTS.values() if measure.key in subject.measures)
