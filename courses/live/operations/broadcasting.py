"""Who has a lecture's stage: taken for a run, renewed while it runs, given back, and gone when the lecture ends."""

import shutil
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible, Taken, WrongStep, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.live.broadcast.keeping import ENDED
from courses.live.events.lectures import StageLeft
from courses.live.models import Broadcast, BroadcastRun, EncoderKey, Lecture
from courses.live.policies.lectures import may_conduct
from courses.live.states.lectures import LectureStep

#: how long the stage is kept without a sign of life: three beats of `broadcast.publishing` and more
LEASE: Final = timedelta(seconds=10)


@transaction.atomic
def take_stage(
    *, actor: Actor, lecture_id: UUID, holder: UUID, takes_over: bool = False, by_encoder: bool = False
) -> int:
    """Begin a run: its number. Taken("stage-taken") while somebody else sends, unless they are to be replaced. One's
    own encoder and one's own browser are somebody else to each other."""
    lecture = _locked(lecture_id)
    require(may_conduct(actor, lecture))
    if lecture.step != LectureStep.LIVE or not _teachable(lecture_id):
        raise WrongStep(_("Open the lecture first: then it can be sent."))
    now = clock.now()
    stage, _fresh = Broadcast.objects.get_or_create(lecture=lecture)
    held = stage.held_until is not None and stage.held_until > now
    another = held and (stage.held_by_id != actor.user_id or by_encoder or _is_encoder_s(stage))
    if another and not takes_over:
        raise Taken(_("Somebody else is sending this lecture now."), code="stage-taken")
    _closed(lecture_id)
    stage.runs, stage.holder, stage.held_by_id, stage.held_until = stage.runs + 1, holder, actor.user_id, now + LEASE
    with database_rules(), transaction.atomic():
        stage.save()
        BroadcastRun.objects.create(lecture=lecture, number=stage.runs, user_id=actor.user_id, began_at=now)
    transaction.on_commit(partial((stage.folder / ENDED).unlink, missing_ok=True), robust=True)
    _note(actor, lecture, "take_stage", stage.runs, by_encoder=by_encoder)
    return int(stage.runs)


@transaction.atomic
def keep_stage(*, actor: Actor, lecture_id: UUID, holder: UUID) -> bool:
    """A sign of life of who has the stage; False once it is another's, the lecture is over, its case may be taught no
    more, or the right is gone."""
    lecture = Lecture.objects.teachable().filter(pk=lecture_id, step=LectureStep.LIVE).first()
    if lecture is None or not may_conduct(actor, lecture):
        return False
    mine = Broadcast.objects.filter(lecture_id=lecture_id, holder=holder)
    return bool(mine.update(held_until=clock.now() + LEASE))


@transaction.atomic
def leave_stage(*, actor: Actor, lecture_id: UUID, holder: UUID) -> None:
    """Give it back, if it still is this holder's. What may be taught no more does not stay."""
    mine = Broadcast.objects.filter(lecture_id=lecture_id, holder=holder)
    left = mine.update(holder=None, held_by=None, held_until=None)
    if left:
        _closed(lecture_id)
    lecture = Lecture.objects.filter(pk=lecture_id).first()
    ended = lecture is not None and lecture.step == LectureStep.ENDED
    if lecture is not None and (left or ended):
        _note(actor, lecture, "leave_stage", event=StageLeft(lecture_id) if ended else None)
    stage = Broadcast.objects.filter(lecture_id=lecture_id).first()
    if stage is not None and not _teachable(lecture_id):
        remove_what_was_sent(stage)


@transaction.atomic
def end_broadcast(*, actor: Actor, lecture_id: UUID) -> bool:
    """The lecture is over: nobody has the stage, and players are told that nothing more comes. Whether anything was
    sent at all; False too where it was opened again meanwhile."""
    if _locked(lecture_id).step != LectureStep.ENDED:
        return False
    stage = clear_stage(lecture_id)
    if stage is None:
        return False
    if stage.folder.is_dir():
        transaction.on_commit((stage.folder / ENDED).touch, robust=True)
    return True


def clear_stage(lecture_id: UUID) -> Broadcast | None:
    """Nobody has it any more; None where nobody ever had it. For operations that have locked the lecture."""
    stage: Broadcast | None
    stage = Broadcast.objects.select_for_update(of=("self",)).filter(lecture_id=lecture_id).first()
    if stage is not None:
        stage.holder = stage.held_by = stage.held_until = None
        stage.save()
        _closed(lecture_id)
    return stage


def remove_what_was_sent(stage: Broadcast) -> None:
    """Its bytes go with the commit."""
    transaction.on_commit(partial(shutil.rmtree, stage.folder, ignore_errors=True), robust=True)


def _teachable(lecture_id: UUID) -> bool:
    return bool(unfiltered(Lecture, why="whether its case may be taught").teachable().filter(pk=lecture_id).exists())


def _locked(lecture_id: UUID) -> Lecture:
    found: Lecture | None = Lecture.objects.select_for_update(of=("self",)).filter(pk=lecture_id).first()
    if found is None:
        raise NotVisible
    return found


def _closed(lecture_id: UUID) -> None:
    """Whatever run is open ends now."""
    BroadcastRun.objects.filter(lecture_id=lecture_id, ended_at=None).update(ended_at=clock.now())


def _is_encoder_s(stage: Broadcast) -> bool:
    return bool(EncoderKey.objects.filter(lecture_id=stage.pk, holder=stage.holder).exists())


def _note(
    actor: Actor, lecture: Lecture, verb: str, run: int = 0, *, by_encoder: bool = False,
    event: DomainEvent | None = None,
) -> None:  # fmt: skip
    facts = {"run": run, **({"by": "encoder"} if by_encoder else {})} if run else {}
    record(actor=actor, verb=verb, subject=lecture, institution_id=lecture.institution_id, facts=facts, event=event)
