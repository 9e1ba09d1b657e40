"""Who is paged and who is told, by what happens to a referral."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from consortium.casework.models import Booking, Case, Service
from consortium.casework.operations import post_message
from consortium.casework.states import Ball, BookingKind, BookingStep, Leg, Priority, Tell
from consortium.journal.operations import record
from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.events import DomainEvent, receivers_of
from consortium.notices.models import Notice, Page, PageCall
from consortium.notices.states import PageStep, kind_of
from consortium.patients.models import Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from referrals import events
from referrals.models import Offer, Referral, Visit
from referrals.receivers.kinds import NOTICE_KINDS
from referrals.states import Kind, OfferStep, Step
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.factories.patients import make_record_number
from tests.factories.people import make_specialty, make_staff
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def routine(asker: User, patient: Patient, service: Service) -> Referral:
    return sent(asker, patient, service, priority=Priority.ROUTINE)


@pytest.fixture
def stat(asker: User, specialist: User, lead: User, coordinator: User, patient: Patient, service: Service) -> Referral:
    return sent(asker, patient, service, priority=Priority.STAT)


def happens(referral: Referral, event: DomainEvent, actor: User | None = None) -> None:
    """`event`, as the act of `actor` (the system) publishes it."""
    with acting_as(actor_for(actor) if actor else system("test")) as acting:
        record(
            actor=acting, verb="test", subject=referral.case, patient_id=referral.patient_id,
            institution_id=referral.case.asking_institution_id, event=event,
        )  # fmt: skip


def told(user: User) -> list[str]:
    """The kinds of notices in the inbox of `user`, once everything due has been delivered."""
    with acting_as(system("test")):
        while relay():
            pass
    return list(Notice.unscoped.filter(recipient=user).order_by("seq").values_list("kind", flat=True))


def pages(referral: Referral, *steps: str) -> list[Page]:
    found = Page.unscoped.filter(subject_id=str(referral.pk)).order_by("started_at")
    return list(found.filter(step__in=steps or (PageStep.CALLING,)))


def called(page: Page) -> list[UUID]:
    calls = PageCall.unscoped.filter(page=page).order_by("position")
    return list(dict.fromkeys(calls.values_list("user_id", flat=True)))


def moved(referral: Referral, step: Step, **case: Any) -> None:
    Referral.unscoped.filter(pk=referral.pk).update(step=step)
    Case.unscoped.filter(pk=referral.pk).update(**case)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_stat_child_pages_who_is_on_duty_then_the_lead_then_the_office(
    stat: Referral, specialist: User, lead: User, coordinator: User
) -> None:
    (page,) = pages(stat)
    assert page.kind == "referral.stat"
    assert called(page)[-1] == coordinator.pk
    assert set(called(page)[:-1]) == {specialist.pk, lead.pk}


def test_the_page_names_the_duty_telephone_and_nobody(stat: Referral, patient: Patient) -> None:
    (page,) = pages(stat)
    assert page.facts["phone"] == "021 5555 0142"
    assert patient.name not in str(page.facts)


def test_a_routine_child_pages_nobody(routine: Referral, specialist: User) -> None:
    assert pages(routine) == []


def test_a_routine_child_stands_in_the_inbox_of_the_service(specialist: User, routine: Referral) -> None:
    assert told(specialist) == ["referral.new"]


def test_an_urgent_child_pages_as_urgent(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    (page,) = pages(sent(asker, patient, service, priority=Priority.URGENT))
    assert page.kind == "referral.urgent"


def test_a_centre_where_nobody_stands_by_calls_its_doctors(
    specialist: User, hospital: Institution, community: Institution, colleague: User, patient: Patient
) -> None:
    centre = make_service(community, make_specialty("general"))
    make_record_number(patient, hospital)
    more: dict[str, Any] = {"kind": Kind.BACK, "plan": "Weigh weekly.", "guardian_agreed": True}
    made = sent(specialist, patient, centre, institution_id=hospital.pk, **more)
    assert called(pages(made)[0]) == [colleague.pk]


def test_another_hospital_that_is_asked_too_is_called_beside_the_first(
    stat: Referral, district: Institution, district_doctor: User
) -> None:
    beside = make_service(district, make_specialty("emergency"))
    happens(stat, events.ReferralAlsoAsked(stat.pk, beside.pk))
    assert len(pages(stat)) == 2
    assert district_doctor.pk in called(pages(stat)[1])


def test_whoever_has_the_child_ends_every_call(stat: Referral, specialist: User, service: Service) -> None:
    for event in (
        events.ReferralAccepted(stat.pk, service.pk, specialist.pk),
        events.CareTakenOver(stat.pk, specialist.pk),
        events.ChildArrived(stat.pk),
        events.CareBegun(stat.pk, "ward"),
        events.ReferralCancelled(stat.pk, "better"),
        events.ReferralEnded(stat.pk, "died"),
        events.ReferralEnteredInError(stat.pk),
    ):
        happens(stat, events.UrgencyChanged(stat.pk, Priority.URGENT, Priority.STAT))
        assert pages(stat), event
        happens(stat, event)
        assert not pages(stat), event


def test_looking_at_it_ends_no_call(stat: Referral, service: Service) -> None:
    happens(stat, events.ReferralSeen(stat.pk, service.pk))
    assert len(pages(stat)) == 1


def test_declined_by_all_it_calls_the_offices(stat: Referral, service: Service, coordinator: User) -> None:
    Offer.unscoped.filter(case_id=stat.pk).update(step=OfferStep.DECLINED, decline_reason="no_bed")
    moved(stat, Step.DECLINED)
    happens(stat, events.ReferralDeclined(stat.pk, service.pk, "no_bed"))
    (page,) = pages(stat)
    assert page.kind == "referral.homeless"
    assert called(page) == [coordinator.pk]


def test_declined_by_one_of_two_it_calls_on_the_other(stat: Referral, service: Service, specialist: User) -> None:
    happens(stat, events.ReferralDeclined(stat.pk, uuid4(), "no_bed"))
    (page,) = pages(stat)
    assert page.kind == "referral.stat"
    assert specialist.pk in called(page)


def test_a_redirection_calls_the_next_and_calms_the_first(stat: Referral, service: Service) -> None:
    first = pages(stat)
    happens(stat, events.ReferralRedirected(stat.pk, service.pk))
    assert len(pages(stat)) == 1
    assert pages(stat) != first


def test_a_disputed_decline_calls_the_lead_first(stat: Referral, service: Service, lead: User) -> None:
    happens(stat, events.ReferralDisputed(stat.pk, service.pk))
    (page,) = pages(stat)
    assert (page.kind, called(page)[0]) == ("referral.disputed", lead.pk)


def test_lowered_it_calls_nobody_any_more(stat: Referral) -> None:
    Case.unscoped.filter(pk=stat.pk).update(priority=Priority.ROUTINE)
    happens(stat, events.UrgencyChanged(stat.pk, Priority.STAT, Priority.ROUTINE))
    assert pages(stat) == []


def test_raised_while_a_place_is_sought_it_calls_the_offices(stat: Referral, coordinator: User) -> None:
    moved(stat, Step.DECLINED)
    happens(stat, events.UrgencyChanged(stat.pk, Priority.URGENT, Priority.STAT))
    assert [page.kind for page in pages(stat)] == ["referral.homeless"]


def test_raised_while_the_child_is_there_it_calls_nobody(stat: Referral) -> None:
    Referral.unscoped.filter(pk=stat.pk).update(step=Step.ARRIVED, arrived_at=stat.case.submitted_at)
    happens(stat, events.UrgencyChanged(stat.pk, Priority.URGENT, Priority.STAT))
    assert pages(stat) == []


def test_on_the_way_before_anybody_said_yes_it_calls_for_what_comes(stat: Referral, coordinator: User) -> None:
    happens(stat, events.ChildDeparted(stat.pk, uuid4(), "shock"))
    (page,) = pages(stat)
    assert page.kind == "referral.coming"
    assert coordinator.pk in called(page)


def test_on_the_way_after_acceptance_it_calls_nobody_anew(stat: Referral) -> None:
    before = pages(stat)
    happens(stat, events.ChildDeparted(stat.pk, uuid4()))
    assert pages(stat) == before


def test_given_back_before_the_child_is_there_it_calls_the_service(stat: Referral, specialist: User) -> None:
    moved(stat, Step.ACCEPTED)
    happens(stat, events.ReferralAccepted(stat.pk, uuid4(), specialist.pk))
    happens(stat, events.ReferralHandedOn(stat.pk, None))
    assert specialist.pk in called(pages(stat)[0])


def test_handed_on_by_name_it_calls_nobody(stat: Referral, specialist: User) -> None:
    before = pages(stat)
    happens(stat, events.ReferralHandedOn(stat.pk, specialist.pk))
    assert pages(stat) == before


# --- notices ---------------------------------------------------------------------------------------------------------


def of_sender(referral: Referral) -> list[tuple[DomainEvent, str]]:
    """Each event that tells the sender, and by what notice."""
    pk, other = referral.pk, uuid4()
    return [
        (events.ReferralSeen(pk, other), "referral.seen"),
        (events.ReferralAccepted(pk, other, other), "referral.accepted"),
        (events.ReferralDeclined(pk, other, "no_bed"), "referral.declined"),
        (events.ReferralRedirected(pk, other), "referral.redirected"),
        (events.VisitBooked(pk, other), "referral.visit"),
        (events.VisitBooked(pk, other, again=True), "referral.visit_moved"),
        (events.VisitMissed(pk, other), "referral.visit_missed"),
        (events.VisitCancelled(pk, other, "ill"), "referral.visit_cancelled"),
        (events.TransportArranged(pk, other), "referral.transport"),
        (events.IncidentReported(pk, other, "airway"), "referral.incident"),
        (events.ChildArrived(pk), "referral.arrived"),
        (events.CareBegun(pk, "ward"), "referral.care"),
        (events.InterimNoted(pk), "referral.interim"),
        (events.ChildDischarged(pk), "referral.discharged"),
        (events.OutcomeSent(pk, other), "referral.outcome"),
        (events.OutcomeCorrected(pk, other), "referral.outcome_corrected"),
        (events.CancelRefused(pk), "referral.kept"),
        (events.ReferralCancelled(pk, "better"), "referral.cancelled"),
        (events.InformationRequested(pk), "referral.information_requested"),
        (events.BackReferred(pk, other), "referral.going_back"),
        (events.CareTakenOver(pk, other), "referral.taken_over"),
        (events.FollowUpDone(pk, other), "referral.follow_up_done"),
        (events.FollowUpMissed(pk, other, 1), "referral.follow_up_missed"),
        (events.ChildWorsened(pk, other), "referral.worsened"),
        (events.FollowUpEnded(pk), "referral.followed"),
        (events.ReferralEnded(pk, "refused"), "referral.ended"),
        (events.SenderLinked(pk, other), "referral.unannounced"),
        (events.FamilyAnswered(pk, comes=True), "referral.family_coming"),
        (events.FamilyAnswered(pk, comes=False), "referral.family_cannot"),
        (events.FamilyLinkLocked(pk, other), "referral.family_locked"),
    ]


def test_the_sender_hears_every_step(routine: Referral, asker: User) -> None:
    expected = of_sender(routine)
    for event, _kind in expected:
        happens(routine, event)
    assert sorted(told(asker)) == sorted(kind for _event, kind in expected)


def test_nobody_hears_of_their_own_act(routine: Referral, asker: User) -> None:
    for event, _kind in of_sender(routine):
        happens(routine, event, asker)
    assert told(asker) == []


def test_who_has_accepted_hears_what_the_other_side_did(routine: Referral, specialist: User) -> None:
    Case.unscoped.filter(pk=routine.pk).update(responder=specialist)
    told(specialist)
    Notice.unscoped.all().delete()
    for event in (
        events.ChildDeparted(routine.pk, uuid4()),
        events.HandoverSigned(routine.pk),
        events.CancelAsked(routine.pk, "better"),
        events.InformationSupplied(routine.pk),
        events.VisitCancelled(routine.pk, uuid4(), "ill"),
        events.ReferralCancelled(routine.pk, "better"),
        events.FamilyAnswered(routine.pk, comes=False),
    ):
        happens(routine, event)
    assert sorted(told(specialist)) == [
        "referral.cancel_asked", "referral.cancelled", "referral.departed", "referral.family_cannot",
        "referral.handover", "referral.information_supplied", "referral.visit_cancelled",
    ]  # fmt: skip


def test_when_the_sender_has_left_their_colleagues_hear(routine: Referral, asker: User, colleague: User) -> None:
    Membership.unscoped.filter(user=asker).delete()
    happens(routine, events.OutcomeSent(routine.pk, uuid4()))
    assert told(colleague) == ["referral.outcome"]


def test_a_decline_reaches_both_referral_offices(
    routine: Referral, coordinator: User, community: Institution, service: Service
) -> None:
    near = make_staff("near", community, Role.COORDINATOR)
    happens(routine, events.ReferralDeclined(routine.pk, service.pk, "no_bed"))
    assert told(near) == ["referral.homeless"]
    assert "referral.homeless" in told(coordinator)


def test_missed_twice_reaches_the_office(routine: Referral, coordinator: User) -> None:
    happens(routine, events.FollowUpMissed(routine.pk, uuid4(), 1))
    assert "referral.missed_twice" not in told(coordinator)
    happens(routine, events.FollowUpMissed(routine.pk, uuid4(), 2))
    assert told(coordinator)[-1] == "referral.missed_twice"
    assert Notice.unscoped.get(recipient=coordinator, kind="referral.missed_twice").urgent


def missed_visit(referral: Referral, number: int) -> None:
    now = clock.now()
    booking = Booking.unscoped.create(
        kind=BookingKind.CLINIC,
        case=referral.case,
        created_at=now,
        period=DateTimeTZRange(now, now + timedelta(hours=1)),
    )
    Booking.unscoped.filter(pk=booking.pk).update(step=BookingStep.NO_SHOW)
    visit = Visit.unscoped.create(case=referral.case, number=number, booking=booking, booked_at=now)
    happens(referral, events.VisitMissed(referral.pk, visit.pk))


def test_two_missed_visits_reach_the_office(routine: Referral, coordinator: User) -> None:
    missed_visit(routine, 1)
    assert "referral.missed_twice" not in told(coordinator)
    missed_visit(routine, 2)
    assert told(coordinator)[-1] == "referral.missed_twice"


def test_a_routine_dispute_reaches_the_lead(routine: Referral, service: Service, lead: User) -> None:
    happens(routine, events.ReferralDisputed(routine.pk, service.pk))
    assert told(lead)[-1] == "referral.disputed"


def test_a_routine_redirection_stands_in_the_next_inbox(routine: Referral, service: Service, specialist: User) -> None:
    before = told(specialist).count("referral.new")
    happens(routine, events.ReferralRedirected(routine.pk, service.pk))
    assert told(specialist).count("referral.new") == before + 1


def test_who_takes_over_hears_it_by_name_and_the_service_what_came_back(
    routine: Referral, specialist: User, other_specialist: User
) -> None:
    happens(routine, events.ReferralHandedOn(routine.pk, specialist.pk))
    assert told(specialist)[-1] == "referral.handed_on"
    assert "referral.handed_on" not in told(other_specialist)
    happens(routine, events.ReferralHandedOn(routine.pk, None))
    assert told(other_specialist)[-1] == "referral.returned"


def test_everybody_who_read_it_hears_of_an_error(routine: Referral, asker: User, specialist: User) -> None:
    happens(routine, events.ReferralSeen(routine.pk, uuid4()), specialist)
    happens(routine, events.ReferralEnteredInError(routine.pk), asker)
    assert told(specialist)[-1] == "referral.error"


def test_messages_of_a_thread_gather_in_one_notice(routine: Referral, asker: User, specialist: User) -> None:
    Case.unscoped.filter(pk=routine.pk).update(responder=specialist)
    for text in ("one", "two"):
        by(asker, post_message, case_id=routine.pk, text=text, key=uuid4())
    assert told(specialist).count("referral.message") == 1
    assert "consultation.message" not in told(specialist)


def test_while_the_office_has_it_messages_reach_the_office(routine: Referral, asker: User, coordinator: User) -> None:
    Case.unscoped.filter(pk=routine.pk).update(ball=Ball.COORDINATOR, ball_user=None)
    by(asker, post_message, case_id=routine.pk, text="Where to?", key=uuid4())
    assert told(coordinator)[-1] == "referral.message"


# --- escalation ------------------------------------------------------------------------------------------------------


def step_of(referral: Referral, leg: str, tell: str, percent: int = 100, *, last: bool = False) -> DomainEvent:
    return events.ReferralEscalated(referral.pk, leg, 1, tell, percent, last)


def test_a_stat_clock_pages_at_each_step(stat: Referral, lead: User, coordinator: User) -> None:
    happens(stat, step_of(stat, Leg.SEEN, Tell.LEAD))
    happens(stat, step_of(stat, Leg.SEEN, Tell.COORDINATOR, 600, last=True))
    first, second = pages(stat)[1:]
    assert (first.kind, called(first)[0]) == ("referral.overdue", lead.pk)
    assert (second.kind, called(second)) == ("referral.taken_on", [coordinator.pk])


def test_a_routine_clock_leaves_notices_by_stage(routine: Referral, asker: User, specialist: User, lead: User) -> None:
    told(asker)
    Notice.unscoped.all().delete()
    happens(routine, step_of(routine, Leg.SEEN, Tell.HOLDER, 80))
    happens(routine, step_of(routine, Leg.ACKNOWLEDGEMENT, Tell.HOLDER))
    assert told(specialist) == ["referral.time_runs"]
    assert told(asker) == ["referral.overdue"]


def test_a_clinic_without_doctors_hears_through_its_nurse(
    routine: Referral, asker: User, nurse: User, coordinator: User
) -> None:
    Membership.unscoped.filter(user=asker).delete()
    happens(routine, events.OutcomeSent(routine.pk, uuid4()))
    happens(routine, step_of(routine, Leg.ACKNOWLEDGEMENT, Tell.HOLDER))
    assert set(told(nurse)) == {"referral.outcome", "referral.overdue"}
    assert "referral.outcome" not in told(coordinator)


def test_for_a_clinic_where_nobody_has_an_account_the_office_hears(
    routine: Referral, asker: User, coordinator: User
) -> None:
    Membership.unscoped.filter(user=asker).delete()
    happens(routine, events.OutcomeSent(routine.pk, uuid4()))
    happens(routine, step_of(routine, Leg.ACKNOWLEDGEMENT, Tell.HOLDER))
    assert {"referral.outcome", "referral.overdue"} <= set(told(coordinator))


def test_a_place_that_is_sought_is_the_offices(routine: Referral, asker: User, coordinator: User) -> None:
    told(coordinator)
    Notice.unscoped.all().delete()
    happens(routine, step_of(routine, Leg.REDIRECTION, Tell.HOLDER, 80))
    assert told(coordinator) == ["referral.time_runs"]
    assert told(asker) == []


def test_after_acceptance_the_holder_is_told(routine: Referral, specialist: User, other_specialist: User) -> None:
    moved(routine, Step.ACCEPTED, responder=specialist)
    told(specialist)
    Notice.unscoped.all().delete()
    happens(routine, step_of(routine, Leg.BOOKING, Tell.HOLDER, 80))
    assert (told(specialist), told(other_specialist)) == (["referral.time_runs"], [])


# --- words -----------------------------------------------------------------------------------------------------------


def test_every_kind_is_known_and_none_names_the_child(routine: Referral, specialist: User, patient: Patient) -> None:
    assert all(kind_of(code).code == code for code, *_words in NOTICE_KINDS)
    told(specialist)
    texts = [str(kind_of(n.kind).text) + str(n.facts) + str(kind_of(n.kind).outside) for n in Notice.unscoped.all()]
    assert texts and not any(patient.name in text or "stridor" in text for text in texts)


def test_what_leaves_the_house_names_not_even_the_specialty() -> None:
    assert not any("%" in str(outside) for _code, _text, outside, _sign in NOTICE_KINDS)


def test_every_event_of_a_referral_is_heard() -> None:
    silent = [
        name for name, each in vars(events).items()
        if isinstance(each, type) and issubclass(each, events.OfReferral) and not receivers_of(each.event_name())
    ]  # fmt: skip
    assert silent == ["OfReferral", "HandoverReadBack"]
