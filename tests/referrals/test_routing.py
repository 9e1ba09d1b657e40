"""Where a child may go: by specialty, age, urgency, tier, nearness, duty and free places, with the reason in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from consortium.casework.models import Booking, Calendar, Service, ServiceMember, Slot, SlotRule
from consortium.casework.states import BookingKind, BookingStep, Priority, Symptom
from consortium.clinical.diagnoses import diagnoses
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role, Tier
from referrals.models import BedBoard
from referrals.queries.routing import AHEAD, Need, Places, free_places, places
from referrals.states import Place
from tests.cast import actor_for
from tests.consultations.cases import answered
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_pathway
from tests.factories.people import make_institution, make_specialty, make_staff
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db

# --- the services of a consortium


@pytest.fixture
def need(community: Institution) -> Need:
    return Need(community, 210, Priority.ROUTINE, Symptom.COUGH)


def names(found: list[Any]) -> list[str]:
    return [place.service.specialty.code for place in found]


def able(found: list[Any]) -> list[str]:
    return names([place for place in found if not place.refusal])


def reasons(found: list[Any], service: Service) -> tuple[str, ...]:
    return next(tuple(place.reasons) for place in found if place.service == service)


def test_the_fitting_specialty_comes_first(need: Need, service: Service, other_service: Service) -> None:
    assert names(places(need)) == ["respiratory", "cardiology"]
    assert "for Cough or difficult breathing" in reasons(places(need), service)


def test_the_diagnosis_is_the_reason_in_the_readers_language(
    community: Institution, service: Service, other_service: Service
) -> None:
    need = Need(community, 210, Priority.ROUTINE, Symptom.COUGH, "I50.9")
    assert places(need)[0].service == other_service
    with translation.override("zh-hans"):
        assert diagnoses()["I50.9"].zh in " ".join(str(each) for each in reasons(places(need), other_service))


def test_a_code_that_is_not_listed_is_its_own_reason(community: Institution, other_service: Service) -> None:
    need = Need(community, 210, Priority.ROUTINE, "", "I99.9")
    assert "for I99.9" in reasons(places(need), other_service)


def test_general_paediatrics_comes_before_another_specialty(
    need: Need, other_service: Service, district: Institution
) -> None:
    general = make_service(district, make_specialty("paediatrics"))
    assert names(places(need)) == ["paediatrics", "cardiology"]
    assert "sees any child" in reasons(places(need), general)


def test_ones_own_institution_is_no_place(need: Need, community: Institution, service: Service) -> None:
    own = make_service(community, service.specialty)
    assert own not in [place.service for place in places(need)]


def test_nobody_goes_down(district: Institution, community: Institution, service: Service) -> None:
    below = make_service(community, service.specialty)
    found = [place.service for place in places(Need(district, 210, Priority.ROUTINE))]
    assert (service in found, below in found) == (True, False)


def test_the_same_tier_is_a_place_too(need: Need, service: Service) -> None:
    beside = make_service(make_institution(tier=Tier.COMMUNITY), service.specialty)
    assert beside in [place.service for place in places(need)]


def test_another_community_centre_comes_after_every_hospital(
    need: Need, other_service: Service, service: Service
) -> None:
    make_service(make_institution(tier=Tier.COMMUNITY), service.specialty)
    assert places(need)[-1].service.institution.tier == Tier.COMMUNITY


def test_what_is_closed_is_no_place(need: Need, service: Service, other_service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(is_open=False)
    assert names(places(need)) == ["cardiology"]
    Institution.objects.filter(pk=other_service.institution_id).update(closed_at=clock.now())
    assert places(need) == []


def test_who_does_not_take_the_age_stands_last_with_the_reason(
    need: Need, service: Service, other_service: Service
) -> None:
    Service.objects.filter(pk=service.pk).update(below_days=60)
    assert names(places(need)) == ["cardiology", "respiratory"]
    assert "below the age of 2 months" in reasons(places(need), service)[0]
    assert able(places(need)) == ["cardiology"]


def test_who_does_not_take_the_urgency_is_not_among_the_best(
    community: Institution, service: Service, other_service: Service
) -> None:
    Service.objects.filter(pk=service.pk).update(urgencies=[Priority.ROUTINE])
    assert able(places(Need(community, 210, Priority.URGENT, Symptom.COUGH))) == ["cardiology"]


def test_what_the_child_needs_weighs_more_than_the_specialty(
    community: Institution, service: Service, respiratory: Any, district: Institution
) -> None:
    Institution.objects.filter(pk=district.pk).update(capabilities=["picu"])
    able = make_service(district, make_specialty("paediatrics"))
    need = Need(community, 210, Priority.ROUTINE, Symptom.COUGH, capabilities=["picu"])
    assert places(need)[0].service == able
    assert "has Paediatric intensive care" in reasons(places(need), able)
    assert "lacks Paediatric intensive care" in reasons(places(need), service)


def test_in_danger_whoever_is_there_now_comes_first(
    community: Institution, hospital: Institution, service: Service
) -> None:
    far = make_service(make_institution(tier=Tier.TERTIARY), service.specialty)
    make_service_member(far, make_staff("far_one", far.institution, Role.SPECIALIST))
    urgent, routine = (
        places(Need(community, 210, each, Symptom.COUGH)) for each in (Priority.URGENT, Priority.ROUTINE)
    )
    assert (urgent[0].service, routine[0].service) == (far, service)
    assert "somebody is on duty now" in reasons(urgent, far)


def test_in_danger_a_free_bed_comes_first(
    community: Institution, hospital: Institution, lead: User, service: Service
) -> None:
    far = make_service(make_institution(tier=Tier.TERTIARY), service.specialty)
    BedBoard.objects.create(service=far, place=Place.WARD, free=2, noted_at=clock.now(), noted_by=lead)
    BedBoard.objects.create(service=service, place=Place.WARD, free=0, noted_at=clock.now(), noted_by=lead)
    ServiceMember.objects.all().delete()
    found = places(Need(community, 210, Priority.URGENT, Symptom.COUGH))
    assert found[0].service == far
    assert any("2 free beds" in each for each in reasons(found, far))
    assert not any("free bed" in each for each in reasons(found, service))


def test_stat_finds_the_emergency(community: Institution, hospital: Institution, service: Service) -> None:
    emergency = make_service(hospital, make_specialty("emergency"))
    assert "takes any child in danger" in reasons(places(Need(community, 210, Priority.STAT, "")), emergency)


def test_a_newborn_finds_its_doctors(community: Institution, hospital: Institution, service: Service) -> None:
    newborn = make_service(hospital, make_specialty("neonatology"))
    found = places(Need(community, 3, Priority.ROUTINE, ""))
    assert (found[0].service, "for newborns" in reasons(found, newborn)) == (newborn, True)


def test_the_own_region_comes_first(need: Need, service: Service) -> None:
    far = make_service(make_institution(tier=Tier.TERTIARY), service.specialty)
    found = places(need)
    assert [place.service for place in found] == [service, far]
    assert "Children's hospital of your region" in reasons(found, service)
    assert "Children's hospital" in reasons(found, far)


def test_the_nearer_tier_comes_first(need: Need, service: Service, district: Institution) -> None:
    near = make_service(district, service.specialty)
    assert [place.service for place in places(need)] == [near, service]


def test_who_knows_the_child_comes_first(
    community: Institution, patient: Patient, service: Service, district: Institution
) -> None:
    make_service(district, service.specialty)
    pathway = make_pathway(patient, service.institution)
    need = Need(community, 210, Priority.ROUTINE, Symptom.COUGH, pathway_id=pathway.pk)
    assert places(need)[0].service == service
    assert "knows the child" in reasons(places(need), service)


def test_a_referrals_draft_says_what_it_needs(asker: User, patient: Patient, service: Service) -> None:
    made = sent(asker, patient, service, diagnosis_code="J05.0", symptom=Symptom.STRIDOR, needs_capabilities=["ct"])
    need = Need.of_referral(made)
    assert (need.diagnosis_code, need.symptom, list(need.capabilities), need.institution) == (
        "J05.0", "stridor", ["ct"], patient.registered_at,
    )  # fmt: skip


# --- free places


@pytest.fixture
def slot(service: Service) -> Slot:
    """Tomorrow: two places, one of them kept for referrals."""
    calendar = Calendar.objects.create(service=service, name_en="Clinic")
    begins = (clock.now() + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
    rule = SlotRule.objects.create(
        calendar=calendar, weekday=begins.isoweekday() % 7, starts="10:00", minutes=20, count=1, capacity=2, quota=1,
        begins_on=begins.date(),
    )  # fmt: skip
    period = (begins, begins + timedelta(minutes=20))
    made = Slot.objects.create(calendar=calendar, rule=rule, period=period, capacity=2, quota=1)
    return Slot.objects.get(pk=made.pk)


def booked(slot: Slot, place: int) -> None:
    Booking.unscoped.create(kind=BookingKind.CLINIC, slot=slot, place=place, period=slot.period, created_at=clock.now())


def test_the_first_free_place_is_a_reason(need: Need, service: Service, slot: Slot) -> None:
    assert free_places([service.pk]) == {service.pk: slot.begins}
    assert any(each.startswith("free place on ") for each in reasons(places(need), service))


def test_of_two_alike_who_has_a_place_comes_first(need: Need, service: Service, slot: Slot) -> None:
    other = make_institution("Aaa", tier=Tier.TERTIARY, region=service.institution.region)
    make_service(other, service.specialty)
    assert places(need)[0].service == service


def test_a_place_kept_for_referrals_that_is_taken_is_none(service: Service, slot: Slot) -> None:
    booked(slot, 1)
    assert free_places([service.pk]) == {}


def test_a_place_of_the_services_own_takes_none_from_the_referrals(service: Service, slot: Slot) -> None:
    booked(slot, 2)
    assert service.pk in free_places([service.pk])


def test_what_was_cancelled_is_free(service: Service, slot: Slot) -> None:
    booked(slot, 1)
    Booking.unscoped.update(step=BookingStep.CANCELLED)
    assert service.pk in free_places([service.pk])


def test_what_is_not_published_or_too_far_is_no_place(service: Service, slot: Slot) -> None:
    far = slot.begins + AHEAD
    Slot.objects.filter(pk=slot.pk).update(period=(far, far + timedelta(minutes=20)))
    assert free_places([service.pk]) == {}
    Slot.objects.filter(pk=slot.pk).update(period=slot.period, withdrawn_at=clock.now())
    assert free_places([service.pk]) == {}


# --- how much it costs, and the port


@pytest.mark.parametrize("count", [1, 3])
def test_five_queries_whatever_the_number_of_services(
    need: Need, patient: Patient, service: Service, count: int, django_assert_num_queries: Any
) -> None:
    for _each in range(count):
        make_service(make_institution(tier=Tier.TERTIARY), service.specialty)
    pathway = make_pathway(patient, service.institution)
    with django_assert_num_queries(5):
        places(Need(need.institution, 210, Priority.ROUTINE, Symptom.COUGH, pathway_id=pathway.pk))


def test_the_port_suggests_who_has_answered_first(
    asker: User, specialist: User, patient: Patient, service: Service, district: Institution
) -> None:
    make_service(district, service.specialty)
    case = answered(asker, specialist, patient, service).case
    with acting_as(actor_for(asker)):
        suggested = Places().suggested(case)
    assert suggested[0][0] == str(service.pk)
    assert "has answered about the child" in suggested[0][1]
