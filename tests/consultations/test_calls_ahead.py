"""The list of video calls that lie ahead of somebody and of their clinic."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.casework.models import Service
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation
from consultations.queries.meetings import calls_of
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed
from tests.consultations.meetings import at, booked, called, proposed

pytestmark = pytest.mark.django_db
ADDRESS = "/consultations/calls/"


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return claimed(asker, specialist, patient, service)


def rows(user: User) -> list[dict[str, Any]]:
    actor = actor_for(user)
    with acting_as(actor):
        return calls_of(actor)


def test_what_the_other_side_proposed_is_theirs_to_choose(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held)
    assert [(row["my_turn"], row["waits_for"] != "") for row in rows(specialist)] == [(True, False)]
    assert [(row["my_turn"], row["waits_for"] != "") for row in rows(asker)] == [(False, True)]


def test_what_the_specialist_proposed_is_the_clinic_s(
    held: Consultation, asker: User, colleague: User, specialist: User
) -> None:
    proposed(specialist, held)
    assert [row["my_turn"] for user in (asker, colleague) for row in rows(user)] == [True, True]


def test_a_booked_one_stands_with_its_time_and_is_joined_when_it_is_near(
    held: Consultation, asker: User, specialist: User
) -> None:
    meeting = booked(asker, specialist, held, at(0.1))
    (row,) = rows(asker)
    assert (row["starts_at"], row["join_url"]) == (meeting.starts_at, f"/calls/{meeting.room_id}/")


def test_days_before_it_cannot_be_joined(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held, at(48))
    assert rows(asker)[0]["join_url"] == ""


def test_the_one_that_goes_on_comes_first(
    held: Consultation, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    proposed(asker, held)
    called(specialist, claimed(asker, specialist, patient, service))
    assert [row["step"] for row in rows(specialist)] == ["open", "proposed"]


def test_what_is_off_lies_ahead_no_more(held: Consultation, asker: User) -> None:
    proposed(asker, held)
    by(asker, operations.cancel_video, case_id=held.pk, reason="no_time")
    assert rows(asker) == []


def test_others_calls_are_theirs(held: Consultation, asker: User, other_specialist: User) -> None:
    proposed(asker, held)
    assert rows(other_specialist) == []


def test_the_page_names_no_child(held: Consultation, asker: User, specialist: User, patient: Patient) -> None:
    proposed(asker, held)
    shown = client_for(specialist).get(ADDRESS).content.decode()
    assert f"/consultations/{held.pk}/#case-call" in shown
    assert patient.name not in shown


def test_an_empty_page_says_where_one_is_proposed(specialist: User) -> None:
    assert "Propose one on the page" in client_for(specialist).get(ADDRESS).content.decode()


def test_who_neither_asks_nor_answers_has_no_such_page(coordinator: User) -> None:
    assert client_for(coordinator).get(ADDRESS).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(
    asker: User, specialist: User, patient: Patient, service: Service, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        proposed(asker, claimed(asker, specialist, patient, service))
    actor = actor_for(specialist)
    with acting_as(actor), django_assert_num_queries(1):
        assert len(calls_of(actor)) == count
