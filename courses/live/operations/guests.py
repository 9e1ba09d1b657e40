"""Guests on a lecture's stage: a raised hand is invited, agrees to be seen and recorded, comes, and goes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, Taken, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.valkey import Away, breaker
from courses.live.models import GuestAppearance, Lecture
from courses.live.operations.room import held, log, note, put
from courses.live.policies.guests import is_guest, may_come, may_invite
from courses.live.policies.lectures import may_moderate
from courses.live.queries.board import board, hands
from courses.live.queries.guests import guest_told, open_guest
from courses.live.room import Item
from courses.live.states.guests import ABSENT, MOST_TRIES, Ending
from courses.live.states.room import RoomEventKind

_WHY = "who is on a lecture's stage"


@transaction.atomic
def invite_guest(*, actor: Actor, lecture_id: UUID, user_id: UUID) -> GuestAppearance:
    """Ask somebody whose hand is up on stage; their hand goes down. Invited twice they are invited once.
    Taken("guest-taken") while somebody else is."""
    lecture = held(lecture_id)
    require(may_invite(actor, lecture))
    before = open_guest(lecture_id)
    if before is not None and before.user_id == user_id:
        return before
    if before is not None:
        raise Taken(_("Somebody else is on stage, or invited to it."), code="guest-taken")
    if str(user_id) not in {hand["user"] for hand in hands(lecture_id)}:
        raise WrongStep(_("Their hand is not up any more."), code="hand-down")
    row = GuestAppearance(lecture=lecture, user_id=user_id, invited_by_id=actor.user_id, invited_at=clock.now())
    with database_rules(), transaction.atomic():
        row.save(force_insert=True)
    transaction.on_commit(lambda: _hand_down(lecture_id, user_id))
    for crew in (False, True):
        put(lecture_id, Item("hand", {"user": str(user_id), "up": False}), crew=crew)
    return _told(actor, row, "guest-invite")


def _hand_down(lecture_id: UUID, user_id: UUID) -> None:
    try:
        board().lower_hand(lecture_id, user_id)
    except Away:
        breaker.trip()


@transaction.atomic
def enter_stage(*, actor: Actor, lecture_id: UUID, guest_id: UUID, agrees: bool) -> GuestAppearance:
    """Come on stage, knowing that one is seen, heard and recorded. Who is there stays there."""
    row = _open(lecture_id, guest_id)
    require(may_come(actor, row))
    if not agrees:
        raise InvalidInput({"agrees": _("Agree first that you are seen, heard and recorded.")})
    if row.entered_at:
        return row
    row.entered_at = max(clock.now(), row.invited_at)
    row.save(update_fields=["entered_at"])
    _log(row)
    return _told(actor, row, "guest-enter")


@transaction.atomic
def leave_stage_as_guest(*, actor: Actor, lecture_id: UUID, guest_id: UUID) -> None:
    """Decline the invitation, or go. Said twice it is done once."""
    row = _seen(lecture_id, guest_id)
    require(is_guest(actor, row))
    _end(actor, row, Ending.LEFT if row.entered_at else Ending.DECLINED)


@transaction.atomic
def remove_guest(*, actor: Actor, lecture_id: UUID, guest_id: UUID) -> None:
    """Take the invitation back, or the guest off the stage. Said twice it is done once."""
    row = _seen(lecture_id, guest_id)
    require(may_moderate(actor, row.lecture))
    _end(actor, row, Ending.REMOVED if row.entered_at else Ending.WITHDRAWN)


@transaction.atomic
def end_guests(*, actor: Actor, lecture_id: UUID) -> None:
    """The lecture is over: nobody is on stage or invited any more. For the system alone."""
    if not actor.is_system:
        raise NotPermitted
    row = unfiltered(GuestAppearance, why=_WHY).open().filter(lecture_id=lecture_id).first()
    if row is not None:
        _end(actor, _seen(lecture_id, row.pk), Ending.OVER)


def end_absent_guests(*, actor: Actor) -> int:
    """Whose page was closed, or lost its line for good, leaves the stage to somebody else (beat): how many. For the
    system alone."""
    if not actor.is_system:
        raise NotPermitted
    since = clock.now() - ABSENT
    return sum(_end_absent(actor, row, since) for row in unfiltered(GuestAppearance, why=_WHY).absent(since))


@transaction.atomic
def _end_absent(actor: Actor, row: GuestAppearance, since: datetime) -> bool:
    """Only while they still are: they may just have come back, or somebody have ended it."""
    seen = _seen(row.lecture_id, row.pk)
    if not GuestAppearance.objects.absent(since).filter(pk=row.pk).exists():
        return False
    _end(actor, seen, Ending.GONE)
    return True


@transaction.atomic
def note_try(*, actor: Actor, lecture_id: UUID, guest_id: UUID, rung: str, cause: str) -> GuestAppearance:
    """The guest's page has tried a way (`states.guests.Rung`): it carries them where `cause` is "". The same twice in a
    row is one."""
    row = _open(lecture_id, guest_id)
    require(is_guest(actor, row))
    if row.entered_at is None:
        raise WrongStep(_("Come on stage first."))
    tried = {"rung": rung, "cause": cause}
    last = {name: row.tries[-1][name] for name in tried} if row.tries else {}
    if tried == last or len(row.tries) >= MOST_TRIES:
        return row
    row.tries = [*row.tries, {**tried, "at": clock.now().isoformat()}]
    row.rung = row.rung if cause else rung
    row.save(update_fields=["tries", "rung"])
    note(actor, row.lecture, "guest-way", guest=str(row.pk), **tried)
    return row


def _seen(lecture_id: UUID, guest_id: UUID) -> GuestAppearance:
    """The appearance, its lecture held; NotVisible where the actor sees none."""
    lecture: Lecture = held(lecture_id)
    rows = GuestAppearance.objects.select_for_update(of=("self",)).select_related("user")
    found: GuestAppearance | None = rows.filter(pk=guest_id, lecture=lecture).first()
    if found is None:
        raise NotVisible
    found.lecture = lecture
    return found


def _open(lecture_id: UUID, guest_id: UUID) -> GuestAppearance:
    row = _seen(lecture_id, guest_id)
    if row.left_at:
        raise WrongStep(_("This invitation is over."), code="invitation-over")
    return row


def _end(actor: Actor, row: GuestAppearance, ending: Ending) -> None:
    if row.left_at:
        return
    row.left_at, row.ending = max(clock.now(), row.invited_at), ending
    row.save(update_fields=["left_at", "ending"])
    if row.entered_at:
        _log(row)
    _told(actor, row, "guest-end")


def _log(row: GuestAppearance) -> None:
    """For the replay: who came, and that they have gone."""
    told = {"id": str(row.pk), "user": str(row.user_id), "by": str(row.user), "state": "over" if row.left_at else "on"}
    log(row.lecture, RoomEventKind.GUEST, told)


def _told(actor: Actor, row: GuestAppearance, verb: str) -> GuestAppearance:
    for crew in (False, True):
        put(row.lecture_id, Item("guest", guest_told(row, crew=crew) or {}), crew=crew)
    facts = {"ending": row.ending} if row.ending else {}
    note(actor, row.lecture, verb, guest=str(row.pk), user=str(row.user_id), **facts)
    return row
