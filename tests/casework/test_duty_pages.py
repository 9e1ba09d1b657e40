"""The screens of one's own duty and of hand-overs: what they show, what they refuse, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.casework import operations
from consortium.casework.models import (
    Handover,
    HandoverItem,
    Service,
    ServiceMember,
)
from consortium.casework.queries.duty import duty_now
from consortium.casework.states import HandoverStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.operations import suspend_person
from tests.casework.pages import page, post
from tests.casework.rosters import booked, person, shift
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed

pytestmark = pytest.mark.django_db


# -- my duty ----------------------------------------------------------------------------------------------------------


def test_my_duty_shows_shifts_bookings_and_what_is_open(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    shift(service, specialist)
    booked(specialist, person(specialist))
    text = page(client_for(specialist), "/cases/duty/")
    assert "1 thing open" in text
    assert "Offer to somebody" in text
    assert "Video call" in text
    assert patient.name not in text


def test_my_duty_is_empty_for_who_has_none(asker: User) -> None:
    text = page(client_for(asker), "/cases/duty/")
    assert "You stand on no roster" in text
    assert "Nothing is booked" in text


def test_my_duty_costs_the_same_for_one_shift_and_for_three(
    specialist: User, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(specialist)
    page(client, "/cases/duty/")
    for n in range(3):
        shift(service, specialist, 24 * n + 1)
        booked(specialist, person(specialist), begins=24 * n + 12)
        with django_assert_num_queries(19):
            page(client, "/cases/duty/")


# -- hand-over --------------------------------------------------------------------------------------------------------


def test_the_hand_over_page_lists_everything_without_a_name(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    for _ in range(2):
        claimed(asker, specialist, patient, service)
    text = page(client_for(specialist), f"/cases/services/{service.pk}/hand-over/")
    assert "Hand over 2 things" in text
    assert "Girl" in text
    assert patient.name not in text


def test_a_hand_over_is_offered_read_and_taken_on_pages(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    note = {f"case:{made.pk}": "Recheck the saturation at nine."}
    url = f"/cases/services/{service.pk}/hand-over/"
    post(client_for(specialist), url, to_user_id=other_specialist.pk, **note)
    handover = Handover.unscoped.get()
    assert "You have offered a hand-over" in page(client_for(specialist), url)
    assert "hands over to you" in page(client_for(other_specialist), "/cases/duty/")
    text = page(client_for(other_specialist), f"/cases/hand-overs/{handover.pk}/")
    assert "Recheck the saturation at nine." in text
    assert "I take over" in text
    assert patient.name not in text
    post(client_for(other_specialist), f"/cases/hand-overs/{handover.pk}/take-over/")
    assert HandoverItem.unscoped.get().outcome == "taken"
    assert "Taken over" in page(client_for(specialist), f"/cases/hand-overs/{handover.pk}/")


def test_a_hand_over_is_withdrawn_on_its_page(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = by(specialist, operations.offer_handover, service_id=service.pk, to_user_id=other_specialist.pk)
    assert "Withdraw" in page(client_for(specialist), f"/cases/hand-overs/{made.pk}/")
    post(client_for(specialist), f"/cases/hand-overs/{made.pk}/withdraw/")
    made.refresh_from_db()
    assert made.step == HandoverStep.LAPSED


def test_nothing_open_is_said_so(specialist: User, service: Service) -> None:
    assert "Nothing is open" in page(client_for(specialist), f"/cases/services/{service.pk}/hand-over/")


def test_a_second_offer_comes_back_with_the_reason(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    url = f"/cases/services/{service.pk}/hand-over/"
    post(client_for(specialist), url, to_user_id=other_specialist.pk)
    answer = post(client_for(specialist), url, 422, to_user_id=other_specialist.pk)
    assert "waits to be taken over" in answer.content.decode()


def test_going_off_duty_on_the_page_returns_the_work(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    post(client_for(specialist), f"/cases/services/{service.pk}/off-duty/")
    made.case.refresh_from_db()
    assert made.case.responder_id is None
    assert not ServiceMember.objects.get(user=specialist).on_duty_now


# -- pages cost the same for one row and for three --------------------------------------------------------------------


def test_the_hand_over_pages_cost_the_same_for_one_and_for_three(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    client = client_for(specialist)
    for n in range(3):
        claimed(asker, specialist, patient, service)
        with django_assert_num_queries(15):
            assert page(client, f"/cases/services/{service.pk}/hand-over/").count('class="case"') == n + 1
        made = by(specialist, operations.offer_handover, service_id=service.pk, to_user_id=other_specialist.pk)
        with django_assert_num_queries(7):
            assert page(client, f"/cases/hand-overs/{made.pk}/").count('class="case"') == n + 1
        by(specialist, operations.withdraw_handover, handover_id=made.pk)


def test_who_is_suspended_is_on_duty_for_nobody(
    admin: User, specialist: User, service: Service, hospital: Institution
) -> None:
    shift(service, specialist, -1)
    suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    assert duty_now([service])[0]["names"] == []
