"""What happened in a lecture's room, at its moments of the recording.

Whoever may watch the recording sees it. Who said something is told to those alone whom the lecture was for; what a
moderator took away is told to nobody. What the room said to a poll is shown to who has voted, then or now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.library.models import Lesson
from courses.library.queries.watching import lesson_and_video
from courses.live.models import CaseStage, ChatLine, LateVote, Lecture, Poll, Question, RoomEvent, Vote
from courses.live.policies.lectures import may_moderate
from courses.live.queries.film import moments
from courses.live.queries.room import tallies
from courses.live.states.cases import StageKind
from courses.live.states.room import PollKind, RoomEventKind

#: lines of chat on one page, the newest
MOST_LINES: Final = 1000
_WHY: Final = "a lecture that is replayed with its recording"


@dataclass(frozen=True, slots=True)
class Bar:
    """What was answered, how often, and whether the reader did."""

    text: str
    count: int
    percent: int
    mine: bool


@dataclass(frozen=True, slots=True)
class AskedPoll:
    """A poll of the recording. `bars` are those of the room, for who has voted; else there are none to be read."""

    poll: Poll
    at: int
    voted: bool
    late: bool
    bars: list[Bar]
    votes: int

    @property
    def asks(self) -> bool:
        """Whether the reader can vote now: of a place on a picture the film alone shows which picture."""
        return not self.voted and self.poll.kind != PollKind.HOT_SPOT


@dataclass(frozen=True, slots=True)
class Said:
    """A line of chat, or a question with when it was answered. `by` is empty for who may not know it."""

    at: int
    kind: str
    by: str
    text: str
    answered_at: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A stage of the case, shown from `at` on."""

    at: int
    title: str
    text: str


@dataclass
class Replay:
    """Everything in the film's order; times in ms."""

    lecture: Lecture
    polls: list[AskedPoll] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    stages: list[Shown] = field(default_factory=list)
    left_out: int = 0

    @property
    def chapters(self) -> list[tuple[int, str]]:
        """What one looks for: stages, polls, answers."""
        answered = [(one.answered_at, _("Answered: %(text)s") % {"text": one.text}) for one in self.said]
        asked = [(one.at, _("Poll: %(text)s") % {"text": one.poll.text}) for one in self.polls]
        stages = [(one.at, one.title) for one in self.stages]
        return sorted((at, text) for at, text in (*stages, *asked, *answered) if at is not None)


def replayed_lecture(lesson: Lesson) -> Lecture | None:
    """The lecture whose recording the lesson shows, while its case may be taught."""
    rows = unfiltered(Lecture, why=_WHY).teachable().filter(recording_id=lesson.video_id)
    found: Lecture | None = rows.exclude(recording=None).prefetch_related("crew").first()
    return found


def replay_of(actor: Actor, lecture: Lecture) -> Replay:
    """Seven queries, however much was said; one more for polls that were left open."""
    events = moments(lecture, unfiltered(RoomEvent, why=_WHY).filter(lecture=lecture).order_by("seq"))
    by_kind: dict[str, list[tuple[dict[str, Any], int]]] = {kind: [] for kind in RoomEventKind.values}
    for event, at in events:
        by_kind[event.kind].append((event.data, at))
    named = Lecture.objects.filter(pk=lecture.pk).exists()
    chat = _chat(lecture, by_kind[RoomEventKind.CHAT], named)
    lines = chat[-MOST_LINES:]
    said = sorted([*lines, *_questions(lecture, by_kind[RoomEventKind.QUESTION], named)], key=lambda one: one.at)
    return Replay(
        lecture, _polls(actor, lecture, by_kind[RoomEventKind.POLL]), said,
        _stages(lecture, by_kind[RoomEventKind.STAGE]), len(chat) - len(lines),
    )  # fmt: skip


_Told = Iterable[tuple[dict[str, Any], int]]


def _chat(lecture: Lecture, told: _Told, named: bool) -> list[Said]:
    shown = unfiltered(ChatLine, why=_WHY).filter(lecture=lecture, hidden_at=None).values_list("pk", flat=True)
    kept = {str(pk) for pk in shown}
    return [_said(data, at, "chat", named) for data, at in told if data.get("id") in kept]


def _questions(lecture: Lecture, told: _Told, named: bool) -> list[Said]:
    rows = unfiltered(Question, why=_WHY).filter(lecture=lecture, dismissed_at=None).values_list("pk", flat=True)
    kept = {str(pk) for pk in rows}
    answered = {data["id"]: at for data, at in told if data.get("state") == "answered"}
    asked = [(data, at) for data, at in told if "text" in data and data["id"] in kept]
    return [_said(data, at, "question", named, answered.get(data["id"])) for data, at in asked]


def _said(data: dict[str, Any], at: int, kind: str, named: bool, answered_at: int | None = None) -> Said:
    return Said(at, kind, str(data.get("by", "")) if named else "", str(data["text"]), answered_at)


# -- polls ------------------------------------------------------------------------------------------------------------


def _polls(actor: Actor, lecture: Lecture, told: _Told) -> list[AskedPoll]:
    asked: dict[str, int] = {}
    for data, at in told:
        asked.setdefault(data["id"], at)
    polls = list(unfiltered(Poll, why=_WHY).filter(lecture=lecture, pk__in=list(asked)))
    late = dict(LateVote.objects.filter(poll__in=polls).values_list("poll_id", "choice"))
    mine = {**late, **dict(Vote.objects.filter(poll__in=polls).values_list("poll_id", "choice"))}
    still_open = [poll.pk for poll in polls if poll.closed_at is None]
    counted = tallies(still_open) if still_open else {}
    crew = may_moderate(actor, lecture).allowed
    shown = [_asked(poll, asked[str(poll.pk)], mine, late, counted, crew) for poll in polls]
    return sorted(shown, key=lambda one: one.at)


def _asked(
    poll: Poll, at: int, mine: dict[UUID, Any], late: dict[UUID, Any], counted: dict[UUID, Any], crew: bool
) -> AskedPoll:
    votes, tally = counted.get(poll.pk, (poll.votes, poll.tally))
    reads = crew or poll.pk in mine
    bars = _bars(poll, votes, tally, mine.get(poll.pk, [])) if reads else []
    return AskedPoll(poll, at, poll.pk in mine, poll.pk in late, bars, votes if reads else 0)


def _bars(poll: Poll, votes: int, tally: dict[str, int], mine: list[Any]) -> list[Bar]:
    """Of options all, in their order; of words those that were counted, and one's own."""
    if poll.kind == PollKind.HOT_SPOT:
        return []
    if poll.kind == PollKind.WORD:
        words = [*tally, *(word for word in mine if word not in tally)]
        return [_bar(word, tally.get(word, 0), votes, word in mine) for word in words]
    return [_bar(text, tally.get(str(n), 0), votes, n in mine) for n, text in enumerate(poll.options)]


def _bar(text: str, count: int, votes: int, mine: bool) -> Bar:
    return Bar(text, count, round(100 * count / votes) if votes else 0, mine)


def poll_of_lesson(lesson_id: UUID, poll_id: UUID) -> tuple[Lesson, Lecture, Poll]:
    """A poll in the recording that the lesson shows; NotVisible to who may not watch it."""
    lesson, _video = lesson_and_video(lesson_id)
    lecture = replayed_lecture(lesson)
    polls = unfiltered(Poll, why=_WHY).filter(pk=poll_id, lecture=lecture, opened_at__isnull=False)
    found: Poll | None = polls.first()
    if lecture is None or found is None:
        raise NotVisible
    return lesson, lecture, found


def poll_replayed(actor: Actor, lecture: Lecture, poll_id: UUID) -> AskedPoll:
    """One poll as it stands now for the reader."""
    rows = unfiltered(RoomEvent, why=_WHY).filter(lecture=lecture, kind=RoomEventKind.POLL, data__id=str(poll_id))
    told = [(event.data, at) for event, at in moments(lecture, rows.order_by("seq")[:1])]
    asked = _polls(actor, lecture, told)
    if not asked:
        raise NotVisible
    return asked[0]


# -- the case ---------------------------------------------------------------------------------------------------------


def _stages(lecture: Lecture, told: _Told) -> list[Shown]:
    """Stage `n` is the n-th that was written, from 1."""
    rows = list(unfiltered(CaseStage, why=_WHY).filter(teaching_case__lecture=lecture)) if told else []
    order = StageKind.values
    written = sorted(rows, key=lambda row: order.index(row.kind))
    found = [(written[data["stage"] - 1], at) for data, at in told if 0 < data.get("stage", 0) <= len(written)]
    return [Shown(at, str(StageKind(row.kind).label), row.text) for row, at in found]
