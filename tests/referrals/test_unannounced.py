"""A child without a referral: received at the door, linked to its sender afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.casework.states import Ball, Leg, Priority
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible
from consortium.patients.models import Measurement, PathwayMember, Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from referrals.models import Offer, Referral
from referrals.operations.outcomes import send_outcome
from referrals.operations.transport import arrive
from referrals.operations.unannounced import link_sender, receive_unannounced
from referrals.states import OfferStep, Step
from tests.cast import client_for
from tests.consultations.cases import by
from tests.factories.patients import make_patient
from tests.factories.people import make_staff
from tests.referrals.cared import ending
from tests.referrals.cases import sent
from tests.referrals.way import ball, running, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(hospital: Institution) -> Patient:
    """Registered at the hospital's door."""
    return make_patient(hospital)


def received(user: User, child: Patient, service: Service, **more: Any) -> Referral:
    words = {"problem": "Carried in, seizing.", **more}
    made: Referral = by(user, receive_unannounced, patient_id=child.pk, service_id=service.pk, **words)
    return made


def test_a_child_is_received_where_it_stands(specialist: User, child: Patient, service: Service) -> None:
    there = stored(received(specialist, child, service))
    assert (there.step, there.unannounced, there.recorded_by_id) == (Step.ARRIVED, True, specialist.pk)
    assert there.arrived_at is not None and there.accepted_at is not None


def test_it_has_a_ball_and_a_clock_from_the_first_moment(specialist: User, child: Patient, service: Service) -> None:
    there = received(specialist, child, service)
    assert (ball(there), running(there).leg) == ((Ball.RESPONDER, None), Leg.INTERIM_NOTE)


def test_the_service_counts_as_asked_and_accepted(specialist: User, child: Patient, service: Service) -> None:
    offer = Offer.unscoped.get(case_id=received(specialist, child, service).pk)
    assert (offer.service_id, offer.step, offer.answered_by_id) == (service.pk, OfferStep.ACCEPTED, specialist.pk)


def test_the_recorder_stands_for_the_asker(specialist: User, child: Patient, service: Service) -> None:
    case = stored(received(specialist, child, service)).case
    assert (case.asker_id, case.asking_institution_id) == (specialist.pk, service.institution_id)


def test_a_nurse_at_the_door_receives(hospital: Institution, child: Patient, service: Service) -> None:
    assert received(make_staff("door", hospital, Role.NURSE), child, service).step == Step.ARRIVED


def test_the_weight_goes_into_the_record(specialist: User, child: Patient, service: Service) -> None:
    received(specialist, child, service, weight_grams=6900)
    assert Measurement.unscoped.get(patient=child, kind="weight").base == Decimal("6.9")


def test_the_same_key_twice_is_one(specialist: User, child: Patient, service: Service) -> None:
    key = uuid4()
    assert received(specialist, child, service, key=key).pk == received(specialist, child, service, key=key).pk
    assert Case.unscoped.count() == 1


def test_nobody_receives_at_another_institution(asker: User, patient: Patient, service: Service) -> None:
    with pytest.raises(NotPermitted):
        received(asker, patient, service)


def test_a_child_one_does_not_see_is_not_received(specialist: User, patient: Patient, service: Service) -> None:
    with pytest.raises(NotVisible):
        received(specialist, patient, service)


def test_a_service_that_is_not_there_receives_nobody(specialist: User, child: Patient) -> None:
    with pytest.raises(NotVisible):
        by(specialist, receive_unannounced, patient_id=child.pk, service_id=uuid4(), problem="Fever.")


@pytest.mark.parametrize(("words", "field"), [({"problem": " "}, "problem"), ({"priority": 9}, "priority")])
def test_what_is_missing_is_said(
    specialist: User, child: Patient, service: Service, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        received(specialist, child, service, **words)
    assert field in refused.value.fields


def test_a_second_one_for_the_problem_is_refused(specialist: User, child: Patient, service: Service) -> None:
    received(specialist, child, service)
    with pytest.raises(DomainError) as refused:
        received(specialist, child, service)
    assert "already" in str(refused.value.message)


def test_a_stat_one_stands_beside_another(specialist: User, child: Patient, service: Service) -> None:
    received(specialist, child, service)
    assert received(specialist, child, service, priority=Priority.STAT).is_stat


# -- the sender, afterwards -------------------------------------------------------------------------------------------


def linked(user: User, referral: Referral, institution: Institution, **more: Any) -> Referral:
    made: Referral = by(user, link_sender, case_id=referral.pk, institution_id=institution.pk, **more)
    return made


def test_the_sender_hears_of_the_child_from_the_link_on(
    specialist: User, asker: User, child: Patient, service: Service, community: Institution
) -> None:
    referral = received(specialist, child, service)
    linked(specialist, referral, community, asker_id=asker.pk)
    case = stored(referral).case
    assert (case.asker_id, case.asking_institution_id) == (asker.pk, community.pk)
    assert PathwayMember.unscoped.filter(pathway=case.pathway_id, institution=community, ends_at=None).exists()


def test_a_clinic_is_linked_without_a_name(
    specialist: User, child: Patient, service: Service, community: Institution
) -> None:
    referral = received(specialist, child, service)
    linked(specialist, referral, community)
    assert stored(referral).case.asker_id == specialist.pk


def test_a_sender_is_linked_once(
    specialist: User, child: Patient, service: Service, community: Institution, district: Institution
) -> None:
    referral = received(specialist, child, service)
    linked(specialist, referral, community)
    with pytest.raises(NotPermitted):
        linked(specialist, referral, district)


def test_a_referral_with_a_sender_is_not_linked(
    asker: User, specialist: User, patient: Patient, service: Service, district: Institution
) -> None:
    referral = sent(asker, patient, service)
    by(specialist, arrive, case_id=referral.pk)
    with pytest.raises(NotPermitted):
        linked(specialist, referral, district)


def test_the_house_itself_is_no_sender(
    specialist: User, child: Patient, service: Service, hospital: Institution
) -> None:
    with pytest.raises(InvalidInput) as refused:
        linked(specialist, received(specialist, child, service), hospital)
    assert "institution_id" in refused.value.fields


def test_the_doctor_works_at_the_clinic_that_is_linked(
    specialist: User, stranger: User, child: Patient, service: Service, community: Institution
) -> None:
    with pytest.raises(InvalidInput) as refused:
        linked(specialist, received(specialist, child, service), community, asker_id=stranger.pk)
    assert "asker_id" in refused.value.fields


def test_linked_after_the_outcome_the_sender_owes_the_acknowledgement(
    specialist: User, asker: User, child: Patient, service: Service, community: Institution
) -> None:
    referral = received(specialist, child, service)
    by(specialist, send_outcome, case_id=referral.pk, ending=ending())
    linked(specialist, referral, community, asker_id=asker.pk)
    assert ball(referral) == (Ball.ASKER, asker.pk)


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_receives_and_leads_to_the_referral(specialist: User, child: Patient, service: Service) -> None:
    browser = client_for(specialist)
    url = reverse("referrals:unannounced", args=[child.pk])
    answer = browser.post(url, {"service_id": str(service.pk), "problem": "Carried in.", "priority": "2"})
    made = Referral.unscoped.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("referrals:show", args=[made.pk]))


def test_the_page_shows_a_referral_that_is_expected(
    specialist: User, asker: User, patient: Patient, service: Service
) -> None:
    referral = sent(asker, patient, service)
    page = client_for(specialist).get(reverse("referrals:unannounced", args=[patient.pk]))
    assert reverse("referrals:show", args=[referral.pk]) in page.content.decode()


def test_the_page_says_what_is_missing(specialist: User, child: Patient, service: Service) -> None:
    url = reverse("referrals:unannounced", args=[child.pk])
    answer = client_for(specialist).post(url, {"service_id": str(service.pk), "problem": "", "priority": "2"})
    assert answer.status_code == 422


def test_the_page_tells_a_refusal_of_the_database(specialist: User, child: Patient, service: Service) -> None:
    received(specialist, child, service)
    url = reverse("referrals:unannounced", args=[child.pk])
    answer = client_for(specialist).post(url, {"service_id": str(service.pk), "problem": "Again.", "priority": "2"})
    assert answer.status_code == 422 and "already" in answer.content.decode()


def test_who_receives_nobody_has_no_such_page(coordinator: User) -> None:
    assert client_for(coordinator).get(reverse("referrals:unannounced_choose")).status_code == 403


def test_the_children_of_the_house_are_offered(specialist: User, child: Patient, service: Service) -> None:
    page = client_for(specialist).get(reverse("referrals:unannounced_choose"))
    assert reverse("referrals:unannounced", args=[child.pk]) in page.content.decode()


def test_ones_own_service_stands_first(
    specialist: User, child: Patient, service: Service, other_service: Service
) -> None:
    page = client_for(specialist).get(reverse("referrals:unannounced", args=[child.pk]))
    offered = [value for value, _words in page.context["form"].fields["service_id"].choices]
    assert offered == [str(service.pk), str(other_service.pk)]
