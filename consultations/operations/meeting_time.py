"""What the clock and the room bring about in a video call: reminders, its beginning, its end, and who did not come."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from consortium.calls.models import Room, Seat
from consortium.calls.operations import cancel_room, end_room
from consortium.calls.states import Cause, RoomStep, SeatRole
from consortium.casework.operations import settle_booking
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.kernel.scoping import unfiltered
from consortium.people.queries import actor_by_id
from consultations.events import VideoHeld, VideoReminded
from consultations.models import Consultation, Meeting
from consultations.operations.meeting import begin_call, note_call, set_step
from consultations.operations.moving import finish, locked, take
from consultations.states import OPEN_STEPS, Absent, MeetingStep

#: a booked call whose room nobody opened has not come about so long after its end
GRACE = timedelta(minutes=15)
_WHY = "what became of a booked call"
_MOST = 200


def _locked_meeting(meeting_id: UUID) -> Meeting | None:
    """The call, with its case locked before it as every act on the case does."""
    found = Meeting.objects.filter(pk=meeting_id).values_list("case_id", flat=True).first()
    if found is None:
        return None
    locked(found)
    row: Meeting | None = Meeting.objects.select_for_update(of=("self",)).filter(pk=meeting_id).first()
    return row


@transaction.atomic
def note_opened(*, actor: Actor, room_id: UUID) -> None:
    """Somebody has opened the room of a booked call. Heard twice, noted once."""
    ids = Meeting.objects.filter(room_id=room_id, step=MeetingStep.BOOKED).values_list("pk", flat=True)
    meeting = _locked_meeting(ids[0]) if ids else None
    if meeting is not None and meeting.step == MeetingStep.BOOKED:
        set_step(actor, meeting, "open")


@transaction.atomic
def note_begun(*, actor: Actor, room_id: UUID) -> bool:
    """Somebody has opened a room by its own address, not from the case (C8n): whether that was news.

    Where the case stands at a step, or with a guardian's no, at which a call is not begun from it, it is told all the
    same: what happened stands in the journal. Heard twice, noted once.
    """
    room = Room.objects.select_related("case").filter(pk=room_id, opened_at__isnull=False).first()
    if room is None or room.created_by_id is None or not Consultation.objects.filter(pk=room.case_id).exists():
        return False
    consultation = locked(room.case_id)
    if Meeting.objects.filter(room_id=room_id).exists() or _told_of(room):
        return False
    with acting_as(actor_by_id(room.created_by_id)) as opener:
        try:
            begin_call(take(opener, consultation, "call_now"), lambda: room)
        except (NotPermitted, NotVisible, WrongStep):
            note_call(opener, room.case, "call_now", room=str(room.pk), now=True)
    if room.step == RoomStep.ENDED and (begun := Meeting.objects.filter(room=room).first()):  # before this was heard
        hold_video(actor=actor, meeting_id=begun.pk, outcome=room.outcome, cause=room.cause)
    return True


def _told_of(room: Room) -> bool:
    begun = unfiltered(Entry, why=_WHY).of_subject(room.case).filter(verb="call_now", facts__room=str(room.pk))
    return bool(begun.exists())


@transaction.atomic
def hold_video(*, actor: Actor, meeting_id: UUID, outcome: str = "", cause: str = Cause.NO_ANSWER) -> bool:
    """The call is over: held on some rung (`outcome`), or not, for `cause`. Whether this was news.

    It has come about when both sides were there; else the row says who did not come, and a new time may be chosen.
    """
    meeting = _locked_meeting(meeting_id)
    if meeting is None or meeting.step not in (MeetingStep.BOOKED, MeetingStep.OPEN):
        return False
    came = set(_seats_of(meeting).values_list("role", flat=True))
    absent, met = _absent(meeting, came), _met(came)
    _close_room(actor, meeting)
    set_step(
        actor, meeting, "end" if met else "miss", outcome=(outcome or cause) if met else "", absent=absent,
        ended_at=clock.now(),
    )  # fmt: skip
    _settle(actor, meeting, met)
    _tell(actor, meeting)
    return True


def _seats_of(meeting: Meeting) -> Any:
    return unfiltered(Seat, why=_WHY).filter(room_id=meeting.room_id)


def _met(came: set[str]) -> bool:
    return SeatRole.ASKER in came and bool(came & {SeatRole.SPECIALIST, SeatRole.SECOND})


def _absent(meeting: Meeting, came: set[str]) -> str:
    """Who was missing; "" when all came who were asked."""
    specialist, asker = bool(came & {SeatRole.SPECIALIST, SeatRole.SECOND}), SeatRole.ASKER in came
    if not specialist and not asker:
        return Absent.EVERYBODY
    if not specialist or not asker:
        return Absent.ASKER if specialist else Absent.SPECIALIST
    return Absent.GUARDIAN if meeting.with_guardian and SeatRole.GUARDIAN not in came else ""


def _close_room(actor: Actor, meeting: Meeting) -> None:
    """Nobody finds the room of a call that is over, not even one that was opened at its last moment."""
    if meeting.room is not None and meeting.room.step == RoomStep.PLANNED:
        cancel_room(actor=actor, room_id=meeting.room.pk)
    elif meeting.room is not None and meeting.room.is_open:
        end_room(actor=actor, room_id=meeting.room.pk)


def _settle(actor: Actor, meeting: Meeting, met: bool) -> None:
    """The booking says who came; one whose time still lies ahead (begun earlier) is given back."""
    if meeting.booking is None:
        return
    ahead = meeting.booking.begins > clock.now()
    early = _("The video call was cancelled or begun earlier.")
    verb = "cancel" if ahead else "attend" if met else "no_show"
    settle_booking(actor=actor, booking_id=meeting.booking.pk, verb=verb, reason=early if ahead else "")


def _tell(actor: Actor, meeting: Meeting) -> None:
    """Into the timeline; also when the case was closed while they were still talking."""
    consultation = locked(meeting.case_id)
    outcome = meeting.outcome or f"missed_{meeting.absent}"
    event = VideoHeld(meeting.case_id, meeting.pk, outcome)
    facts = {"meeting": str(meeting.pk), "outcome": meeting.outcome, "absent": meeting.absent}
    if consultation.step in OPEN_STEPS:
        finish(take(actor, consultation, "hold_video"), event, facts=facts)
    else:
        note_call(actor, consultation.case, "hold_video", event, **facts)


def end_unattended(*, actor: Actor) -> int:
    """Booked calls whose time is over and whose room nobody opened (beat): how many. Twice at once ends each once."""
    long_ago = clock.now() - GRACE
    over = Meeting.objects.filter(step=MeetingStep.BOOKED, starts_at__lt=long_ago).order_by("starts_at")
    late = [m.pk for m in over.only("pk", "starts_at", "minutes")[:_MOST] if m.ends_at and m.ends_at < long_ago]
    return sum(hold_video(actor=actor, meeting_id=each) for each in late)


def remind_of_calls(*, actor: Actor) -> int:
    """Tell of calls that come near (beat): a day before those booked earlier, and minutes before all. Each once."""
    now, day, soon = clock.now(), _ahead("day"), _ahead("soon")
    booked = Meeting.objects.filter(step=MeetingStep.BOOKED, starts_at__gt=now).order_by("starts_at")
    near = booked.filter(starts_at__lte=now + soon, reminded_soon_at=None)
    far = booked.filter(starts_at__lte=now + day, starts_at__gt=now + soon, reminded_day_at=None)
    far = far.filter(booked_at__lte=F("starts_at") - day)
    told = [_remind(actor, pk, soon=True) for pk in list(near.values_list("pk", flat=True)[:_MOST])]
    told += [_remind(actor, pk, soon=False) for pk in list(far.values_list("pk", flat=True)[:_MOST])]
    return sum(told)


def _ahead(which: str) -> timedelta:
    return timedelta(seconds=settings.CALL_REMINDERS[which])


@transaction.atomic
def _remind(actor: Actor, meeting_id: UUID, *, soon: bool) -> bool:
    """Claimed by one conditional update, so that two beats at once tell once."""
    field = "reminded_soon_at" if soon else "reminded_day_at"
    rows = Meeting.objects.filter(pk=meeting_id, step=MeetingStep.BOOKED, **{field: None})
    at: dict[str, datetime] = {field: clock.now()}
    if not rows.update(**at):
        return False
    meeting = Meeting.objects.select_related("case").get(pk=meeting_id)
    event = VideoReminded(meeting.case.pk, meeting.pk, soon)
    note_call(actor, meeting.case, "remind_video", event, meeting=str(meeting.pk), soon=soon)
    return True
