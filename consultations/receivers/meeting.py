"""What consultations hear of calls: rooms that open and end, who comes in; of the case: that a call is needless now;
of the guardian: consents. And whom a call concerns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium.calls.events import GuestJoined, RoomCancelled, RoomEnded, RoomOpened, SeatTaken
from consortium.calls.models import GuestLink
from consortium.casework.models import Case
from consortium.kernel.actors import acting_as, system
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import tell
from consortium.patients.events import ConsentChanged, PatientErased
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.queries import actor_by_id
from consultations import events
from consultations.models import Meeting
from consultations.operations.meeting import drop_video, end_calls, keep_call_consent
from consultations.operations.meeting_time import hold_video, note_begun, note_opened
from consultations.operations.recording import pause_for_newcomer, stop_recording, withdraw_recordings
from consultations.queries.concerned import asking_side
from consultations.queries.recordings import live_recording
from consultations.receivers.calling import case_heard
from consultations.states import AGREED, MeetingCancel, Side

_WHY = "a video call goes on"


def _meeting_of(room_id: UUID) -> UUID | None:
    rows = unfiltered(Meeting, why=_WHY).filter(room_id=room_id, step__in=AGREED)
    found: UUID | None = rows.values_list("pk", flat=True).first()
    return found


# -- the room ---------------------------------------------------------------------------------------------------------


@receives(RoomOpened)
def note_room_opened(entry_id: int, event: RoomOpened) -> None:
    """That of a booked call; or one begun by its own address, which then stands on the case as one begun there."""
    with acting_as(system("a video call goes on")) as itself:
        note_opened(actor=itself, room_id=event.room_id)
        note_begun(actor=itself, room_id=event.room_id)


@receives(RoomEnded)
def note_room_ended(entry_id: int, event: RoomEnded) -> None:
    """Best rung and cause go into the timeline; a recording that still runs is over."""
    with acting_as(system("a video call goes on")) as itself:
        recording = live_recording(event.room_id)
        if recording is not None:
            stop_recording(actor=itself, recording_id=recording.pk)
        if meeting_id := _meeting_of(event.room_id):
            hold_video(actor=itself, meeting_id=meeting_id, outcome=event.outcome, cause=event.cause)


@receives(RoomCancelled)
def note_room_cancelled(entry_id: int, event: RoomCancelled) -> None:
    """Called off in the room itself: the people's time is given back."""
    if _meeting_of(event.room_id):
        with acting_as(system("a video call goes on")) as itself:
            drop_video(actor=itself, case_id=event.case_id, reason=MeetingCancel.NOT_NEEDED)


@receives(SeatTaken)
def note_somebody_came_in(entry_id: int, event: SeatTaken) -> None:
    with acting_as(system("a video call goes on")) as itself:
        pause_for_newcomer(actor=itself, room_id=event.room_id)


@receives(GuestJoined)
def keep_consent_given_by_link(entry_id: int, event: GuestJoined) -> None:
    """The guardian agreed to the video call on the link's page: kept by whoever sent them the link."""
    links = unfiltered(GuestLink, why="who sent the link").filter(pk=event.link_id)
    sender = links.values_list("created_by_id", flat=True).first()
    if sender is not None:
        with acting_as(actor_by_id(sender)) as actor, override(event.language or settings.LANGUAGE_CODE):
            how = _("Given in the call, by the guardian's own link")
            keep_call_consent(actor=actor, case_id=event.case_id, kind=ConsentKind.VIDEO, how=how)


# -- the case ---------------------------------------------------------------------------------------------------------


def _drop(case_id: UUID, reason: MeetingCancel) -> None:
    with acting_as(system("a call lies ahead of a case that has gone on")) as itself:
        drop_video(actor=itself, case_id=case_id, reason=reason)


def _end(case_id: UUID) -> None:
    """The case is over: no call lies ahead of it, and the one that goes on ends for everybody."""
    _drop(case_id, MeetingCancel.CASE_OVER)
    with acting_as(system("the consultation is over")) as itself:
        end_calls(actor=itself, case_id=case_id)


@receives(events.ConsultationClosedOut, duty=True)
def drop_on_close_out(entry_id: int, event: events.ConsultationClosedOut) -> None:
    _end(event.consultation_id)


@receives(events.ConsultationLapsed, duty=True)
def drop_on_lapse(entry_id: int, event: events.ConsultationLapsed) -> None:
    _end(event.consultation_id)


@receives(events.ConsultationWithdrawn, duty=True)
def drop_on_withdrawal(entry_id: int, event: events.ConsultationWithdrawn) -> None:
    _end(event.consultation_id)


@receives(events.SharingStopped, duty=True)
def drop_on_unsharing(entry_id: int, event: events.SharingStopped) -> None:
    _end(event.consultation_id)


@receives(events.ConsultationEnteredInError, duty=True)
def drop_on_error(entry_id: int, event: events.ConsultationEnteredInError) -> None:
    _end(event.consultation_id)


@receives(events.ConsultationConverted, duty=True)
def drop_on_conversion(entry_id: int, event: events.ConsultationConverted) -> None:
    _end(event.consultation_id)


@receives(events.ConsultationReturned, duty=True)
def drop_on_return(entry_id: int, event: events.ConsultationReturned) -> None:
    _drop(event.consultation_id, MeetingCancel.SPECIALIST_CHANGED)


@receives(events.ConsultationClaimed, duty=True)
def drop_on_hand_over(entry_id: int, event: events.ConsultationClaimed) -> None:
    """Another specialist has other hours: the two agree anew."""
    others = unfiltered(Meeting, why=_WHY).filter(case_id=event.consultation_id)
    if others.standing().exclude(specialist_id=event.responder_id).exists():
        _drop(event.consultation_id, MeetingCancel.SPECIALIST_CHANGED)


# -- the guardian -----------------------------------------------------------------------------------------------------


@receives(ConsentChanged, duty=True)
def end_recordings(entry_id: int, event: ConsentChanged) -> None:
    """Withdrawn or refused: what was recorded is unreadable in this very transaction."""
    if event.kind == ConsentKind.RECORDING and event.status != ConsentStatus.ACTIVE:
        with acting_as(system("the consent to recording was withdrawn")) as itself:
            withdraw_recordings(actor=itself, patient_id=event.patient_id)


@receives(PatientErased)
def erase_recordings(entry_id: int, event: PatientErased) -> None:
    with acting_as(system("erasing a child's record")) as itself:
        withdraw_recordings(actor=itself, patient_id=event.patient_id)


# -- notices ----------------------------------------------------------------------------------------------------------


def _heard(meeting_id: UUID) -> Meeting:
    rows = unfiltered(Meeting, why="whom a call concerns").select_related("created_by", "case")
    meeting: Meeting = rows.get(pk=meeting_id)
    return meeting


def when_words(at: datetime | None) -> str:
    """A time that reads the same in both languages."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _parties(case: Case, meeting: Meeting) -> list[UUID]:
    """Both sides; whose time was taken comes first."""
    return [meeting.specialist_id, *dict.fromkeys((meeting.asker_id, *asking_side(case)))]


def _tell_both(
    entry_id: int, meeting: Meeting, kind: str, *, urgent: bool = False, name: dict[str, str] | None = None
) -> None:
    case = case_heard(meeting.case_id)
    facts: dict[str, Any] = {"when": when_words(meeting.starts_at), "person": name or ""}
    tell(_parties(case, meeting), kind, case, entry_id, urgent=urgent, **facts)


@receives(events.VideoProposed)
def tell_of_proposal(entry_id: int, event: events.VideoProposed) -> None:
    """The other side, which has to choose."""
    meeting = _heard(event.meeting_id)
    case = case_heard(event.consultation_id)
    people = asking_side(case) if meeting.side == Side.SPECIALIST else [meeting.specialist_id]
    tell(people, "consultation.video_proposed", case, entry_id, person=_name_of(meeting))


def _name_of(meeting: Meeting) -> dict[str, str]:
    who = meeting.created_by
    return {"en": who.full_name, "zh": who.full_name_zh} if who else {}


@receives(events.VideoBooked)
def tell_of_booking(entry_id: int, event: events.VideoBooked) -> None:
    """Booked or moved: both sides. Begun at once: the other side is called, at any hour."""
    kind = "consultation.video_now" if event.now else "consultation.video_booked"
    meeting = _heard(event.meeting_id)
    _tell_both(entry_id, meeting, kind, urgent=event.now, name=_name_of(meeting))


@receives(events.VideoReminded)
def tell_of_coming_call(entry_id: int, event: events.VideoReminded) -> None:
    kind = "consultation.video_soon" if event.soon else "consultation.video_tomorrow"
    _tell_both(entry_id, _heard(event.meeting_id), kind, urgent=event.soon)


@receives(events.VideoCancelled)
def tell_of_cancelling(entry_id: int, event: events.VideoCancelled) -> None:
    _tell_both(entry_id, _heard(event.meeting_id), "consultation.video_cancelled")


@receives(events.VideoHeld)
def tell_of_missing(entry_id: int, event: events.VideoHeld) -> None:
    """Only what did not come about: whoever was there knows the rest."""
    if event.outcome.startswith("missed_"):
        _tell_both(entry_id, _heard(event.meeting_id), "consultation.video_missed")
