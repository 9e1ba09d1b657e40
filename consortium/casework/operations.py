"""Moving a case along: the ball and its ledger, the clocks, the thread. Callers hold the lock on the case's row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
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
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.errors import InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered

MESSAGE_LENGTH = 10_000


def locked_case(case_id: UUID) -> Case:
    """The case's row, locked until the transaction ends; Case.DoesNotExist when the actor may not see it."""
    case: Case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    return case


def _spells(case: Case) -> Any:
    """The running spell. Read unfiltered: the caller has checked the right to the case and holds its lock."""
    return unfiltered(BallSpell, why="the ledger of a locked case").filter(case_id=case.pk, until=None)


def _clocks(case: Case) -> Any:
    """The open clocks of a locked case."""
    return unfiltered(Clock, why="the clocks of a locked case").filter(case_id=case.pk, stopped_at=None)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: a party, and the person when it is one person's."""

    party: str
    user_id: UUID | None = None


def pass_ball(case: Case, to: Turn) -> BallPassed | None:
    """Give the ball to `to`: closes the running spell and opens the next. Sets fields on `case`; the caller saves.

    Returns the event for the journal entry, None when nothing changed hands.
    """
    if (case.ball, case.ball_user_id) == (to.party, to.user_id) and _spells(case).exists():
        return None
    at = clock.now()
    _spells(case).update(until=at)
    case.ball, case.ball_user_id = to.party, to.user_id
    if to.party != Ball.NONE:
        BallSpell(case=case, party=to.party, user_id=to.user_id, since=at).save(force_insert=True)
    ring_lists(case)
    return BallPassed(case.pk, to.party, to.user_id, case.priority)


def ring_lists(case: Case) -> None:
    """Tell the worklists that show this case that it has moved."""
    users = {case.asker_id, case.responder_id, case.ball_user_id} - {None}
    for topic in sorted({f"service:{case.service_id}", *(f"user:{user_id}" for user_id in users)}):
        ring_on_commit(topic, case.version)


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
    open_clocks = _clocks(case)
    if leg:
        open_clocks = open_clocks.filter(leg=leg)
    for each in open_clocks:
        _end_pause(each)
        each.stopped_at = clock.now()
        each.save()


def pause_clock(case: Case, leg: Leg, reason: PauseReason) -> bool:
    """Pause `leg`'s clock with a coded reason; a stat clock runs on (False)."""
    running = _clocks(case).filter(leg=leg, paused_at=None).first()
    if running is None or case.priority == Priority.STAT:
        return False
    running.paused_at, running.pause_reason = clock.now(), reason
    running.save()
    return True


def resume_clock(case: Case) -> None:
    """Let the paused clock run on, and set the case's due time from it."""
    open_clock = _clocks(case).exclude(leg=Leg.INFORMATION).first()
    if open_clock is not None:
        _end_pause(open_clock)
        open_clock.save()
        case.due_at, case.clock_paused = due_of(open_clock), False


def _end_pause(each: Clock) -> None:
    if each.paused_at is not None:
        each.paused_seconds += int((clock.now() - each.paused_at).total_seconds())
        each.paused_at, each.pause_reason = None, ""


def recompute_clocks(case: Case) -> None:
    """After a change of urgency: the open legs begin anew with the new target, the answer's from the first send."""
    open_clocks = {each.leg: each for each in _clocks(case)}
    stop_clock(case)
    asked = open_clocks.pop(Leg.INFORMATION, None)
    for leg, each in open_clocks.items():
        from_send = leg in (Leg.ALLOCATION, Leg.FIRST_ANSWER)
        start_clock(case, Leg(leg), since=case.submitted_at if from_send else each.started_at)
        if asked is not None and pause_clock(case, Leg(leg), PauseReason.INFORMATION):
            start_clock(case, Leg.INFORMATION, since=asked.started_at)


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
