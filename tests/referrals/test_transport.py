"""The way there: arranged, handed over, departed, what went wrong, arrived, read back. None of it is a gate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.casework.models import Booking, Message, Resource, Service
from consortium.casework.operations import book
from consortium.casework.states import Ball, BookingKind, BookingStep, Leg, MessageKind, Priority, ResourceKind
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, Taken, WrongStep
from consortium.kernel.events import DomainEvent
from consortium.notices.models import Notice, Page, PageCall
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.models import Incident, Referral
from referrals.operations.answering import decline
from referrals.operations.cancelling import ask_cancel, confirm_cancel, end, withdraw
from referrals.operations.informing import ask_information
from referrals.operations.transport import (
    Handover,
    Way,
    arrange_transport,
    arrive,
    depart,
    read_back,
    report_incident,
    sign_handover,
)
from referrals.receivers.chasing import chase_on_acceptance, chase_on_arrival, chase_on_departure
from referrals.states import CancelReason, DeclineReason, EndReason, IncidentKind, LifeThreat, Mode, Step
from tests.consultations.cases import by
from tests.referrals.cases import sent
from tests.referrals.way import (
    accepted,
    arranged,
    ball,
    departed,
    handed_over,
    running,
    soon,
    stored,
    transport_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def going(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    """A stat child who is expected."""
    return accepted(asker, specialist, patient, service)


@pytest.fixture
def ambulance(community: Institution) -> Resource:
    return Resource.objects.create(kind=ResourceKind.VEHICLE, institution=community, name_en="Ambulance 1")


# -- arranged ---------------------------------------------------------------------------------------------------------


def test_an_arranged_transport_has_the_ball(asker: User, going: Referral) -> None:
    assert arranged(asker, going).step == Step.TRANSPORT
    assert ball(going) == (Ball.TRANSPORT, None)


def test_a_stat_arrival_counts_from_the_acceptance(asker: User, going: Referral) -> None:
    with clock.moved(timedelta(minutes=20)):
        arranged(asker, going)
    clocked = running(going)
    assert (clocked.leg, clocked.started_at) == (Leg.ARRIVAL, stored(going).accepted_at)


def test_an_urgent_arrival_counts_from_the_arrangement(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    referral = accepted(asker, specialist, patient, service, priority=Priority.URGENT)
    with clock.moved(timedelta(hours=1)):
        arranged(asker, referral)
        assert clock.now() - running(referral).started_at < timedelta(minutes=1)


def test_crew_and_telephone_are_kept(asker: User, going: Referral) -> None:
    arranged(asker, going)
    kept = transport_of(going)
    assert (kept.mode, kept.crew, kept.phone) == (Mode.SENDER_AMBULANCE, "Dr Lin, nurse Zhou", "139 0000 0000")


def test_a_change_of_the_transport_leaves_step_and_clock(asker: User, going: Referral) -> None:
    arranged(asker, going)
    before = running(going).pk
    assert arranged(asker, going, mode=Mode.EMERGENCY).step == Step.TRANSPORT
    assert running(going).pk == before
    assert (transport_of(going).mode, transport_of(going).version) == (Mode.EMERGENCY, 2)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"mode": "horse"}, "mode"), ({"crew": "x" * 201}, "crew"), ({"phone": "1" * 41}, "phone")],
)
def test_what_cannot_be_a_transport_is_refused(asker: User, going: Referral, wrong: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        arranged(asker, going, **wrong)
    assert set(refused.value.fields) == {field}


def test_an_arrival_is_not_expected_in_the_past(asker: User, going: Referral) -> None:
    with pytest.raises(InvalidInput) as refused:
        arranged(asker, going, expected_at=soon(minutes=-5))
    assert "expected_at" in refused.value.fields


def test_a_nurse_of_the_sending_clinic_arranges(nurse: User, going: Referral) -> None:
    assert arranged(nurse, going).step == Step.TRANSPORT


def test_a_sender_who_owes_an_answer_keeps_the_ball(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    referral = accepted(asker, specialist, patient, service)
    by(specialist, ask_information, case_id=referral.pk, text="Which adrenaline?")
    arranged(asker, referral)
    assert ball(referral)[0] == Ball.ASKER


# -- a vehicle --------------------------------------------------------------------------------------------------------


def test_a_vehicle_is_taken_until_the_arrival(asker: User, going: Referral, ambulance: Resource) -> None:
    at = soon(hours=2)
    arranged(asker, going, vehicle_id=ambulance.pk, expected_at=at)
    booked = transport_of(going).vehicle
    assert booked is not None
    assert (booked.kind, booked.case_id, booked.ends) == (BookingKind.TRANSPORT, going.pk, at)


def test_a_vehicle_without_a_time_is_taken_for_three_hours(asker: User, going: Referral, ambulance: Resource) -> None:
    arranged(asker, going, vehicle_id=ambulance.pk)
    booked = transport_of(going).vehicle
    assert booked is not None and booked.ends - booked.begins == timedelta(hours=3)


def test_a_vehicle_that_is_booked_is_named(asker: User, going: Referral, ambulance: Resource) -> None:
    by(asker, book, what=BookingKind.TRANSPORT, resources=[ambulance.pk], period=(soon(minutes=5), soon(hours=1)))
    with pytest.raises(Taken) as refused:
        arranged(asker, going, vehicle_id=ambulance.pk)
    assert "Ambulance 1" in str(refused.value.message)
    assert stored(going).step == Step.ACCEPTED


def test_another_transport_gives_the_vehicle_back(asker: User, going: Referral, ambulance: Resource) -> None:
    arranged(asker, going, vehicle_id=ambulance.pk)
    arranged(asker, going, mode=Mode.RETRIEVAL)
    assert transport_of(going).vehicle is None
    assert Booking.unscoped.get(case_id=going.pk).step == BookingStep.CANCELLED


def free(referral: Referral) -> bool:
    step = Booking.unscoped.get(case_id=referral.pk).step
    return bool(step == BookingStep.CANCELLED and transport_of(referral).vehicle is None)


def test_a_decline_frees_the_vehicle(asker: User, specialist: User, going: Referral, ambulance: Resource) -> None:
    arranged(asker, going, vehicle_id=ambulance.pk)
    by(specialist, decline, case_id=going.pk, reason=DeclineReason.NO_BED)
    assert free(going)


def test_a_cancellation_frees_the_vehicle(asker: User, specialist: User, going: Referral, ambulance: Resource) -> None:
    arranged(asker, going, vehicle_id=ambulance.pk)
    by(asker, ask_cancel, case_id=going.pk, reason=CancelReason.BETTER)
    assert not free(going)
    by(specialist, confirm_cancel, case_id=going.pk)
    assert free(going)


def test_who_withdraws_after_a_decline_has_no_vehicle_either(
    asker: User, specialist: User, going: Referral, ambulance: Resource
) -> None:
    by(specialist, decline, case_id=going.pk, reason=DeclineReason.NO_BED)
    by(asker, withdraw, case_id=going.pk, reason=CancelReason.BETTER)
    assert not Booking.unscoped.filter(case_id=going.pk).exists()


def test_a_child_that_came_keeps_the_journey_it_had(
    asker: User, specialist: User, going: Referral, ambulance: Resource
) -> None:
    arranged(asker, going, vehicle_id=ambulance.pk)
    by(specialist, arrive, case_id=going.pk)
    by(asker, end, case_id=going.pk, reason=EndReason.REFUSED)
    assert Booking.unscoped.get(case_id=going.pk).step == BookingStep.BOOKED


def test_a_room_is_no_vehicle(asker: User, going: Referral, community: Institution) -> None:
    room = Resource.objects.create(kind=ResourceKind.ROOM, institution=community, name_en="Room 2")
    with pytest.raises(InvalidInput) as refused:
        arranged(asker, going, vehicle_id=room.pk)
    assert "vehicle_id" in refused.value.fields


# -- the hand-over ----------------------------------------------------------------------------------------------------


def test_a_handover_is_signed_by_name_and_stands_in_the_thread(asker: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    signed, said = transport_of(going), Message.unscoped.get(case_id=going.pk, kind=MessageKind.HANDOVER)
    assert (signed.signed_by_id, signed.signer_name, signed.severity) == (asker.pk, asker.full_name, "Unstable")
    assert said.text == "Unstable\nCroup, adrenaline twice.\nOxygen 2 l/min.\nTires: bag her."


def test_a_handover_may_follow_the_departure(asker: User, going: Referral) -> None:
    departed(asker, arranged(asker, going))
    assert handed_over(asker, going).step == Step.EN_ROUTE


def test_a_handover_may_come_before_any_transport(asker: User, going: Referral) -> None:
    by(asker, sign_handover, case_id=going.pk, handover=Handover("Croup."), mode=Mode.EMERGENCY)
    assert (transport_of(going).mode, stored(going).step) == (Mode.EMERGENCY, Step.ACCEPTED)


def test_a_handover_before_any_transport_says_how_the_child_travels(asker: User, going: Referral) -> None:
    with pytest.raises(InvalidInput) as refused:
        handed_over(asker, going)
    assert "mode" in refused.value.fields


@pytest.mark.parametrize(("handover", "field"), [(Handover(" "), "summary"), (Handover("a", "x" * 201), "severity")])
def test_a_handover_says_something(asker: User, going: Referral, handover: Handover, field: str) -> None:
    arranged(asker, going)
    with pytest.raises(InvalidInput) as refused:
        by(asker, sign_handover, case_id=going.pk, handover=handover)
    assert set(refused.value.fields) == {field}


def test_the_receiving_side_signs_no_handover(asker: User, specialist: User, going: Referral) -> None:
    arranged(asker, going)
    with pytest.raises(NotPermitted):
        handed_over(specialist, going)


# -- departure --------------------------------------------------------------------------------------------------------


def test_a_child_departs_without_a_handover(asker: User, going: Referral) -> None:
    assert departed(asker, arranged(asker, going)).step == Step.EN_ROUTE
    assert transport_of(going).departed_at is not None and transport_of(going).signed_at is None
    assert (ball(going)[0], running(going).leg) == (Ball.TRANSPORT, Leg.ARRIVAL)


def test_departed_twice_is_once(asker: User, going: Referral) -> None:
    departed(asker, arranged(asker, going))
    at = transport_of(going).departed_at
    departed(asker, going)
    assert transport_of(going).departed_at == at


def test_a_child_departs_without_an_arranged_transport(asker: User, going: Referral) -> None:
    departed(asker, going, mode=Mode.FAMILY_CAR, phone="138")
    assert (transport_of(going).mode, transport_of(going).phone) == (Mode.FAMILY_CAR, "138")
    assert running(going).leg == Leg.ARRIVAL


def test_a_departure_needs_to_know_how(asker: User, going: Referral) -> None:
    with pytest.raises(InvalidInput) as refused:
        departed(asker, going)
    assert "mode" in refused.value.fields


@pytest.fixture
def asked(asker: User, specialist: User, coordinator: User, patient: Patient, service: Service) -> Referral:
    """A stat child whom nobody has accepted."""
    return sent(asker, patient, service, priority=Priority.STAT)


def test_before_acceptance_a_child_departs_with_the_threat(asker: User, asked: Referral) -> None:
    departed(asker, asked, mode=Mode.SENDER_AMBULANCE, life_threat=LifeThreat.AIRWAY)
    assert (stored(asked).step, stored(asked).life_threat) == (Step.EN_ROUTE, LifeThreat.AIRWAY)
    assert running(asked).leg == Leg.ARRIVAL


def test_such_a_departure_pages_the_duty_officer(asker: User, specialist: User, asked: Referral) -> None:
    departed(asker, asked, mode=Mode.SENDER_AMBULANCE, life_threat=LifeThreat.SHOCK)
    newest = Page.unscoped.filter(subject_id=str(asked.pk)).order_by("-started_at").first()
    assert newest is not None and newest.kind == "referral.coming"
    assert specialist.pk in PageCall.unscoped.filter(page=newest).values_list("user_id", flat=True)


def test_before_acceptance_no_child_departs_without_the_threat(asker: User, asked: Referral) -> None:
    with pytest.raises(InvalidInput) as refused:
        departed(asker, asked, mode=Mode.SENDER_AMBULANCE)
    assert "life_threat" in refused.value.fields


def test_only_a_stat_child_departs_before_acceptance(asker: User, patient: Patient, service: Service) -> None:
    urgent = sent(asker, patient, service)
    with pytest.raises(NotPermitted):
        departed(asker, urgent, mode=Mode.FAMILY_CAR, life_threat=LifeThreat.AIRWAY)


def test_a_declined_stat_child_departs_all_the_same(asker: User, specialist: User, asked: Referral) -> None:
    by(specialist, decline, case_id=asked.pk, reason=DeclineReason.NO_BED)
    departed(asker, asked, mode=Mode.EMERGENCY, life_threat=LifeThreat.SEIZURE)
    assert (stored(asked).step, running(asked).leg) == (Step.EN_ROUTE, Leg.ARRIVAL)


# -- incidents --------------------------------------------------------------------------------------------------------


def incident(user: User, referral: Referral, **more: Any) -> Referral:
    words = {"kind": IncidentKind.OXYGEN, "note": "Bagged for four minutes.", **more}
    made: Referral = by(user, report_incident, case_id=referral.pk, **words)
    return made


def test_an_incident_is_kept_and_moves_nothing(asker: User, going: Referral) -> None:
    departed(asker, arranged(asker, going))
    assert incident(asker, going).step == Step.EN_ROUTE
    kept = Incident.unscoped.get(case_id=going.pk)
    assert (kept.kind, kept.note) == (IncidentKind.OXYGEN, "Bagged for four minutes.")


def test_the_same_incident_twice_is_one(asker: User, going: Referral) -> None:
    arranged(asker, going)
    key = uuid4()
    incident(asker, going, key=key)
    incident(asker, going, key=key)
    assert Incident.unscoped.filter(case_id=going.pk).count() == 1
    assert Entry.unscoped.filter(subject_id=str(going.pk), verb="report_incident").count() == 1


def test_an_incident_is_told_afterwards_with_its_time(asker: User, going: Referral) -> None:
    arranged(asker, going)
    at = soon(minutes=-40)
    incident(asker, going, happened_at=at)
    assert Incident.unscoped.get(case_id=going.pk).happened_at == at


def test_an_incident_does_not_lie_ahead(asker: User, going: Referral) -> None:
    arranged(asker, going)
    with pytest.raises(InvalidInput) as refused:
        incident(asker, going, happened_at=soon(hours=1))
    assert "happened_at" in refused.value.fields


def test_an_incident_has_a_kind(asker: User, going: Referral) -> None:
    arranged(asker, going)
    with pytest.raises(InvalidInput) as refused:
        incident(asker, going, kind="weather")
    assert "kind" in refused.value.fields


def test_there_is_no_incident_before_there_is_a_way(asker: User, going: Referral) -> None:
    with pytest.raises(WrongStep):
        incident(asker, going)


# -- arrival ----------------------------------------------------------------------------------------------------------


def test_an_arrival_gives_the_ball_to_the_service_and_a_note_is_owed(
    asker: User, specialist: User, going: Referral
) -> None:
    departed(asker, arranged(asker, going))
    there = by(specialist, arrive, case_id=going.pk)
    assert (there.step, there.arrived_at) == (Step.ARRIVED, transport_of(going).arrived_at)
    assert ball(going) == (Ball.RESPONDER, specialist.pk)
    assert running(going).leg == Leg.INTERIM_NOTE


def test_an_arrival_may_read_the_handover_back(asker: User, specialist: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    by(specialist, arrive, case_id=going.pk, read_back="Croup, adrenaline twice, oxygen.")
    assert transport_of(going).read_back_by_id == specialist.pk


def test_a_read_back_may_follow(asker: User, specialist: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    by(specialist, arrive, case_id=going.pk)
    by(specialist, read_back, case_id=going.pk, text="Croup, adrenaline twice.")
    assert transport_of(going).read_back == "Croup, adrenaline twice."


def test_a_read_back_has_words(asker: User, specialist: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    by(specialist, arrive, case_id=going.pk)
    with pytest.raises(InvalidInput) as refused:
        by(specialist, read_back, case_id=going.pk, text="  ")
    assert "text" in refused.value.fields


def test_what_nobody_signed_is_not_read_back(asker: User, specialist: User, going: Referral) -> None:
    by(specialist, arrive, case_id=arranged(asker, going).pk)
    with pytest.raises(NotPermitted):
        by(specialist, read_back, case_id=going.pk, text="Croup.")


def test_the_sender_does_not_read_their_own_handover_back(asker: User, specialist: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    by(specialist, arrive, case_id=going.pk)
    with pytest.raises(NotPermitted):
        by(asker, read_back, case_id=going.pk, text="Croup.")


def test_a_child_arrives_before_anybody_accepted(asker: User, specialist: User, asked: Referral) -> None:
    there = by(specialist, arrive, case_id=asked.pk)
    assert (there.step, there.accepted_at, ball(asked)) == (Step.ARRIVED, None, (Ball.RESPONDER, None))


def test_arrived_twice_is_once(specialist: User, going: Referral) -> None:
    by(specialist, arrive, case_id=going.pk)
    at = stored(going).arrived_at
    by(specialist, arrive, case_id=going.pk)
    assert stored(going).arrived_at == at


def test_the_sender_does_not_say_that_the_child_is_there(asker: User, going: Referral) -> None:
    with pytest.raises(NotPermitted):
        by(asker, arrive, case_id=going.pk)


def test_nothing_is_arranged_for_a_child_who_is_there(asker: User, specialist: User, going: Referral) -> None:
    by(specialist, arrive, case_id=going.pk)
    with pytest.raises(WrongStep):
        by(asker, arrange_transport, case_id=going.pk, way=Way(Mode.EMERGENCY))
    with pytest.raises(WrongStep):
        by(asker, depart, case_id=going.pk, mode=Mode.EMERGENCY)


# -- what is missing is chased ----------------------------------------------------------------------------------------


def chased(referral: Referral, verb: str, receiver: Any) -> list[tuple[Any, str]]:
    """(whom, kind) of what `receiver` tells after the newest act of that verb."""
    entry = Entry.unscoped.filter(subject_id=str(referral.pk), verb=verb).order_by("-seq").first()
    assert entry is not None
    with acting_as(system("test")):
        receiver(entry.pk, DomainEvent.registry[entry.event].load(entry.payload))
        told = Notice.objects.filter(kind__endswith="missing").order_by("seq")
        return list(told.values_list("recipient_id", "kind"))


def test_what_a_stat_child_lacks_is_asked_of_its_sender(asker: User, going: Referral) -> None:
    assert chased(going, "accept", chase_on_acceptance) == [(asker.pk, "referral.missing")]


def test_what_an_urgent_one_lacks_is_not(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    referral = accepted(asker, specialist, patient, service, priority=Priority.URGENT)
    assert chased(referral, "accept", chase_on_acceptance) == []


def test_it_is_asked_again_as_the_child_leaves(asker: User, nurse: User, going: Referral) -> None:
    departed(nurse, arranged(asker, going))
    assert chased(going, "depart", chase_on_departure) == [(asker.pk, "referral.missing")]


def test_a_handover_nobody_signed_is_asked_of_the_sender(asker: User, specialist: User, going: Referral) -> None:
    by(specialist, arrive, case_id=arranged(asker, going).pk)
    assert chased(going, "arrive", chase_on_arrival) == [(asker.pk, "referral.handover_missing")]


def test_a_read_back_nobody_gave_is_asked_of_who_has_the_child(
    asker: User, specialist: User, other_specialist: User, going: Referral
) -> None:
    handed_over(asker, arranged(asker, going))
    by(other_specialist, arrive, case_id=going.pk)
    assert chased(going, "arrive", chase_on_arrival) == [(specialist.pk, "referral.read_back_missing")]


def test_a_child_who_came_without_transport_lacks_no_handover(specialist: User, going: Referral) -> None:
    by(specialist, arrive, case_id=going.pk)
    assert chased(going, "arrive", chase_on_arrival) == []
