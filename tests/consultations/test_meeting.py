"""Agreeing on a video call: proposed, picked, moved, called off, begun at once (C8)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from consortium.calls.models import Room
from consortium.calls.operations import invite_guest
from consortium.calls.states import RoomStep
from consortium.casework.models import Booking, BookingUse, Case, Service
from consortium.casework.operations import book, person_resource
from consortium.casework.states import BookingKind, BookingStep, Priority
from consortium.journal.queries import timeline
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, Taken, WrongStep
from consortium.patients.models import Consent, Patient
from consortium.patients.operations.guardians import Decision, record_consent
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, User
from consultations import operations
from consultations.models import Consultation, Meeting
from consultations.operations import Offer
from consultations.operations.meeting import keep_call_consent
from consultations.queries.slots import free_slots, room_of_slot
from consultations.states import MeetingCancel, MeetingStep, Side, Step
from tests.casework import rosters
from tests.consultations.cases import answered, by, claimed, submitted
from tests.consultations.meetings import at, booked, booking_of, called, newest, proposed, room_of, sys

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    """With its specialist, urgent."""
    return claimed(asker, specialist, patient, service)


def _propose(who: User, consultation: Consultation, *times: Any, **words: Any) -> Any:
    return by(who, operations.propose_video, case_id=consultation.pk, offer=Offer(times, **words))


def _book(who: User, consultation: Consultation, when: Any, **words: Any) -> Any:
    return by(who, operations.book_video, case_id=consultation.pk, starts_at=when, **words)


def _cancel(who: User, consultation: Consultation, reason: str = MeetingCancel.NO_TIME) -> Any:
    return by(who, operations.cancel_video, case_id=consultation.pk, reason=reason)


# -- proposing


def test_either_side_proposes(held: Consultation, asker: User, specialist: User) -> None:
    assert [proposed(who, held).side for who in (asker, specialist)] == [Side.ASKER, Side.SPECIALIST]


def test_a_colleague_of_the_asker_proposes_in_their_own_name(held: Consultation, colleague: User) -> None:
    assert proposed(colleague, held).asker_id == colleague.pk


def test_proposed_times_stand_in_order(held: Consultation, asker: User) -> None:
    times = [at(72), at(24), at(48)]
    assert proposed(asker, held, *times).times == sorted(times)


def test_a_proposal_in_words(held: Consultation, asker: User) -> None:
    assert proposed(asker, held, wish=" Any afternoon ").wish == "Any afternoon"


def test_nothing_else_moves_when_a_call_is_proposed(held: Consultation, asker: User) -> None:
    before = Case.unscoped.get(pk=held.pk)
    proposed(asker, held)
    after = Case.unscoped.get(pk=held.pk)
    assert (after.ball, after.ball_user_id, after.due_at) == (before.ball, before.ball_user_id, before.due_at)


def test_a_second_proposal_takes_the_place_of_the_first(held: Consultation, asker: User, specialist: User) -> None:
    first = proposed(asker, held)
    second = proposed(specialist, held)
    first.refresh_from_db()
    assert (first.step, second.step, second.follows_id) == (MeetingStep.REPLACED, MeetingStep.PROPOSED, first.pk)


def test_the_same_proposal_sent_twice_is_one(held: Consultation, asker: User) -> None:
    key = uuid4()
    for _ in range(2):
        by(asker, operations.propose_video, case_id=held.pk, offer=Offer((at(48),)), key=key)
    assert Meeting.unscoped.filter(case_id=held.pk).count() == 1


@pytest.mark.parametrize(
    ("times", "words", "field"),
    [
        ((), {}, "times"),
        ((), {"wish": "  "}, "times"),
        ((1, 2, 3, 4), {}, "times"),
        ((-1, 2), {}, "times"),
        ((2,), {"minutes": 4}, "minutes"),
        ((2,), {"minutes": 121}, "minutes"),
    ],
)
def test_what_cannot_be_proposed(
    held: Consultation, asker: User, times: tuple[int, ...], words: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _propose(asker, held, *(at(24 * n) for n in times), **words)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("minutes", [5, 120])
def test_the_shortest_and_the_longest_call(held: Consultation, asker: User, minutes: int) -> None:
    assert proposed(asker, held, minutes=minutes).minutes == minutes


def test_who_does_not_work_on_the_case_proposes_nothing(held: Consultation, coordinator: User, stranger: User) -> None:
    with pytest.raises(NotPermitted):
        _propose(coordinator, held, at(24))
    with pytest.raises(NotVisible):
        _propose(stranger, held, at(24))


def test_no_call_before_somebody_has_the_case(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    with pytest.raises(WrongStep):
        _propose(asker, submitted(asker, patient, service), at(24))


def test_no_proposal_beside_a_booked_call(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held)
    with pytest.raises(NotPermitted, match="another time"):
        _propose(asker, held, at(24))


# -- picking


def test_the_other_side_picks(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(48))
    assert (meeting.step, meeting.starts_at, meeting.booked_at is not None) == (MeetingStep.BOOKED, at(48), True)


def test_one_does_not_pick_from_ones_own_proposal(held: Consultation, asker: User, colleague: User) -> None:
    proposed(asker, held, at(48))
    for who in (asker, colleague):
        with pytest.raises(NotPermitted, match="The other side chooses"):
            _book(who, held, at(48))


def test_only_a_proposed_time_is_picked(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held, at(48))
    with pytest.raises(InvalidInput, match="times that were proposed"):
        _book(specialist, held, at(49))


def test_a_wish_in_words_leaves_the_time_open(held: Consultation, asker: User, specialist: User) -> None:
    by(asker, operations.propose_video, case_id=held.pk, offer=Offer(wish="Any afternoon"))
    when = at(30)
    _book(specialist, held, when)
    assert newest(held).starts_at == when


def test_no_time_that_is_over_is_picked(held: Consultation, asker: User, specialist: User) -> None:
    by(asker, operations.propose_video, case_id=held.pk, offer=Offer(wish="Any afternoon"))
    with pytest.raises(InvalidInput) as refused:
        _book(specialist, held, at(-1))
    assert set(refused.value.fields) == {"starts_at"}


def test_there_is_nothing_to_pick_from(held: Consultation, specialist: User) -> None:
    with pytest.raises(NotPermitted, match="propose one first"):
        _book(specialist, held, at(48))


def test_the_picker_may_make_it_longer(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held, at(48))
    _book(specialist, held, at(48), minutes=40)
    assert newest(held).minutes == 40


def test_no_call_of_a_whole_day(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held, at(48))
    with pytest.raises(InvalidInput) as refused:
        _book(specialist, held, at(48), minutes=1000)
    assert set(refused.value.fields) == {"minutes"}


def test_both_people_are_booked(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held)
    uses = BookingUse.unscoped.filter(booking=booking_of(meeting))
    assert {use.resource.user_id for use in uses.select_related("resource")} == {asker.pk, specialist.pk}


def test_a_colleague_who_picks_is_the_one_who_comes(held: Consultation, colleague: User, specialist: User) -> None:
    assert booked(specialist, colleague, held).asker_id == colleague.pk


def test_the_room_of_the_specialists_slot_is_booked_too(
    held: Consultation, asker: User, specialist: User, service: Service, hospital: Institution
) -> None:
    room = rosters.room(hospital, "Video room")
    clinic = rosters.calendar(service, room)
    rosters.rule(clinic, specialist, capacity=1)
    slot = rosters.first_slot(clinic)
    meeting = booked(asker, specialist, held, slot.begins)
    assert BookingUse.unscoped.filter(booking=booking_of(meeting), resource=room).exists()


def test_free_slots_are_offered_until_they_are_taken(
    held: Consultation, asker: User, specialist: User, service: Service, hospital: Institution
) -> None:
    clinic = rosters.calendar(service, rosters.room(hospital, "Video room"))
    rosters.rule(clinic, specialist, capacity=1)
    offered = free_slots(specialist.pk)
    assert offered == sorted(offered)
    booked(asker, specialist, held, offered[0])
    assert offered[0] not in free_slots(specialist.pk)


def test_who_has_no_slots_offers_none(specialist: User) -> None:
    assert free_slots(specialist.pk) == []
    assert room_of_slot(specialist.pk, (at(24), at(25))) is None


def test_nobody_is_booked_twice(
    held: Consultation, asker: User, specialist: User, service: Service, patient: Patient
) -> None:
    person = sys(lambda actor: person_resource(specialist.pk))
    sys(book, what=BookingKind.MEETING, resources=[person.pk], period=(at(47), at(49)))
    proposed(asker, held, at(48))
    with pytest.raises(Taken, match="is booked from"):
        _book(specialist, held, at(48))
    assert newest(held).step == MeetingStep.PROPOSED


def test_picking_the_same_time_twice_is_one_call(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(48))
    _book(asker, held, at(48))
    assert newest(held).pk == meeting.pk
    assert Booking.unscoped.filter(case_id=held.pk).count() == 1


def test_the_room_is_planned_for_the_time(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(48))
    room = room_of(meeting)
    assert (room.step, room.starts_at, room.ends_at) == (RoomStep.PLANNED, meeting.starts_at, meeting.ends_at)


# -- moving


def test_a_booked_call_is_moved_by_either_side(held: Consultation, asker: User, specialist: User) -> None:
    sooner, later = at(48), at(60)
    first = booked(asker, specialist, held, sooner)
    _book(asker, held, later)
    second = newest(held)
    first.refresh_from_db()
    assert (first.step, first.starts_at) == (MeetingStep.REPLACED, sooner)
    assert (second.step, second.starts_at, second.follows_id) == (MeetingStep.BOOKED, later, first.pk)


def test_booking_room_and_the_guardians_link_move_with_it(held: Consultation, asker: User, specialist: User) -> None:
    first = booked(asker, specialist, held, at(48))
    link = by(asker, invite_guest, room_id=first.room_id)
    _book(specialist, held, at(72))
    second = newest(held)
    assert (second.booking_id, second.room_id) == (first.booking_id, first.room_id)
    assert room_of(second).starts_at == at(72)
    assert booking_of(second).begins == at(72)
    assert by(asker, invite_guest, room_id=second.room_id).pk == link.pk


def test_moved_onto_something_else_nothing_moves(held: Consultation, asker: User, specialist: User) -> None:
    first = booked(asker, specialist, held, at(48))
    person = sys(lambda actor: person_resource(asker.pk))
    sys(book, what=BookingKind.AWAY, resources=[person.pk], period=(at(59), at(61)))
    with pytest.raises(Taken):
        _book(specialist, held, at(60))
    assert newest(held).pk == first.pk


def test_the_timeline_tells_of_each_step(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held, at(48))
    _book(asker, held, at(60))
    _cancel(specialist, held)
    told = [step for step in timeline(held.case) if step.verb.endswith("_video")]
    assert [step.verb for step in told] == ["propose_video", "book_video", "book_video", "cancel_video"]
    assert told[2].facts["before"] == at(48).isoformat()


# -- calling off


@pytest.mark.parametrize("step", ["proposed", "booked"])
def test_either_side_calls_it_off(held: Consultation, asker: User, specialist: User, step: str) -> None:
    meeting = proposed(asker, held) if step == "proposed" else booked(asker, specialist, held)
    _cancel(specialist, held)
    meeting.refresh_from_db()
    assert (meeting.step, meeting.cancel_reason) == (MeetingStep.CANCELLED, MeetingCancel.NO_TIME)


def test_what_is_called_off_gives_time_and_room_back(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held)
    _cancel(asker, held)
    assert booking_of(meeting).step == BookingStep.CANCELLED
    assert room_of(meeting).step == RoomStep.CANCELLED


def test_calling_off_twice_is_no_error(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held)
    _cancel(asker, held)
    assert _cancel(specialist, held).pk == held.pk


@pytest.mark.parametrize("reason", ["", "bored", MeetingCancel.CASE_OVER, MeetingCancel.SPECIALIST_CHANGED])
def test_a_person_gives_a_reason_of_the_list(held: Consultation, asker: User, reason: str) -> None:
    proposed(asker, held)
    with pytest.raises(InvalidInput, match="Choose a reason"):
        _cancel(asker, held, reason)


def test_there_is_nothing_to_call_off(held: Consultation, asker: User, coordinator: User) -> None:
    for who in (asker, coordinator):
        with pytest.raises(NotPermitted, match="no call to cancel"):
            _cancel(who, held)


def test_the_system_calls_off_for_reasons_of_its_own(held: Consultation, asker: User) -> None:
    proposed(asker, held)
    sys(operations.cancel_video, case_id=held.pk, reason=MeetingCancel.CASE_OVER)
    assert newest(held).cancel_reason == MeetingCancel.CASE_OVER


# -- at once


@pytest.mark.parametrize("side", ["asker", "specialist"])
def test_either_side_calls_at_once(held: Consultation, asker: User, specialist: User, side: str) -> None:
    meeting = called({"asker": asker, "specialist": specialist}[side], held)
    assert (meeting.step, room_of(meeting).step, meeting.booking) == (MeetingStep.OPEN, RoomStep.OPEN, None)


def test_called_earlier_than_booked_the_time_is_given_back(held: Consultation, asker: User, specialist: User) -> None:
    before = booked(asker, specialist, held, at(48))
    meeting = called(specialist, held)
    before.refresh_from_db()
    assert (before.step, meeting.follows_id) == (MeetingStep.REPLACED, before.pk)
    assert booking_of(before).step == BookingStep.CANCELLED


def test_who_was_to_come_is_still_to_come(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held, with_guardian=True)
    assert called(specialist, held).with_guardian


def test_calling_twice_with_one_key_is_one_call(held: Consultation, asker: User) -> None:
    key = uuid4()
    for _ in range(2):
        by(asker, operations.call_now, case_id=held.pk, key=key)
    assert Room.unscoped.filter(case_id=held.pk).count() == 1


def test_a_call_under_way_is_joined_and_not_begun_again(held: Consultation, asker: User, specialist: User) -> None:
    called(asker, held)
    with pytest.raises(NotPermitted, match="join it"):
        called(specialist, held)
    with pytest.raises(NotPermitted, match="another time"):
        _propose(specialist, held, at(24))
    with pytest.raises(NotPermitted):
        _book(specialist, held, at(24))
    with pytest.raises(NotPermitted):
        _cancel(specialist, held)


def test_others_do_not_call(held: Consultation, coordinator: User) -> None:
    with pytest.raises(NotPermitted):
        called(coordinator, held)


def test_nobody_is_called_who_does_not_hold_the_case(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    waiting = submitted(asker, patient, service)
    with pytest.raises(NotPermitted, match="Nobody holds"):
        called(asker, waiting)


def test_an_answered_case_is_reopened_before_it_is_called_about(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    with pytest.raises(WrongStep):
        called(specialist, answered(asker, specialist, patient, service))


def test_no_call_stands_in_the_way_of_the_answer(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held)
    advice = operations.Advice("Croup.", "Dexamethasone once.")
    assert by(specialist, operations.answer, case_id=held.pk, advice=advice).step == Step.ANSWERED
    assert newest(held).step == MeetingStep.BOOKED


# -- the guardian


def _decide(who: User, patient: Patient, status: str, kind: ConsentKind = ConsentKind.VIDEO) -> None:
    by(who, record_consent, patient_id=patient.pk, decision=Decision(kind, status))


def test_the_guardians_yes_is_kept_with_the_proposal(held: Consultation, specialist: User, patient: Patient) -> None:
    offer = Offer((at(48),))
    by(specialist, operations.propose_video, case_id=held.pk, offer=offer, guardian_agrees=True)
    assert has_consent(patient.pk, ConsentKind.VIDEO)


def test_without_it_the_question_waits_for_the_call(held: Consultation, asker: User, patient: Patient) -> None:
    proposed(asker, held)
    assert not has_consent(patient.pk, ConsentKind.VIDEO)


def test_a_consent_that_stands_is_not_kept_twice(held: Consultation, asker: User, patient: Patient) -> None:
    for _ in range(2):
        by(asker, keep_call_consent, case_id=held.pk, kind=ConsentKind.VIDEO, how="Spoken")
    assert Consent.unscoped.filter(patient=patient, kind=ConsentKind.VIDEO).count() == 1


def test_a_no_is_kept_once_too(held: Consultation, asker: User, patient: Patient) -> None:
    for _ in range(2):
        by(asker, keep_call_consent, case_id=held.pk, kind=ConsentKind.VIDEO, how="Spoken", agrees=False)
    (kept,) = Consent.unscoped.filter(patient=patient, kind=ConsentKind.VIDEO)
    assert kept.status == ConsentStatus.REJECTED


def test_who_has_said_no_is_not_called(held: Consultation, asker: User, specialist: User, patient: Patient) -> None:
    proposed(asker, held, at(48))
    _decide(asker, patient, ConsentStatus.REJECTED)
    for act in (
        lambda: _propose(asker, held, at(24)),
        lambda: _book(specialist, held, at(48)),
        lambda: called(asker, held),
    ):
        with pytest.raises(NotPermitted, match="does not agree"):
            act()


def test_a_life_at_risk_does_not_wait_for_the_consent(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    held = claimed(asker, specialist, patient, service, priority=Priority.STAT)
    _decide(asker, patient, ConsentStatus.REJECTED)
    assert called(asker, held).step == MeetingStep.OPEN
