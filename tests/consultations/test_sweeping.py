"""The net: an open case that came to somebody in the instant in which they ceased to be able passes to the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.casework.models import BallSpell, Case, Service, ServiceMember
from consortium.casework.states import Ball, Priority
from consortium.journal.models import Entry
from consortium.journal.queries import chain_faults
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.operations import suspend_person
from consultations import operations
from consultations.models import Consultation
from consultations.queries.stranded import stranded
from consultations.states import Step
from consultations.tasks import pass_on
from tests.consultations.cases import by, claimed
from tests.consultations.test_concurrency import ROUNDS, as_user, race
from tests.consultations.test_walks import _can_act

pytestmark = pytest.mark.django_db


def case_of(consultation: Consultation) -> Case:
    found: Case = Case.unscoped.select_related("service").get(pk=consultation.pk)
    return found


def slip(user: User, **where: Any) -> None:
    """The seats are suspended as if by another hand: nobody hears of it."""
    now = clock.now()
    Membership.unscoped.filter(user=user, **where).update(suspended_at=now, suspended_by=user)


# -- what is found --------------------------------------------------------------------------------------------------


def test_where_everybody_can_act_nothing_is_found(asked: Consultation, held: Consultation, given: Consultation) -> None:
    assert stranded() == []
    assert pass_on() == 0


def test_one_query_whatever_there_is(given: Consultation, asker: User, django_assert_num_queries: Any) -> None:
    slip(asker)
    with django_assert_num_queries(1):
        assert len(stranded()) == 1


def test_the_most_urgent_first_and_not_more_than_asked_for(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = [claimed(asker, specialist, patient, service, priority=p).pk for p in (Priority.ROUTINE, Priority.STAT)]
    slip(specialist)
    assert stranded() == made[::-1]
    assert stranded(most=1) == made[1:]


def test_a_closed_case_is_not_found(given: Consultation, asker: User) -> None:
    by(asker, operations.close_out, case_id=given.pk, change="nothing", referral_avoided=False)
    slip(asker)
    assert stranded() == []


# -- a specialist ---------------------------------------------------------------------------------------------------


def test_a_specialist_without_a_seat_gives_it_back(held: Consultation, specialist: User) -> None:
    slip(specialist)
    assert pass_on() == 1
    case = case_of(held)
    assert (case.responder_id, case.ball) == (None, Ball.COORDINATOR)


def test_a_specialist_who_left_the_service_gives_it_back(held: Consultation, specialist: User) -> None:
    ServiceMember.objects.filter(user=specialist).update(left_at=clock.now())
    assert pass_on() == 1
    assert case_of(held).responder_id is None


def test_a_specialist_whose_account_is_closed_gives_it_back(held: Consultation, specialist: User) -> None:
    User.objects.filter(pk=specialist.pk).update(is_active=False)
    assert pass_on() == 1
    assert case_of(held).responder_id is None


def test_one_that_waits_for_the_asker_is_taken_from_a_specialist_who_is_gone(
    held: Consultation, specialist: User
) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Fever?", key=uuid4())
    slip(specialist)
    assert pass_on() == 1
    assert case_of(held).responder_id is None


def test_an_answered_one_stays_with_the_asker(given: Consultation, specialist: User, asker: User) -> None:
    slip(specialist)
    assert pass_on() == 0
    assert case_of(given).ball_user_id == asker.pk


# -- the asking side ------------------------------------------------------------------------------------------------


def test_an_asker_who_is_gone_leaves_it_to_a_colleague(given: Consultation, asker: User, colleague: User) -> None:
    slip(asker)
    assert pass_on() == 1
    case = case_of(given)
    assert (case.ball, case.ball_user_id) == (Ball.ASKER, None)


def test_where_nobody_of_the_clinic_is_left_the_coordinator_has_it(given: Consultation, asker: User) -> None:
    slip(asker)
    assert pass_on() == 1
    assert case_of(given).ball == Ball.COORDINATOR


def test_a_clinic_that_held_it_as_a_whole_and_is_empty_now_leaves_it_to_the_coordinator(
    given: Consultation, asker: User, colleague: User
) -> None:
    slip(asker)
    pass_on()
    slip(colleague)
    assert pass_on() == 1
    assert case_of(given).ball == Ball.COORDINATOR


def test_a_clinic_that_can_act_again_takes_it_back(given: Consultation, asker: User) -> None:
    slip(asker)
    pass_on()
    Membership.unscoped.filter(user=asker).update(suspended_at=None, suspended_by=None)
    assert pass_on() == 1
    case = case_of(given)
    assert (case.ball, case.ball_user_id) == (Ball.ASKER, asker.pk)


def test_a_seat_that_ends_by_its_date_passes_it_on(given: Consultation, asker: User) -> None:
    """No operation ends it: the day does."""
    Membership.unscoped.filter(user=asker).update(ends_on=clock.today() + timedelta(days=1))
    assert pass_on() == 0
    with clock.moved(timedelta(days=2)):
        assert pass_on() == 1


def test_one_in_the_queue_stays_there(asked: Consultation, asker: User) -> None:
    slip(asker)
    assert pass_on() == 0
    assert case_of(asked).ball == Ball.COORDINATOR


# -- once -------------------------------------------------------------------------------------------------------------


def test_swept_twice_it_is_passed_on_once(held: Consultation, specialist: User) -> None:
    slip(specialist)
    assert (pass_on(), pass_on()) == (1, 0)
    assert Entry.unscoped.filter(verb="return_to_queue").count() == 1


def test_what_another_moved_meanwhile_is_left_alone(
    held: Consultation, specialist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consultations.operations.sweeping.stranded", lambda: [held.pk])
    assert pass_on() == 0
    assert case_of(held).responder_id == specialist.pk


def test_what_was_closed_meanwhile_is_left_alone(
    held: Consultation, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    by(asker, operations.withdraw, case_id=held.pk, reason="resolved")
    monkeypatch.setattr("consultations.operations.sweeping.stranded", lambda: [held.pk])
    assert pass_on() == 0


def test_the_journal_says_that_the_system_did_it(held: Consultation, specialist: User) -> None:
    slip(specialist)
    pass_on()
    assert Entry.unscoped.get(verb="return_to_queue").actor_kind == "system"
    assert list(chain_faults()) == []


def test_the_ledger_has_one_running_turn(given: Consultation, asker: User) -> None:
    slip(asker)
    pass_on()
    assert BallSpell.unscoped.get(case_id=given.pk, until=None).party == Ball.COORDINATOR


# -- the race itself ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_last_asker_suspended_while_the_case_passes_to_any_of_them(
    asker: User, colleague: User, specialist: User, patient: Patient, service: Service, community: Institution,
    community_admin: User, figure: Any,
) -> None:  # fmt: skip
    """The asker is gone, one colleague is left, and is suspended just as the specialist asks the clinic for more."""
    seats = Membership.unscoped.filter(user__in=[asker, colleague])
    swept = 0
    for _ in range(ROUNDS):
        seats.update(suspended_at=None, suspended_by=None)
        case_id = claimed(asker, specialist, patient, service).pk
        by(community_admin, suspend_person, user_id=asker.pk, institution_id=community.pk)
        results = race([
            as_user(specialist, operations.ask_information, case_id=case_id, text="Fever?", key=uuid4()),
            as_user(community_admin, suspend_person, user_id=colleague.pk, institution_id=community.pk),
        ])  # fmt: skip
        assert None not in results
        swept += pass_on()
        case = Case.unscoped.select_related("service", "consultation").get(pk=case_id)
        with acting_as(system("test")):
            assert _can_act(case), f"{case.ball} at {case.consultation.step}"
        assert case.consultation.step == Step.ON_HOLD
    figure("suspended while a case passes to the clinic", f"{ROUNDS} rounds, {swept} caught by the sweep, 0 left over")


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_pass_it_on_once(held: Consultation, specialist: User) -> None:
    slip(specialist)
    race([pass_on, pass_on])
    assert Entry.unscoped.filter(verb="return_to_queue").count() == 1
