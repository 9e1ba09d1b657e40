"""Moving a case along: the ball and its ledger, the clocks, the thread. Callers hold the lock on the case's row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.events import BallPassed, MessagePosted
from consortium.casework.models import BallSpell, Case, Clock, Message, ReadMark
from consortium.casework.policies import may_post
from consortium.casework.states import TARGETS, Ball, Leg, MessageKind, PauseReason, Priority
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require

MESSAGE_LENGTH = 10_000


def locked_case(case_id: UUID) -> Case:
    """The case's row, locked until the transaction ends; Case.DoesNotExist when the actor may not see it."""
    case: Case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    return case


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: a party, and the person when it is one person's."""

    party: str
    user_id: UUID | None = None


def pass_ball(case: Case, to: Turn) -> BallPassed | None:
    """Give the ball to `to`: closes the running spell and opens the next. Sets fields on `case`; the caller saves.

    Returns the event for the journal entry, None when nothing changed hands.
    """
    if (case.ball, case.ball_user_id) == (to.party, to.user_id) and case.ball_spells.filter(until=None).exists():
        return None
    at = clock.now()
    BallSpell.objects.filter(case_id=case.pk, until=None).update(until=at)
    case.ball, case.ball_user_id = to.party, to.user_id
    if to.party != Ball.NONE:
        BallSpell(case=case, party=to.party, user_id=to.user_id, since=at).save(force_insert=True)
    return BallPassed(case.pk, to.party, to.user_id, case.priority)


def target_of(leg: str, priority: int) -> timedelta:
    return TARGETS[(leg, priority)]


def due_of(running: Clock) -> datetime:
    """When the clock strikes; what was paused is added."""
    return running.started_at + timedelta(seconds=running.target_seconds + running.paused_seconds)


def start_clock(case: Case, leg: Leg, *, since: datetime | None = None) -> Clock:
    """Start a leg's clock (from `since`, now when not given) and set the case's due time."""
    started = since or clock.now()
    seconds = int(target_of(leg, case.priority).total_seconds())
    fresh = Clock(case=case, leg=leg, priority=case.priority, target_seconds=seconds, started_at=started)
    fresh.save(force_insert=True)
    case.due_at, case.clock_paused = due_of(fresh), False
    return fresh


def stop_clock(case: Case, leg: Leg | None = None) -> None:
    """Stop the open clocks of `case` (only `leg`'s, when given)."""
    open_clocks = Clock.objects.filter(case_id=case.pk, stopped_at=None)
    if leg:
        open_clocks = open_clocks.filter(leg=leg)
    for each in open_clocks:
        _end_pause(each)
        each.stopped_at = clock.now()
        each.save()


def pause_clock(case: Case, leg: Leg, reason: PauseReason) -> bool:
    """Pause `leg`'s clock with a coded reason; a stat clock runs on (False)."""
    running = Clock.objects.filter(case_id=case.pk, leg=leg, stopped_at=None, paused_at=None).first()
    if running is None or case.priority == Priority.STAT:
        return False
    running.paused_at, running.pause_reason = clock.now(), reason
    running.save()
    return True


def resume_clock(case: Case, leg: Leg) -> None:
    """Let a paused clock run on, and set the case's due time from it."""
    paused = Clock.objects.filter(case_id=case.pk, leg=leg, stopped_at=None).first()
    if paused is None:
        return
    _end_pause(paused)
    paused.save()
    case.due_at, case.clock_paused = due_of(paused), False


def _end_pause(each: Clock) -> None:
    if each.paused_at is not None:
        each.paused_seconds += int((clock.now() - each.paused_at).total_seconds())
        each.paused_at, each.pause_reason = None, ""


def recompute_clocks(case: Case, first_send: datetime) -> None:
    """After a change of urgency: every open clock starts anew from the first send, with the new target."""
    open_clocks = list(Clock.objects.filter(case_id=case.pk, stopped_at=None))
    for each in open_clocks:
        _end_pause(each)
        each.stopped_at = clock.now()
        each.save()
    legs = {Leg(each.leg) for each in open_clocks}
    for leg in sorted(legs - {Leg.INFORMATION} or legs):
        start_clock(case, leg, since=max(first_send, open_clocks[0].started_at) if leg == Leg.REVIEW else first_send)


@transaction.atomic
def post_message(
    *, actor: Actor, case_id: UUID, text: str, key: UUID | None = None, kind: str = MessageKind.MESSAGE
) -> Message:
    """Write into a case's thread; the same `key` twice is one message."""
    case = locked_case(case_id)
    require(may_post(actor, case))
    message, fresh = once(
        Message, actor=actor, key=key, make=lambda: add_message(actor=actor, case=case, text=text, kind=kind, key=key)
    )
    if fresh:
        case.save(update_fields=["last_message_seq"])
        record(
            actor=actor, verb="message", subject=case, patient_id=case.patient_id,
            institution_id=message.institution_id, facts={"kind": kind, "seq": message.seq},
            event=MessagePosted(case.pk, message.pk, message.author_id),
        )  # fmt: skip
    return message


def add_message(
    *, actor: Actor, case: Case, text: str, kind: str, key: UUID | None = None, institution_id: UUID | None = None
) -> Message:
    """The next row of the thread. The caller holds the lock, has checked the right, saves the case and records."""
    text = text.strip()
    if not text:
        raise InvalidInput({"text": _("Write something first.")})
    if len(text) > MESSAGE_LENGTH:
        raise InvalidInput({"text": _("This is longer than %(most)d characters.") % {"most": MESSAGE_LENGTH}})
    case.last_message_seq += 1
    message = Message(
        case=case, seq=case.last_message_seq, kind=kind, author_id=actor.user_id, created_by_id=actor.user_id,
        institution_id=institution_id or acting_institution(actor, case), text=text, created_at=clock.now(),
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    message.save(force_insert=True)
    return message


def acting_institution(actor: Actor, case: Case) -> UUID:
    """For which institution the actor acts on this case: the asking one, else the service's, else their own."""
    own = actor.institution_ids()
    service_at = case.service.institution_id if case.service else None
    for candidate in (case.asking_institution_id, service_at):
        if candidate in own:
            return candidate
    return next(iter(own), case.asking_institution_id)


def mark_read(*, actor: Actor, case: Case) -> None:
    """The actor has the whole thread on the screen."""
    if actor.user_id is None or case.last_message_seq == 0:
        return
    mark, fresh = ReadMark.objects.get_or_create(
        case=case, user_id=actor.user_id, defaults={"seq": case.last_message_seq}
    )
    if not fresh and mark.seq < case.last_message_seq:
        ReadMark.objects.filter(pk=mark.pk, seq__lt=case.last_message_seq).update(seq=case.last_message_seq)
