"""The measures: what each counts, in words that a reader can hold us to. A change of meaning is a new version."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from consortium.insight.states import Span


class Kind(StrEnum):
    COUNT = "count"
    SHARE = "share"
    TIME = "time"
    MEAN = "mean"


#: what a cell counts: name -> the condition on a row of `Measured`, in SQL. `declined` and `disputed` belong to the
#: service that declined, and are counted there.
COUNTS: dict[str, str] = {
    "sent": "true",
    "allocated": "allocated_on_time IS NOT NULL",
    "allocated_on_time": "allocated_on_time",
    "answered": "to_answer IS NOT NULL",
    "timed": "answered_on_time IS NOT NULL",
    "answered_on_time": "answered_on_time",
    "closed": "referral_avoided IS NOT NULL",
    "avoided": "referral_avoided",
    "over": "to_close IS NOT NULL",
    "finished": "step IN ('closed', 'closed_unreviewed')",
    "unreviewed": "step = 'closed_unreviewed'",
    "converted": "step = 'converted'",
    "withdrawn": "step = 'withdrawn'",
    "second_round": "second_round",
    "several": "several",
    "corrected": "corrected",
    "rated": "usefulness IS NOT NULL",
    "useful": "usefulness >= 4",
    "video_tried": "video_tried",
    "video_held": "video_held",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. A share is `part` of `whole` (names of COUNTS), a time is a `span`, a mean is `part` / `whole`.

    `better`: "high", "low" or "" where neither is; `words` say what is counted.
    """

    key: str
    label: Any
    kind: Kind
    words: Any
    part: str = ""
    whole: str = ""
    span: str = ""
    better: str = ""
    version: int = 1
    headline: bool = False


_WHOLE = _("All questions that were sent in the month, drafts and those entered in error left out.")

MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("sent", _("Questions sent"), Kind.COUNT, _WHOLE, part="sent", whole="sent", headline=True),
        Measure(
            "allocation", _("Time to a specialist"), Kind.TIME,
            _("From the sending until a specialist holds the question for the first time. The middle value, and what "
              "nine of ten do not exceed."),
            span=Span.TO_ALLOCATION, better="low", headline=True,
        ),
        Measure(
            "allocated_on_time", _("Allocated within the target"), Kind.SHARE,
            _("Of those that a specialist took: the clock of the allocation had not struck. Targets: stat 5 minutes, "
              "urgent 10, routine 30 of working time."),
            part="allocated_on_time", whole="allocated", better="high",
        ),
        Measure(
            "answer", _("Time to the first answer"), Kind.TIME,
            _("From the sending until the first answer is signed, day and night, waiting for information included. The "
              "middle value, and what nine of ten do not exceed."),
            span=Span.TO_ANSWER, better="low", headline=True,
        ),
        Measure(
            "answered_on_time", _("Answered within the target"), Kind.SHARE,
            _("Of those that were answered: the specialist's clock had not struck. It runs from the taking: stat 15 "
              "minutes, urgent 2 hours, routine 12 hours of working time, without pauses for information."),
            part="answered_on_time", whole="timed", better="high", headline=True,
        ),
        Measure(
            "answered", _("Answered"), Kind.SHARE,
            _("Of all that were sent: somebody signed an answer. Open questions count as not answered yet."),
            part="answered", whole="sent", better="high",
        ),
        Measure(
            "avoided", _("Referral avoided"), Kind.SHARE,
            _("Of those that the asker closed with an outcome: the asker says that a referral was avoided."),
            part="avoided", whole="closed", better="high", headline=True,
        ),
        Measure(
            "converted", _("Sent on as a referral"), Kind.SHARE,
            _("Of all that are over: the question became a referral."), part="converted", whole="over",
        ),
        Measure(
            "second_round", _("Second round"), Kind.SHARE,
            _("Of those that were answered: the specialist had the question again after the first answer, because the "
              "asker asked back or opened it again."),
            part="second_round", whole="answered",
        ),
        Measure(
            "several", _("Several specialists"), Kind.SHARE,
            _("Of those that were answered: at least one second opinion was given."), part="several", whole="answered",
        ),
        Measure(
            "corrected", _("Answer corrected"), Kind.SHARE,
            _("Of those that were answered: a signed answer was corrected."),
            part="corrected", whole="answered", better="low",
        ),
        Measure(
            "unreviewed", _("Closed without review"), Kind.SHARE,
            _("Of those that were closed after an answer: nobody reviewed it, the time ran out. Never counted as "
              "managed locally."),
            part="unreviewed", whole="finished", better="low", headline=True,
        ),
        Measure(
            "useful", _("Found useful"), Kind.SHARE,
            _("Of those that the asker rated: 4 or 5 of 5."),
            part="useful", whole="rated", better="high", headline=True,
        ),
        Measure(
            "usefulness", _("Usefulness, 1 to 5"), Kind.MEAN,
            _("The mean of the asker's ratings, 1 to 5."), part="usefulness", whole="rated", better="high",
        ),
        Measure(
            "video", _("Video succeeded"), Kind.SHARE,
            _("Of the questions with a video call that was opened and is over: pictures came through in at least one. "
              "Calls that fell back to sound, stills or writing count as tried."),
            part="video_held", whole="video_tried", better="high", headline=True,
        ),
        Measure(
            "declined", _("Declined"), Kind.SHARE,
            _("Questions that a service declined, for each that was sent to any; counted at the service that declined, "
              "the last one when there were several."),
            part="declined", whole="sent",
        ),
        Measure(
            "disputed", _("Decline disputed"), Kind.SHARE,
            _("Of the declined: the asker asked the service's lead to look again."), part="disputed", whole="declined",
        ),
        Measure(
            "withdrawn", _("Withdrawn"), Kind.SHARE,
            _("Of all that were sent: the asker took the question back."), part="withdrawn", whole="sent",
        ),
        Measure(
            "dialogue", _("Time to the close"), Kind.TIME,
            _("From the sending until nobody has to act any more."), span=Span.TO_CLOSE, better="low",
        ),
        Measure(
            "allocating", _("With the coordinator"), Kind.TIME,
            _("Before the first answer, of those that were answered: how long the question waited to be taken, returns "
              "to the queue included."),
            span=Span.ALLOCATING, better="low",
        ),
        Measure(
            "answering", _("With the specialist"), Kind.TIME,
            _("Before the first answer, of those that were answered: how long specialists had to act."),
            span=Span.ANSWERING, better="low",
        ),
        Measure(
            "informing", _("With the asker, for information"), Kind.TIME,
            _("Before the first answer, of those where information was asked for: how long the asker had to act."),
            span=Span.INFORMING, better="low",
        ),
        Measure(
            "reviewing", _("With the asker, for the review"), Kind.TIME,
            _("After the first answer, of those that are over: how long the asker had to act."),
            span=Span.REVIEWING, better="low",
        ),
        Measure(
            "clarifying", _("With the specialist, asked back"), Kind.TIME,
            _("After the first answer, of those with a second round that are over: how long specialists had to act."),
            span=Span.CLARIFYING, better="low",
        ),
    )
}  # fmt: skip

#: the legs of the ball's ledger: before and after the first answer
LEGS = ("allocating", "answering", "informing", "reviewing", "clarifying")
