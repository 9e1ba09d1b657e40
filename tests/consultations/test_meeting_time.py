"""What the clock and the room bring about in a video call: reminders, its end, who did not come; whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from consortium.calls import operations as calls
from consortium.calls.models import GuestLink
from consortium.calls.states import Cause, RoomStep, Rung
from consortium.casework.models import Service
from consortium.casework.states import BookingStep
from consortium.journal.queries import timeline
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted
from consortium.notices.models import Notice
from consortium.patients.models import Consent, Patient
from consortium.patients.operations.guardians import Decision, record_consent
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation, Meeting
from consultations.operations.meeting_time import GRACE, end_unattended, hold_video, remind_of_calls
from consultations.queries.meetings import outcome_words, second_seat, video_counts
from consultations.states import Absent, MeetingCancel, MeetingStep
from consultations.tasks import call_times
from tests.consultations.cases import by, claimed
from tests.consultations.meetings import at, booked, booking_of, called, heard, newest, proposed, room_of, seated, sys

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return claimed(asker, specialist, patient, service)


def told(user: User) -> list[str]:
    """The kinds of notices about calls in the inbox, once everything has been delivered."""
    with clock.moved(timedelta(days=5)):  # what was published under a moved clock is due then
        heard()
    kinds = Notice.unscoped.filter(recipient=user, kind__startswith="consultation.video").order_by("seq")
    return [kind.removeprefix("consultation.video_") for kind in kinds.values_list("kind", flat=True)]


def fresh(meeting: Meeting) -> Meeting:
    meeting.refresh_from_db()
    return meeting


# -- reminders


def _reminded(meeting: Meeting, before: timedelta) -> int:
    assert meeting.starts_at is not None
    with clock.moved(meeting.starts_at - before - clock.now()):
        return int(sys(remind_of_calls))


def test_booked_days_before_it_is_told_the_day_before_and_minutes_before(
    held: Consultation, asker: User, specialist: User
) -> None:
    meeting = booked(asker, specialist, held, at(72))
    assert [_reminded(meeting, timedelta(hours=hours)) for hours in (25, 23, 22, 0.2, 0.1)] == [0, 1, 0, 1, 0]


def test_booked_on_the_day_it_is_told_minutes_before_only(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    assert [_reminded(meeting, timedelta(minutes=minutes)) for minutes in (120, 16, 14)] == [0, 0, 1]


def test_a_reminder_that_comes_too_late_is_none(held: Consultation, asker: User, specialist: User) -> None:
    assert _reminded(booked(asker, specialist, held, at(5)), timedelta(minutes=-1)) == 0


def test_both_sides_are_reminded_and_the_last_one_at_any_hour(
    held: Consultation, asker: User, specialist: User
) -> None:
    meeting = booked(asker, specialist, held, at(72))
    for before in (timedelta(hours=23), timedelta(minutes=14)):
        _reminded(meeting, before)
    assert [told(asker), told(specialist)] == [["booked", "tomorrow", "soon"], ["proposed", "tomorrow", "soon"]]
    assert Notice.unscoped.get(recipient=asker, kind="consultation.video_soon").urgent


def test_a_moved_call_is_told_of_anew(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    _reminded(meeting, timedelta(minutes=14))
    by(asker, operations.book_video, case_id=held.pk, starts_at=at(8))
    assert _reminded(newest(held), timedelta(minutes=14)) == 1


def test_nobody_is_reminded_of_a_call_that_is_off(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    by(asker, operations.cancel_video, case_id=held.pk, reason=MeetingCancel.NOT_NEEDED)
    assert _reminded(meeting, timedelta(minutes=14)) == 0


# -- nobody opened it


def _unattended(meeting: Meeting, after: timedelta) -> int:
    assert meeting.ends_at is not None
    with clock.moved(meeting.ends_at + after - clock.now()):
        return int(sys(end_unattended))


def test_a_call_that_nobody_opened_has_not_come_about(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    assert [_unattended(meeting, GRACE * n) for n in (0.9, 1.1, 1.2)] == [0, 1, 0]
    assert (fresh(meeting).step, meeting.absent, meeting.outcome) == (MeetingStep.MISSED, Absent.EVERYBODY, "")
    assert room_of(meeting).step == RoomStep.CANCELLED
    assert booking_of(meeting).step == BookingStep.NO_SHOW


def test_what_did_not_come_about_is_booked_again(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    _unattended(meeting, GRACE * 2)
    by(asker, operations.book_video, case_id=held.pk, starts_at=at(48))
    again = newest(held)
    assert (again.step, again.follows_id, again.minutes) == (MeetingStep.BOOKED, meeting.pk, meeting.minutes)


def test_both_sides_hear_of_it(held: Consultation, asker: User, specialist: User) -> None:
    _unattended(booked(asker, specialist, held, at(5)), GRACE * 2)
    assert (told(asker)[-1], told(specialist)[-1]) == ("missed", "missed")


def test_the_beat_does_both(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    assert meeting.starts_at is not None
    with clock.moved(meeting.starts_at - timedelta(minutes=5) - clock.now()):
        assert call_times() == 1
    with clock.moved(timedelta(hours=7)):
        assert call_times() == 1


# -- the room


def _ended(meeting: Meeting) -> Meeting:
    sys(calls.end_room, room_id=meeting.room_id)
    heard()
    return fresh(meeting)


def _spoken(meeting: Meeting, seat_owner: User, seat_id: Any, rung: str = Rung.VIDEO) -> None:
    by(seat_owner, calls.begin_attempt, seat_id=seat_id, rung=rung)
    by(seat_owner, calls.hold_attempt, seat_id=seat_id)


def test_opening_the_room_begins_a_booked_call(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(0.15))
    by(asker, calls.join, room_id=meeting.room_id)
    heard()
    assert fresh(meeting).step == MeetingStep.OPEN


def test_a_call_that_both_held_is_over_with_its_best_rung(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seats = seated(meeting, asker, host=specialist)
    _spoken(meeting, asker, seats["asker"].pk, Rung.AUDIO)
    assert (_ended(meeting).step, meeting.outcome, meeting.absent) == (MeetingStep.ENDED, Rung.AUDIO, "")


def test_where_no_picture_and_no_sound_came_the_cause_is_told(
    held: Consultation, asker: User, specialist: User
) -> None:
    meeting = called(specialist, held)
    seats = seated(meeting, asker, host=specialist)
    by(asker, calls.begin_attempt, seat_id=seats["asker"].pk, rung=Rung.VIDEO)
    by(asker, calls.end_attempt, seat_id=seats["asker"].pk, cause=Cause.NETWORK_BLOCKED)
    assert _ended(meeting).outcome == Cause.NETWORK_BLOCKED


@pytest.mark.parametrize(("who", "absent"), [("asker", Absent.SPECIALIST), ("specialist", Absent.ASKER)])
def test_who_came_waited_for_the_other(
    held: Consultation, asker: User, specialist: User, who: str, absent: str
) -> None:
    meeting = called(specialist, held)
    by({"asker": asker, "specialist": specialist}[who], calls.join, room_id=meeting.room_id)
    assert (_ended(meeting).step, meeting.absent) == (MeetingStep.MISSED, absent)


def test_a_guardian_who_was_asked_and_did_not_come_is_noted(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held, with_guardian=True)
    seats = seated(meeting, asker, host=specialist)
    _spoken(meeting, asker, seats["asker"].pk)
    assert (_ended(meeting).step, meeting.absent) == (MeetingStep.ENDED, Absent.GUARDIAN)


def test_the_timeline_tells_how_it_went(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seats = seated(meeting, asker, host=specialist)
    _spoken(meeting, asker, seats["asker"].pk)
    _ended(meeting)
    (step,) = [each for each in timeline(held.case) if each.verb == "hold_video"]
    assert (step.facts["id"], step.facts["outcome"]) == ("C8h", Rung.VIDEO)


def test_the_end_of_a_call_is_heard_once(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seated(meeting, asker, host=specialist)
    _ended(meeting)
    assert sys(hold_video, meeting_id=meeting.pk, outcome=Rung.VIDEO) is False
    assert fresh(meeting).outcome != Rung.VIDEO


def test_the_booking_says_that_they_came(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(0.1))
    with clock.moved(timedelta(minutes=8)):
        seated(meeting, asker, host=specialist)
        heard()
        _ended(meeting)
    assert booking_of(meeting).step == BookingStep.ATTENDED


def test_over_before_its_time_the_time_is_given_back(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(0.15))
    seated(meeting, asker, host=specialist)
    _ended(meeting)
    assert booking_of(meeting).step == BookingStep.CANCELLED


def test_closed_while_they_talked_it_is_told_all_the_same(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seated(meeting, asker, host=specialist)
    by(asker, operations.withdraw, case_id=held.pk, reason="resolved")
    heard()
    assert fresh(meeting).step == MeetingStep.ENDED
    assert timeline(held.case)[-1].verb == "hold_video"


def test_closing_the_case_ends_the_call_for_everybody(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seats = seated(meeting, asker, host=specialist)
    _spoken(meeting, asker, seats["asker"].pk)
    by(asker, operations.withdraw, case_id=held.pk, reason="resolved")
    assert room_of(meeting).step == RoomStep.ENDED
    heard()
    assert (fresh(meeting).step, meeting.outcome) == (MeetingStep.ENDED, Rung.VIDEO)


def test_a_case_that_goes_back_to_its_queue_keeps_the_call_that_goes_on(held: Consultation, specialist: User) -> None:
    meeting = called(specialist, held)
    sys(operations.return_to_queue, case_id=held.pk, why="test")
    assert room_of(meeting).step == RoomStep.OPEN


def test_without_a_call_there_is_none_to_end(held: Consultation) -> None:
    assert sys(operations.end_calls, case_id=held.pk) is False


# -- a room begun by its own address


def test_begun_by_its_own_address_it_stands_on_the_case(held: Consultation, asker: User, specialist: User) -> None:
    room = by(asker, calls.call_now, case_id=held.pk)
    heard()
    meeting = newest(held)
    assert (meeting.room_id, meeting.step, meeting.side) == (room.pk, MeetingStep.OPEN, "asker")
    entry = timeline(held.case)[-1]
    assert (entry.verb, entry.facts["now"]) == ("call_now", True)
    assert told(specialist)[-1] == "now"


def test_it_takes_the_place_of_what_was_proposed(held: Consultation, asker: User, specialist: User) -> None:
    before = proposed(asker, held)
    by(specialist, calls.call_now, case_id=held.pk)
    heard()
    assert (fresh(before).step, newest(held).follows_id) == (MeetingStep.REPLACED, before.pk)


def test_it_is_told_once(held: Consultation, specialist: User) -> None:
    room = by(specialist, calls.call_now, case_id=held.pk)
    assert [sys(operations.note_begun, room_id=room.pk) for _ in range(2)] == [True, False]
    assert Meeting.unscoped.filter(case_id=held.pk).count() == 1


def test_begun_from_the_case_it_is_told_already(held: Consultation, specialist: User) -> None:
    assert sys(operations.note_begun, room_id=called(specialist, held).room_id) is False


def test_over_before_it_was_heard_of_it_has_its_end_too(held: Consultation, asker: User, specialist: User) -> None:
    room = by(specialist, calls.call_now, case_id=held.pk)
    seat = by(specialist, calls.join, room_id=room.pk)
    by(specialist, calls.begin_attempt, seat_id=seat.pk, rung=Rung.VIDEO)
    by(specialist, calls.end_room, room_id=room.pk)
    heard()
    assert (newest(held).step, newest(held).absent) == (MeetingStep.MISSED, Absent.ASKER)
    assert [entry.verb for entry in timeline(held.case)][-2:] == ["call_now", "hold_video"]


def test_at_a_step_without_calls_the_journal_tells_it_all_the_same(
    held: Consultation, asker: User, specialist: User
) -> None:
    by(specialist, operations.answer, case_id=held.pk, advice=operations.Advice("Croup.", "Dexamethasone."))
    room = by(asker, calls.call_now, case_id=held.pk)
    assert [sys(operations.note_begun, room_id=room.pk) for _ in range(2)] == [True, False]
    entry = timeline(held.case)[-1]
    assert (entry.verb, entry.facts["room"]) == ("call_now", str(room.pk))
    assert not Meeting.unscoped.filter(case_id=held.pk).exists()


def test_a_room_called_off_by_itself_takes_the_call_with_it(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held)
    by(specialist, calls.cancel_room, room_id=meeting.room_id)
    heard()
    assert (fresh(meeting).step, meeting.cancel_reason) == (MeetingStep.CANCELLED, MeetingCancel.NOT_NEEDED)


# -- the case goes on


def test_a_case_that_is_over_needs_no_call(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held)
    by(asker, operations.withdraw, case_id=held.pk, reason="resolved")
    assert (fresh(meeting).step, meeting.cancel_reason) == (MeetingStep.CANCELLED, MeetingCancel.CASE_OVER)
    assert booking_of(meeting).step == BookingStep.CANCELLED


def test_closed_out_entered_in_error_and_unshared_alike(
    held: Consultation, asker: User, specialist: User, patient: Patient
) -> None:
    proposed(asker, held)
    by(asker, record_consent, patient_id=patient.pk, decision=Decision(ConsentKind.SHARE, ConsentStatus.ACTIVE))
    by(asker, record_consent, patient_id=patient.pk, decision=Decision(ConsentKind.SHARE, ConsentStatus.INACTIVE))
    assert newest(held).cancel_reason == MeetingCancel.CASE_OVER


def test_entered_in_error(held: Consultation, asker: User) -> None:
    proposed(asker, held)
    by(asker, operations.enter_in_error, case_id=held.pk, reason="wrong_child")
    assert newest(held).step == MeetingStep.CANCELLED


def test_closed_out(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held)
    by(specialist, operations.answer, case_id=held.pk, advice=operations.Advice("Croup.", "Dexamethasone."))
    by(asker, operations.close_out, case_id=held.pk, change="treatment", referral_avoided=True)
    assert newest(held).step == MeetingStep.CANCELLED


def test_back_in_the_queue_the_next_agrees_anew(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held)
    sys(operations.return_to_queue, case_id=held.pk, why="test")
    assert fresh(meeting).cancel_reason == MeetingCancel.SPECIALIST_CHANGED


def test_given_to_another_specialist_too(
    held: Consultation, asker: User, specialist: User, other_specialist: User, lead: User
) -> None:
    meeting = booked(asker, specialist, held)
    words = {"case_id": held.pk, "responder_id": other_specialist.pk, "instead_of": specialist.pk}
    by(lead, operations.allocate, **words)
    assert fresh(meeting).cancel_reason == MeetingCancel.SPECIALIST_CHANGED


def test_a_case_without_a_call_goes_on_as_it_did(held: Consultation, asker: User) -> None:
    by(asker, operations.withdraw, case_id=held.pk, reason="resolved")
    assert not Meeting.unscoped.filter(case_id=held.pk).exists()


# -- told


def test_the_other_side_is_asked_to_choose(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held)
    assert (told(specialist), told(asker)) == (["proposed"], [])


def test_whoever_calls_now_is_heard_at_any_hour(held: Consultation, asker: User, specialist: User) -> None:
    called(specialist, held)
    assert told(asker) == ["now"]
    assert Notice.unscoped.get(recipient=asker, kind="consultation.video_now").urgent


def test_the_other_side_hears_that_it_is_off(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held)
    by(specialist, operations.cancel_video, case_id=held.pk, reason=MeetingCancel.NO_TIME)
    assert told(asker) == ["booked", "cancelled"]


def test_no_notice_of_a_call_names_the_child(held: Consultation, asker: User, patient: Patient) -> None:
    proposed(asker, held)
    heard()
    notices = Notice.unscoped.filter(kind__startswith="consultation.video")
    assert notices
    assert not any(patient.name in str(notice.facts) for notice in notices)


# -- the guardian's link


@pytest.mark.parametrize(
    ("language", "how"),
    [("en", "Given in the call, by the guardian's own link"), ("zh-hans", "通话中由监护人经本人链接给出")],
)
def test_the_consent_given_by_link_is_kept_in_the_words_that_were_read(
    held: Consultation, asker: User, specialist: User, patient: Patient, language: str, how: str
) -> None:
    meeting = called(specialist, held, with_guardian=True)
    link: GuestLink = by(asker, calls.invite_guest, room_id=meeting.room_id)
    with acting_as(system("the guardian")) as guest, translation.override(language):
        calls.bind_device(actor=guest, token=link.token(), secret="")
        calls.agree_and_knock(actor=guest, link_id=link.pk)
    heard()
    assert has_consent(patient.pk, ConsentKind.VIDEO)
    assert Consent.unscoped.get(patient=patient, kind=ConsentKind.VIDEO).how == how


# -- seats, words and numbers


def test_a_second_specialist_who_was_asked_sits_in_the_call(
    held: Consultation, specialist: User, other_specialist: User
) -> None:
    meeting = called(specialist, held)
    with pytest.raises(NotPermitted):
        by(other_specialist, calls.join, room_id=meeting.room_id)
    by(specialist, operations.ask_second, case_id=held.pk, colleague_id=other_specialist.pk, question="And you?")
    assert by(other_specialist, calls.join, room_id=meeting.room_id).role == "second"


def test_others_have_no_seat(held: Consultation, coordinator: User, specialist: User) -> None:
    meeting = called(specialist, held)
    assert by(coordinator, lambda actor: second_seat(actor, held.case)) == ""
    with pytest.raises(NotPermitted):
        by(coordinator, calls.join, room_id=meeting.room_id)


@pytest.mark.parametrize(
    ("outcome", "absent", "words"),
    [
        ("video", "", "Video"),
        ("network_blocked", "", "The network lets no call through"),
        ("audio", "guardian", "Sound only · The guardian did not come"),
        ("", "everybody", "Nobody came"),
        ("", "asker", "The asking clinic did not come"),
        ("unheard_of", "", ""),
    ],
)
def test_how_a_call_went_in_words(outcome: str, absent: str, words: str) -> None:
    assert str(outcome_words(outcome, absent)) == words


def test_calls_are_counted_by_service(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seats = seated(meeting, asker, host=specialist)
    _spoken(meeting, asker, seats["asker"].pk)
    _ended(meeting)
    _unattended(booked(asker, specialist, held, at(5)), GRACE * 2)
    (row,) = video_counts(clock.now() - timedelta(hours=1), clock.now() + timedelta(days=1))
    assert row["service_id"] == held.case.service_id
    assert {name: row[name] for name in ("booked", "held", "video", "nobody", "asker", "guardian", "cancelled")} == {
        "booked": 2, "held": 1, "video": 1, "nobody": 1, "asker": 0, "guardian": 0, "cancelled": 0,
    }  # fmt: skip
