"""The card of those who receive: who is on the way to the house, who is there, and whom it follows up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.casework.states import Ball, Priority
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from referrals.models import Expected, Referral
from referrals.queries.expected import expected_card, expected_panel
from referrals.states import COMING_STEPS, OPEN_STEPS, Step
from tests.cast import actor_for, client_for
from tests.factories.cases import make_service
from tests.factories.people import make_staff
from tests.referrals.rows import referral_at
from tests.referrals.watched import wrongly_expected

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward_nurse(hospital: Institution) -> User:
    return make_staff("ward_nurse", hospital, Role.NURSE)


def card(user: User) -> dict[str, Any] | None:
    with acting_as(actor_for(user)) as actor:
        return expected_card(actor) or expected_panel(actor)


def test_it_has_who_travels_and_who_is_there_and_nobody_else(
    ward_nurse: User, asker: User, patient: Patient, service: Service
) -> None:
    made = {step: referral_at(step, patient, asker, service) for step in OPEN_STEPS}
    shown = card(ward_nurse)
    assert shown is not None
    assert {row["url"] for row in shown["rows"]} == {
        reverse("referrals:show", args=[made[step].pk]) for step in COMING_STEPS
    }


def test_the_sender_s_nurse_has_none_of_it(nurse: User, asker: User, patient: Patient, service: Service) -> None:
    referral_at(COMING_STEPS[0], patient, asker, service)
    assert card(nurse) is None


def test_who_neither_treats_nor_nurses_is_asked_for_nothing(coordinator: User, service: Service) -> None:
    assert card(coordinator) is None


def test_the_card_names_no_child(ward_nurse: User, asker: User, patient: Patient, service: Service) -> None:
    made = referral_at(COMING_STEPS[1], patient, asker, service)
    text = client_for(ward_nurse).get(reverse("casework:worklist")).content.decode()
    assert f"/referrals/{made.pk}/" in text and patient.name not in text


def test_one_query_for_one_child_and_for_three(
    ward_nurse: User, asker: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for _ in range(count):
            referral_at(COMING_STEPS[1], patient, asker, service)
        with acting_as(actor_for(ward_nurse)) as actor, django_assert_num_queries(1):
            expected_card(actor)


def test_a_doctor_of_the_house_has_it_beside_the_list(
    specialist: User, asker: User, patient: Patient, service: Service
) -> None:
    referral_at(COMING_STEPS[1], patient, asker, service)
    shown = card(specialist)
    assert shown is not None and shown["template"] == "referrals/expected_panel.html"


def test_a_nurse_hears_the_queues_of_the_house(
    ward_nurse: User, nurse: User, asker: User, patient: Patient, service: Service
) -> None:
    referral_at(COMING_STEPS[1], patient, asker, service)
    told = {user: client_for(user).get(reverse("casework:worklist")).content.decode() for user in (ward_nurse, nurse)}
    assert f"queue:{service.pk}@" in told[ward_nurse] and f"queue:{service.pk}@" not in told[nurse]


# --- its rows, which the database keeps


def test_the_rows_are_the_rule_for_every_step(asker: User, patient: Patient, service: Service) -> None:
    for step in OPEN_STEPS:
        referral_at(step, patient, asker, service)
    assert wrongly_expected() == []
    assert Expected.unscoped.count() == len(COMING_STEPS)


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({"priority": Priority.URGENT}, True),
        ({"due_at": datetime(2030, 1, 1, tzinfo=UTC)}, True),
        ({"submitted_at": None}, False),
        ({"is_open": False, "ball": Ball.NONE, "closed_at": datetime(2030, 1, 1, tzinfo=UTC)}, False),
    ],
)
def test_whatever_is_written_of_the_case_they_follow(
    asker: User, patient: Patient, service: Service, change: dict[str, Any], stands: bool
) -> None:
    made = referral_at(COMING_STEPS[0], patient, asker, service)
    Case.unscoped.filter(pk=made.pk).update(ball_user=None, **change)
    assert Expected.unscoped.filter(pk=made.pk).exists() is stands
    assert wrongly_expected() == []


def test_they_follow_the_service_that_is_asked(
    asker: User, patient: Patient, service: Service, unrelated: Institution
) -> None:
    made = referral_at(COMING_STEPS[0], patient, asker, service)
    Case.unscoped.filter(pk=made.pk).update(service=make_service(unrelated, service.specialty))
    row = Expected.unscoped.get()
    assert str(row) == f"{made.pk} at {unrelated.pk}"


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [(Step.ACCEPTED, Step.TRANSPORT, True), (Step.UNDER_CARE, Step.OUTCOME_SENT, False)],
)
def test_they_follow_the_step(
    asker: User, patient: Patient, service: Service, before: Step, after: Step, stands: bool
) -> None:
    made = referral_at(before, patient, asker, service)
    assert Expected.unscoped.exists() is not stands
    Referral.unscoped.filter(pk=made.pk).update(step=after)
    assert Expected.unscoped.exists() is stands


def test_they_go_with_the_referral(asker: User, patient: Patient, service: Service) -> None:
    made = referral_at(COMING_STEPS[0], patient, asker, service)
    Referral.unscoped.filter(pk=made.pk).delete()
    assert not Expected.unscoped.exists()
