"""The key of a studio's encoder: made anew, taken back, given the stage; and the stage taken with it."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.kernel.policies import require
from consortium.kernel.sealing import seal
from courses.live.models import EncoderKey, Lecture
from courses.live.operations.broadcasting import clear_stage, take_stage
from courses.live.operations.lectures import locked_lecture, note
from courses.live.policies.lectures import may_conduct
from courses.live.queries.encoders import context_of, lecture_named, row_of_key, sealing_key
from courses.live.states.lectures import OVER

#: how long an encoder may take the stage from somebody once it was told to
TURN: Final = timedelta(minutes=2)
_BYTES: Final = 24


@transaction.atomic
def renew_encoder_key(*, actor: Actor, lecture_id: UUID) -> EncoderKey:
    """A new key, sent with in the actor's name; the one before opens nothing any more, and its stream is cut."""
    lecture = _given(actor, lecture_id)
    if lecture.step in OVER:
        raise WrongStep(_("The lecture is over."))
    _cut(lecture)
    key = f"{lecture.pk.hex}{secrets.token_urlsafe(_BYTES)}"
    sealed = seal(sealing_key(), key.encode(), context_of(lecture.pk))
    kept = {"sealed": sealed, "made_by_id": actor.user_id, "made_at": clock.now(), "turn_until": None}
    row, _fresh = EncoderKey.objects.update_or_create(lecture=lecture, defaults={**kept, "holder": None, "client": ""})
    note(actor, lecture, "renew_encoder_key")
    return row


@transaction.atomic
def withdraw_encoder_key(*, actor: Actor, lecture_id: UUID) -> None:
    """No encoder sends this lecture any more. Done again, nothing happens."""
    lecture = _given(actor, lecture_id)
    _cut(lecture)
    gone, _by_model = EncoderKey.objects.filter(lecture=lecture).delete()
    if gone:
        note(actor, lecture, "withdraw_encoder_key")


@transaction.atomic
def give_encoder_the_stage(*, actor: Actor, lecture_id: UUID) -> None:
    """Whoever sends now agrees, as a co-host would be asked: for two minutes the encoder may take over."""
    lecture = _given(actor, lecture_id)
    if not EncoderKey.objects.filter(lecture=lecture).update(turn_until=clock.now() + TURN):
        raise WrongStep(_("Make a key first."))
    note(actor, lecture, "give_encoder_stage")


@transaction.atomic
def take_stage_by_key(*, actor: Actor, key: str, client: str, holder: UUID) -> tuple[UUID, int]:
    """Begin a run of the lecture whose key it is, in the name of who made it: (lecture, the run's number).

    Raises NotPermitted for a text that is no key and for who may not give the lecture any more, WrongStep while it is
    not live, Taken while anybody sends (another encoder too) and has not agreed.
    """
    lecture_id = lecture_named(key)
    if lecture_id is None:
        raise NotPermitted
    locked_lecture(lecture_id)
    row = row_of_key(key)
    if row is None or row.made_by_id != actor.user_id:
        raise NotPermitted
    agreed = row.turn_until is not None and row.turn_until > clock.now()
    run = take_stage(actor=actor, lecture_id=lecture_id, holder=holder, takes_over=agreed, by_encoder=True)
    row.turn_until, row.holder, row.client = None, holder, client
    row.save(update_fields=["turn_until", "holder", "client"])
    return lecture_id, run


def _given(actor: Actor, lecture_id: UUID) -> Lecture:
    lecture = locked_lecture(lecture_id)
    require(may_conduct(actor, lecture))
    return lecture


def _cut(lecture: Lecture) -> None:
    """Where an encoder has the stage, it has lost it."""
    if EncoderKey.objects.filter(lecture=lecture, holder__isnull=False, holder=_holder(lecture)).exists():
        clear_stage(lecture.pk)


def _holder(lecture: Lecture) -> UUID | None:
    stage = getattr(lecture, "broadcast", None)
    return stage.holder if stage else None
