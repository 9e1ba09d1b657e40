"""A case is taught step by step: votes prepared, stages shown forwards, what the votes say shown, all of it kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.live.models.cases import TeachingCase
from courses.live.models.lectures import Lecture
from courses.live.models.room import Poll
from courses.live.models.staging import HAPPENED_LENGTH, CaseVote, Staging
from courses.live.operations.cases import require_telling_nothing
from courses.live.operations.polls import checked_options
from courses.live.operations.room import held, log, note, put
from courses.live.policies.lectures import may_change_lecture, may_conduct
from courses.live.queries.room import poll_told
from courses.live.queries.staging import (
    case_taught,
    manual_place,
    pictured_at,
    pictures_of,
    stage_told,
    stages_of,
    votes_planned,
)
from courses.live.room import Item
from courses.live.states.lectures import OVER, LectureStep
from courses.live.states.room import PollKind, PollState, RoomEventKind
from courses.live.states.staging import Asks

#: votes about one case
MOST_VOTES: Final = 20


@dataclass(frozen=True, slots=True)
class Planned:
    """A vote as its lecturer prepares it. `right`: the number of the right option, from 0; with a `picture_id` the
    right place, in fractions of its width and height. `manual`: ``pathway#node``, or ""."""

    stage: int
    asks: str
    text: str
    options: Sequence[str] = ()
    right: Any = None
    happened: str = ""
    manual: str = ""
    picture_id: UUID | None = None

    @property
    def kind(self) -> str:
        return PollKind.HOT_SPOT if self.picture_id else PollKind.SINGLE


# -- before the lecture -----------------------------------------------------------------------------------------------


@transaction.atomic
def prepare_vote(*, actor: Actor, lecture_id: UUID, planned: Planned, key: UUID | None = None) -> Poll:
    """What is voted on after a stage of the lecture's case. The same `key` twice is one vote. Raises InvalidInput."""

    def make() -> Poll:
        lecture, case = _planned_case(actor, lecture_id)
        options = checked_options(planned.kind, planned.options)
        vote = CaseVote(teaching_case=case, made_at=clock.now(), **_fields(case, planned, options))
        texts = {"text": planned.text, "options": "\n".join(options), "happened": planned.happened}
        require_telling_nothing(case.case, texts)
        poll = Poll(
            lecture=lecture, text=_text(planned.text), kind=planned.kind, options=options,
            created_by_id=actor.author_id, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            poll.save(force_insert=True)
            vote.poll = poll
            vote.save(force_insert=True)
        put(lecture_id, Item("poll", poll_told(poll)), crew=True)
        note(actor, lecture, "prepare_vote", poll=str(poll.pk), stage=vote.number)
        return poll

    return once(Poll, actor=actor, key=key, make=make)[0]


def _planned_case(actor: Actor, lecture_id: UUID) -> tuple[Lecture, TeachingCase]:
    lecture = held(lecture_id)
    require(may_change_lecture(actor, lecture))
    case = case_taught(lecture_id)
    if case is None or lecture.step in OVER:
        raise WrongStep(_("Choose an approved case for this lecture first."))
    if len(votes_planned(lecture_id)) >= MOST_VOTES:
        raise WrongStep(_("These are too many votes for one case."))
    return lecture, case


def _text(text: str) -> str:
    found = " ".join(text.split())
    if not found or len(found) > 200:
        raise InvalidInput({"text": _("Ask something, in 200 letters at most.")})
    return found


def _fields(case: TeachingCase, planned: Planned, options: list[str]) -> dict[str, Any]:
    """As the row keeps them; raises InvalidInput."""
    stages = stages_of(case)
    if not 1 <= planned.stage <= len(stages):
        raise InvalidInput({"stage": _("Choose a stage of the case.")})
    if planned.asks not in Asks.values:
        raise InvalidInput({"asks": _("Choose what is asked.")})
    if (planned.asks == Asks.FINDING) != bool(planned.picture_id):
        raise InvalidInput({"asks": _("A finding is asked for on a picture, and nothing else is.")})
    if planned.picture_id:
        pictures = {row.pk for row in pictures_of(case)}
        if planned.picture_id not in pictures or planned.stage < pictured_at(stages):
            raise InvalidInput({"stage": _("The picture is shown later: ask about it once it is.")})
    return {
        "number": planned.stage, "asks": planned.asks, "right": _right(planned, options),
        "happened": planned.happened.strip()[:HAPPENED_LENGTH], "picture_id": planned.picture_id,
        **_cited(planned.manual),
    }  # fmt: skip


def _right(planned: Planned, options: list[str]) -> Any:
    right = planned.right
    if planned.picture_id:
        placed = isinstance(right, list | tuple) and len(right) == 2 and all(0 <= one <= 1 for one in right)
        if not placed:
            raise InvalidInput({"right": _("Mark the right place on the picture.")})
        return [round(float(one), 4) for one in right]
    if not isinstance(right, int) or not 0 <= right < len(options):
        raise InvalidInput({"right": _("Say which of the answers is right.")})
    return right


def _cited(manual: str) -> dict[str, Any]:
    """The place in the manual's newest version."""
    pathway, _sign, node = manual.partition("#")
    found = manual_place(pathway, None, node)
    if pathway and found is None:
        raise InvalidInput({"manual": _("Choose a place of the manual.")})
    return {"manual_pathway": pathway, "manual_version": found["version"], "manual_node": node} if found else {}


@transaction.atomic
def drop_vote(*, actor: Actor, lecture_id: UUID, poll_id: UUID) -> None:
    """Ask it not. What was asked stays."""
    lecture = held(lecture_id)
    require(may_change_lecture(actor, lecture))
    vote = CaseVote.objects.select_related("poll").filter(pk=poll_id, poll__lecture=lecture).first()
    if vote is None:
        raise NotVisible
    if vote.poll.opened_at:
        raise WrongStep(_("This was asked already."))
    vote.poll.delete()
    put(lecture_id, Item("poll", {"id": str(poll_id), "state": "dropped"}), crew=True)
    note(actor, lecture, "drop_vote", poll=str(poll_id))


# -- in the room ------------------------------------------------------------------------------------------------------


def _conducted(actor: Actor, lecture_id: UUID) -> tuple[Lecture, TeachingCase, Staging]:
    """The lecture, its case and how far it is; all held. Raises NotVisible, NotPermitted, WrongStep."""
    lecture = held(lecture_id)
    require(may_conduct(actor, lecture))
    case = case_taught(lecture_id)
    if case is None:
        raise WrongStep(_("This lecture has no case that may be shown."))
    staging, _fresh = Staging.objects.get_or_create(lecture=lecture)
    return lecture, case, staging


@transaction.atomic
def reveal_stage(*, actor: Actor, lecture_id: UUID, stage: int) -> Staging:
    """Show the next stage of the case to everybody. One that is shown stays so; none is left out."""
    lecture, case, staging = _conducted(actor, lecture_id)
    if stage <= staging.shown:
        return staging
    _may_go_on(lecture, staging.shown, stage, len(stages_of(case)))
    staging.shown = stage
    with database_rules():
        staging.save()
    log(lecture, RoomEventKind.STAGE, {"stage": stage})
    _tell(staging)
    note(actor, lecture, "reveal_stage", stage=stage)
    return staging


def _may_go_on(lecture: Lecture, shown: int, stage: int, written: int) -> None:
    if lecture.step != LectureStep.LIVE:
        raise WrongStep(_("Begin the lecture first."), code="not-live")
    if stage != shown + 1 or stage > written:
        raise WrongStep(_("The stages are shown one after the other."))
    if any(vote.poll.state == PollState.OPEN for vote in votes_planned(lecture.pk)):
        raise WrongStep(_("Close the vote first: what is shown next would change it."))


def _tell(staging: Staging) -> None:
    for crew in (False, True):
        put(staging.lecture_id, Item("stage", stage_told(staging)), crew=crew)


@transaction.atomic
def show_flow(*, actor: Actor, lecture_id: UUID, shown: bool) -> Staging:
    """Let the room see how its thinking moved, or see it no more."""
    lecture, _case, staging = _conducted(actor, lecture_id)
    if (staging.flow_at is not None) == shown:
        return staging
    staging.flow_at = clock.now() if shown else None
    staging.save()
    _tell(staging)
    note(actor, lecture, "show_flow" if shown else "hide_flow")
    return staging
