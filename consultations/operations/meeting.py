"""A video call is proposed, agreed on, moved, cancelled or begun at once (C8); nothing of it ever stops an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.calls import operations as calls
from consortium.calls.models import Room
from consortium.calls.states import RoomStep
from consortium.casework.models import Case
from consortium.casework.operations import book, move_booking, person_resource, settle_booking
from consortium.casework.states import BookingKind
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, WrongStep, database_rules
from consortium.kernel.events import DomainEvent
from consortium.patients.operations.guardians import Decision, record_consent
from consortium.patients.queries.record import consent_withheld, has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consultations.events import VideoBooked, VideoCancelled, VideoProposed
from consultations.models import Consultation, Meeting
from consultations.models.meetings import MOST_TIMES
from consultations.operations.moving import Move, finish, hold_patient, locked, take
from consultations.policies import side_of
from consultations.queries.slots import room_of_slot
from consultations.states import CANCEL_CHOICES, MEETING, MeetingCancel, MeetingStep, Side

MINUTES = range(5, 121)


@dataclass(frozen=True, slots=True)
class Offer:
    """When it suits: up to three times, or in words; how long, and whether the guardian is asked to join."""

    times: Sequence[datetime] = ()
    wish: str = ""
    minutes: int = 15
    with_guardian: bool = False


def standing(consultation: Consultation) -> Meeting | None:
    """The call that is proposed, booked or under way, locked."""
    rows = Meeting.objects.standing().select_for_update(of=("self",))
    found: Meeting | None = rows.filter(case_id=consultation.pk).first()
    return found


def set_step(actor: Actor, meeting: Meeting, verb: str, **fields: Any) -> None:
    """One step of the call, with what else changes."""
    MEETING.take(verb, actor, meeting)
    for name, value in fields.items():
        setattr(meeting, name, value)
    with database_rules(), transaction.atomic():
        meeting.save()


def _made_before(actor: Actor, case_id: UUID, key: UUID | None) -> bool:
    mine = Meeting.objects.filter(case_id=case_id, created_by_id=actor.user_id)
    return key is not None and mine.filter(request_key=key).exists()


def _new(move: Move, offer: Offer, key: UUID | None = None, **fields: Any) -> Meeting:
    """The row of one more call; a colleague who proposes or picks for the asking clinic comes in the asker's place."""
    side = side_of(move.actor, move.consultation)
    return Meeting(
        case=move.case, side=side, times=sorted(offer.times), wish=offer.wish.strip(), minutes=offer.minutes,
        with_guardian=offer.with_guardian, specialist_id=_specialist(move), created_at=clock.now(),
        asker_id=move.actor.user_id if side == Side.ASKER else move.case.asker_id, created_by_id=move.actor.author_id,
        **{**({"request_key": key} if key else {}), **fields},
    )  # fmt: skip


def _specialist(move: Move) -> UUID:
    """Who holds the case: the policies have seen that somebody does."""
    if move.case.responder_id is None:
        raise WrongStep(_("Nobody holds the case yet."), code="nobody-holds")
    return UUID(str(move.case.responder_id))


def _saved(meeting: Meeting) -> Meeting:
    with database_rules(), transaction.atomic():
        meeting.save(force_insert=True)
    return meeting


@transaction.atomic
def propose_video(
    *, actor: Actor, case_id: UUID, offer: Offer, guardian_agrees: bool = False, key: UUID | None = None
) -> Consultation:
    """Offer the other side a choice; an earlier proposal, of whichever side, makes room for this one.

    `guardian_agrees` keeps the guardian's consent to video; without it the consent is asked for in the call.
    """
    hold_patient(case_id)
    consultation = locked(case_id)
    if _made_before(actor, case_id, key):
        return consultation
    move = take(actor, consultation, "propose_video")
    _check_offer(offer)
    earlier = standing(consultation)
    if earlier is not None:
        set_step(actor, earlier, "replace")
    meeting = _saved(_new(move, offer, key, follows=earlier))
    if guardian_agrees:
        keep_call_consent(actor=actor, case_id=case_id, kind=ConsentKind.VIDEO, how=_("When the call was agreed on"))
    facts = {"meeting": str(meeting.pk), "times": [t.isoformat() for t in meeting.times], "minutes": offer.minutes}
    return finish(move, VideoProposed(move.case.pk, meeting.pk), facts=facts, text=meeting.wish)


def _check_offer(offer: Offer) -> None:
    wrong = {}
    if not offer.times and not offer.wish.strip():
        wrong["times"] = _("Say when: up to three times, or in words.")
    if len(set(offer.times)) > MOST_TIMES:
        wrong["times"] = _("Propose three times at most.")
    if any(t <= clock.now() for t in offer.times):
        wrong["times"] = _("Choose times that lie ahead.")
    if offer.minutes not in MINUTES:
        wrong["minutes"] = _("A call is booked for 5 to 120 minutes.")
    if wrong:
        raise InvalidInput(wrong)


def keep_call_consent(*, actor: Actor, case_id: UUID, kind: ConsentKind, how: str, agrees: bool = True) -> None:
    """What the guardian said about video or its recording, kept with the child's record; nothing where it stands so."""
    hold_patient(case_id)
    patient_id = locked(case_id).case.patient_id
    if has_consent(patient_id, kind) == agrees and (agrees or consent_withheld(patient_id, kind)):
        return
    status = ConsentStatus.ACTIVE if agrees else ConsentStatus.REJECTED
    record_consent(actor=actor, patient_id=patient_id, decision=Decision(kind, status, None, how))


@transaction.atomic
def book_video(
    *, actor: Actor, case_id: UUID, starts_at: datetime, minutes: int | None = None, key: UUID | None = None
) -> Consultation:
    """Agree on a time: one of those proposed; any, where the proposal was in words, where a booked call is moved, or
    where one did not come about. Both people, and the room of the specialist's slot, are booked with it.

    Raises Taken, naming who is booked then; nothing changes in that case.
    """
    consultation = locked(case_id)
    if _made_before(actor, case_id, key) or _booked_already(consultation, starts_at, minutes):
        return consultation
    move = take(actor, consultation, "book_video")
    meeting = _to_book(move, starts_at, minutes, key)
    if starts_at <= clock.now():
        raise InvalidInput({"starts_at": _("Choose a time that lies ahead.")})
    if meeting.minutes not in MINUTES:
        raise InvalidInput({"minutes": _("A call is booked for 5 to 120 minutes.")})
    return _book(move, meeting, starts_at)


def _booked_already(consultation: Consultation, starts_at: datetime, minutes: int | None) -> bool:
    """Whether this very time is agreed on: both sides may press at once."""
    newest = consultation.newest_meeting
    if newest is None or newest.step != MeetingStep.BOOKED:
        return False
    return bool(newest.starts_at == starts_at and minutes in (None, newest.minutes))


def _to_book(move: Move, starts_at: datetime, minutes: int | None, key: UUID | None) -> Meeting:
    """The proposal that is taken up; else a new row that follows the call that is moved, or was missed."""
    before = standing(move.consultation) or move.consultation.newest_meeting
    assert before is not None  # noqa: S101 - the policy has seen it
    if before.step == MeetingStep.PROPOSED:
        if before.times and starts_at not in before.times:
            raise InvalidInput({"starts_at": _("Choose one of the times that were proposed, or propose others.")})
        before.minutes = minutes or before.minutes
        if side_of(move.actor, move.consultation) == Side.ASKER:
            before.asker_id = move.actor.user_id
        return before
    offer = Offer((), "", minutes or before.minutes, before.with_guardian)
    return _new(move, offer, key, follows=before)


def _book(move: Move, meeting: Meeting, starts_at: datetime) -> Consultation:
    """Take the people's time and a room for it; the guardian's link and the calendars' entry move with a moved call."""
    before = meeting.follows if meeting._state.adding else None
    moved = before if before is not None and before.step == MeetingStep.BOOKED else None
    meeting.starts_at, meeting.booked_at, meeting.specialist_id = starts_at, clock.now(), _specialist(move)
    with acting_as(system("a video call of a consultation")) as itself:
        if moved is not None:
            _take_over(itself, meeting, moved)
        else:
            _take_time(itself, meeting)
    if meeting._state.adding:
        meeting.step = MeetingStep.BOOKED
        _saved(meeting)
    else:
        set_step(move.actor, meeting, "agree")
    facts = {"meeting": str(meeting.pk), "starts_at": starts_at.isoformat(), "minutes": meeting.minutes}
    if moved is not None and moved.starts_at is not None:
        facts["before"] = moved.starts_at.isoformat()
    return finish(move, VideoBooked(move.case.pk, meeting.pk), facts=facts)


def _period(meeting: Meeting) -> tuple[datetime, datetime]:
    assert meeting.starts_at is not None and meeting.ends_at is not None  # noqa: S101 - set just before
    return meeting.starts_at, meeting.ends_at


def _take_time(itself: Actor, meeting: Meeting) -> None:
    period = _period(meeting)
    people = [person_resource(meeting.asker_id), person_resource(meeting.specialist_id)]
    place = room_of_slot(meeting.specialist_id, period)
    resources = [each.pk for each in (*people, *([place] if place else []))]
    meeting.booking = book(
        actor=itself, what=BookingKind.VIDEO, resources=resources, period=period, case_id=meeting.case_id
    )
    meeting.room = calls.plan_room(actor=itself, case_id=meeting.case_id, starts_at=period[0], ends_at=period[1])


def _take_over(itself: Actor, meeting: Meeting, moved: Meeting) -> None:
    booking, room, period = moved.booking, moved.room, _period(meeting)
    assert booking is not None and room is not None  # noqa: S101 - the database holds it
    set_step(itself, moved, "replace", booking=None, room=None)
    meeting.booking = move_booking(actor=itself, booking_id=booking.pk, period=period)
    meeting.room = calls.move_room(actor=itself, room_id=room.pk, starts_at=period[0], ends_at=period[1])


def drop_video(*, actor: Actor, case_id: UUID, reason: str) -> bool:
    """The system calls off what lies ahead, because the case is over or somebody else's: whether there was anything.

    Inside the transaction of the act that made it needless, which holds the case's lock.
    """
    rows = Meeting.objects.filter(case_id=case_id, step__in=(MeetingStep.PROPOSED, MeetingStep.BOOKED))
    meeting = rows.select_for_update(of=("self",)).select_related("case").first()
    if meeting is None:
        return False
    _give_up(actor, meeting, "cancel", cancel_reason=reason)
    event = VideoCancelled(meeting.case.pk, meeting.pk, reason)
    note_call(actor, meeting.case, "cancel_video", event, meeting=str(meeting.pk), reason=reason)
    return True


def note_call(actor: Actor, case: Case, verb: str, event: DomainEvent | None = None, **facts: Any) -> None:
    """An entry about a call in the case's chain, where the case takes no step by it."""
    record(
        actor=actor, verb=verb, subject=case, patient_id=case.patient_id,
        institution_id=case.asking_institution_id, facts=facts, event=event,
    )  # fmt: skip


def _give_up(actor: Actor, meeting: Meeting, verb: str, **fields: Any) -> None:
    """The call will not be: its time is given back and its room closed before anybody comes."""
    set_step(actor, meeting, verb, **fields)
    with acting_as(system("a video call of a consultation")) as itself:
        if meeting.booking_id:
            why = _("The video call was cancelled or begun earlier.")
            settle_booking(actor=itself, booking_id=meeting.booking_id, verb="cancel", reason=why)
        if meeting.room is not None and meeting.room.step == RoomStep.PLANNED:
            calls.cancel_room(actor=itself, room_id=meeting.room.pk)


@transaction.atomic
def cancel_video(*, actor: Actor, case_id: UUID, reason: str, note: str = "") -> Consultation:
    """Call it off with a coded reason. What is off already stays so."""
    consultation = locked(case_id)
    newest = consultation.newest_meeting
    if newest is not None and newest.step == MeetingStep.CANCELLED:
        return consultation
    move = take(actor, consultation, "cancel_video")
    allowed = MeetingCancel.values if actor.is_system else dict(CANCEL_CHOICES)
    if reason not in allowed:
        raise InvalidInput({"reason": _("Choose a reason.")})
    meeting = standing(consultation)
    assert meeting is not None  # noqa: S101 - the policy has seen it
    _give_up(actor, meeting, "cancel", cancel_reason=reason)
    event = VideoCancelled(move.case.pk, meeting.pk, reason)
    return finish(move, event, facts={"meeting": str(meeting.pk), "reason": reason}, text=note)


@transaction.atomic
def call_now(*, actor: Actor, case_id: UUID, with_guardian: bool = False, key: UUID | None = None) -> Consultation:
    """Open the room at once and call the other side. What was proposed or booked for later has become needless."""
    consultation = locked(case_id)
    if _made_before(actor, case_id, key):
        return consultation
    move = take(actor, consultation, "call_now")
    return begin_call(move, lambda: calls.call_now(actor=actor, case_id=case_id), with_guardian=with_guardian, key=key)


def begin_call(
    move: Move, room: Callable[[], Room], *, with_guardian: bool = False, key: UUID | None = None
) -> Consultation:
    """The call that begins now, in a room that is open when what was agreed on earlier has been given up."""
    earlier, now = standing(move.consultation), clock.now()
    if earlier is not None:
        _give_up(move.actor, earlier, "replace")
    guardian = with_guardian or (earlier is not None and earlier.with_guardian)
    meeting = _new(
        move, Offer(with_guardian=guardian), key, step=MeetingStep.BOOKED, starts_at=now, booked_at=now, follows=earlier
    )
    meeting.room = room()
    set_step(move.actor, _saved(meeting), "open")
    facts = {"meeting": str(meeting.pk), "now": True}
    return finish(move, VideoBooked(move.case.pk, meeting.pk, now=True), facts=facts)


def end_calls(*, actor: Actor, case_id: UUID) -> bool:
    """The system ends the call that goes on, because the case is over: whether there was one. Its outcome follows from
    the room, as ever. Inside the transaction of the act that closed the case."""
    found = Room.objects.open().filter(case_id=case_id).values_list("pk", flat=True).first()
    if found is not None:
        calls.end_room(actor=actor, room_id=found)
    return found is not None
