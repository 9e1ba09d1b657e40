"""The visits close to home: done, missed and recalled, got worse, over; the pathway closes when all is over."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from consortium.casework.models import Service
from consortium.casework.states import Ball, Leg, Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from referrals.models import FollowUp, Offer, Referral
from referrals.operations.following import end_follow_up, visit_done, visit_missed, worsened
from referrals.operations.outcomes import acknowledge
from referrals.operations.sending import AlreadyReferred
from referrals.operations.urgency import raise_urgency
from referrals.queries.following import times_missed
from referrals.states import FollowUpStep, Kind, OfferStep, Reason, Step
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.referrals.cared import (
    admitted,
    ended_at,
    followed,
    fresh,
    holder,
    plan,
    running,
    sent_back,
    told,
    visits,
)
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(community: Institution, respiratory: Specialty) -> Service:
    return make_service(community, respiratory)


@pytest.fixture
def up(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    """Sent up; its outcome is told, and not yet acknowledged."""
    return told(asker, specialist, patient, service)


@pytest.fixture
def home(up: Referral, asker: User, specialist: User, centre: Service) -> Referral:
    """Followed up by the community doctor: visits in three days and in ten."""
    return followed(sent_back(up, specialist, centre), asker)


def steps(referral: Referral) -> list[str]:
    return [visit.step for visit in visits(referral)]


def due(referral: Referral) -> int:
    """In how many days the clock strikes."""
    return round((fresh(referral).case.due_at - clock.midnight(clock.today())) / timedelta(days=1))


# --- done -------------------------------------------------------------------------------------------------------------


def test_a_visit_is_made_by_somebody_who_says_how_the_child_is(home: Referral, nurse: User) -> None:
    by(nurse, visit_done, case_id=home.pk, text=" No stridor, gains weight. ")
    first = visits(home)[0]
    assert (first.step, first.finding) == (FollowUpStep.DONE, "No stridor, gains weight.")
    assert (first.done_by_id, first.done_at is None) == (nurse.pk, False)


def test_the_clock_runs_to_the_next_visit(home: Referral, nurse: User, asker: User) -> None:
    assert due(home) == 4
    by(nurse, visit_done, case_id=home.pk, text="Well.")
    assert (running(home), due(home)) == ([Leg.FOLLOW_UP], 11)
    assert holder(home) == (Ball.RESPONDER, asker.pk)


def test_the_last_visit_ends_the_follow_up(home: Referral, nurse: User) -> None:
    for _ in range(2):
        by(nurse, visit_done, case_id=home.pk, text="Well.")
    over = fresh(home)
    assert (over.step, over.case.is_open, running(home)) == (Step.FOLLOWED, False, [])
    assert [o.step for o in Offer.unscoped.filter(case_id=home.pk)] == [OfferStep.COMPLETED]


def test_both_acts_stand_in_the_journal(home: Referral, nurse: User) -> None:
    for _ in range(2):
        by(nurse, visit_done, case_id=home.pk, text="Well.")
    verbs = list(Entry.unscoped.filter(subject_id=str(home.pk)).order_by("pk").values_list("verb", flat=True))
    assert verbs[-3:] == ["visit_done", "visit_done", "end_follow_up"]


def test_another_visit_is_planned_with_one_that_was_made(home: Referral, nurse: User) -> None:
    on = clock.today() + timedelta(days=5)
    by(nurse, visit_done, case_id=home.pk, text="Well.", next_on=on, next_task=" Weigh. ")
    assert [(v.number, v.due_on, v.task) for v in visits(home)][2] == (3, on, "Weigh.")
    assert due(home) == 6


def test_with_the_last_visit_one_more_goes_on(home: Referral, nurse: User) -> None:
    by(nurse, visit_done, case_id=home.pk, text="Well.")
    on = clock.today() + timedelta(days=20)
    by(nurse, visit_done, case_id=home.pk, text="Coughs.", next_on=on, next_task="Listen.")
    assert (fresh(home).step, due(home)) == (Step.FOLLOWING, 21)


def test_a_visit_says_how_the_child_is(home: Referral, nurse: User) -> None:
    with pytest.raises(InvalidInput) as error:
        by(nurse, visit_done, case_id=home.pk, text=" ")
    assert list(error.value.fields) == ["text"]


@pytest.mark.parametrize(
    ("days", "task", "wrong"), [(1, "", "next_task"), (1, "x" * 501, "next_task"), (-1, "Weigh.", "next_on")]
)
def test_another_visit_has_a_day_ahead_and_a_task(
    home: Referral, nurse: User, days: int, task: str, wrong: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        by(
            nurse, visit_done, case_id=home.pk, text="Well.", next_on=clock.today() + timedelta(days=days),
            next_task=task,
        )  # fmt: skip
    assert list(error.value.fields) == [wrong]


def test_what_is_found_is_a_text_and_not_a_book(home: Referral, nurse: User) -> None:
    with pytest.raises(InvalidInput):
        by(nurse, visit_done, case_id=home.pk, text="x" * 10_001)


def test_the_hospital_does_not_make_the_visits(home: Referral, specialist: User) -> None:
    with pytest.raises(NotPermitted):
        by(specialist, visit_done, case_id=home.pk, text="Well.")


def test_without_a_visit_ahead_none_is_made(home: Referral, nurse: User) -> None:
    FollowUp.unscoped.filter(case_id=home.pk).delete()
    with pytest.raises(WrongStep, match="No visit is planned"):
        by(nurse, visit_done, case_id=home.pk, text="Well.")


# --- missed -----------------------------------------------------------------------------------------------------------


def missed(user: User, referral: Referral, days: int) -> None:
    by(user, visit_missed, case_id=referral.pk, recall_on=clock.today() + timedelta(days=days))


def test_who_did_not_come_is_called_again(home: Referral, nurse: User, asker: User) -> None:
    missed(nurse, home, 5)
    first = visits(home)[0]
    assert (first.step, first.day) == (FollowUpStep.RECALL, clock.today() + timedelta(days=5))
    assert (due(home), holder(home)) == (6, (Ball.RESPONDER, asker.pk))


def test_missed_twice_somebody_finds_the_family(home: Referral, nurse: User) -> None:
    missed(nurse, home, 5)
    missed(nurse, home, 7)
    assert steps(home) == [FollowUpStep.MISSED, FollowUpStep.PLANNED, FollowUpStep.PLANNED]
    assert holder(home) == (Ball.COORDINATOR, None)
    assert Entry.unscoped.filter(verb="visit_missed").latest("pk").facts["times"] == 2


def test_the_visit_that_was_missed_twice_stays_planned(home: Referral, nurse: User) -> None:
    missed(nurse, home, 5)
    missed(nurse, home, 7)
    again = visits(home)[2]
    assert (again.task, again.due_on) == ("Weigh, count breaths.", clock.today() + timedelta(days=7))
    assert due(home) == 8


def test_who_is_found_is_followed_by_the_centre_again(
    home: Referral, nurse: User, coordinator: User, asker: User
) -> None:
    missed(nurse, home, 5)
    missed(nurse, home, 7)
    by(coordinator, visit_done, case_id=home.pk, text="Moved to the grandmother; well.")
    assert holder(home) == (Ball.RESPONDER, asker.pk)
    assert by(nurse, lambda actor: times_missed(home.pk)) == 0


def test_missed_once_and_once_again_later_is_not_in_a_row(home: Referral, nurse: User) -> None:
    missed(nurse, home, 5)
    by(nurse, visit_done, case_id=home.pk, text="Well.")
    missed(nurse, home, 12)
    assert by(nurse, lambda actor: times_missed(home.pk)) == 1
    assert holder(home)[0] == Ball.RESPONDER


def test_the_second_try_comes_after_the_first(home: Referral, nurse: User) -> None:
    for days in (-1, 2):
        with pytest.raises(InvalidInput) as error:
            missed(nurse, home, days)
        assert list(error.value.fields) == ["recall_on"]


# --- worse ------------------------------------------------------------------------------------------------------------


def test_who_gets_worse_goes_up_again_to_whom_it_came_from(home: Referral, asker: User, service: Service) -> None:
    again = by(asker, worsened, case_id=home.pk, question="Stridor at rest again.")
    made = fresh(again)
    assert (made.kind, made.step, made.parent_id, made.reason) == (Kind.UP, Step.REQUESTED, home.pk, Reason.WORSE)
    assert (made.case.service_id, made.case.priority) == (service.pk, Priority.URGENT)
    assert made.case.pathway_id == fresh(home).case.pathway_id
    assert (made.case.asker_id, made.recorded_by_id) == (asker.pk, None)


def test_the_follow_up_is_over_and_the_pathway_is_not(home: Referral, asker: User) -> None:
    by(asker, worsened, case_id=home.pk, question="Stridor at rest again.")
    over = fresh(home)
    assert (over.step, over.case.is_open, running(home)) == (Step.FOLLOWED, False, [])
    assert steps(home) == [FollowUpStep.WORSENED, FollowUpStep.CANCELLED]
    assert ended_at(home) is None


def test_a_nurse_sends_up_for_the_doctor_who_follows(home: Referral, nurse: User, asker: User) -> None:
    again = fresh(by(nurse, worsened, case_id=home.pk, question="Stridor.", priority=Priority.STAT))
    assert (again.case.asker_id, again.recorded_by_id, again.is_stat) == (asker.pk, nurse.pk, True)
    assert holder(again)[0] == Ball.RESPONDER


def test_to_another_service_when_told(home: Referral, asker: User, other_service: Service) -> None:
    again = by(asker, worsened, case_id=home.pk, question="A murmur.", service_id=other_service.pk)
    assert fresh(again).case.service_id == other_service.pk


def test_twice_with_one_key_is_one_referral(home: Referral, asker: User) -> None:
    key = uuid4()
    first, second = (by(asker, worsened, case_id=home.pk, question="Stridor.", key=key) for _ in range(2))
    assert first.pk == second.pk


def test_what_has_got_worse_is_said(home: Referral, asker: User) -> None:
    with pytest.raises(InvalidInput) as error:
        by(asker, worsened, case_id=home.pk, question="")
    assert list(error.value.fields) == ["question"]
    assert fresh(home).step == Step.FOLLOWING


def test_the_hospital_does_not_send_up(home: Referral, specialist: User) -> None:
    with pytest.raises(NotPermitted):
        by(specialist, worsened, case_id=home.pk, question="Stridor.")


def under_follow_up(asker: User, specialist: User, patient: Patient, service: Service, centre: Service) -> Referral:
    """Home with a plan while the hospital still owes the outcome."""
    inside = admitted(asker, specialist, patient, service)
    return followed(sent_back(inside, specialist, centre), asker)


def test_a_child_that_got_worse_goes_up_beside_what_is_still_open(
    asker: User, specialist: User, patient: Patient, service: Service, centre: Service
) -> None:
    home = under_follow_up(asker, specialist, patient, service, centre)
    again = fresh(by(asker, worsened, case_id=home.pk, question="Stridor.", priority=Priority.ROUTINE))
    assert (again.step, again.is_stat, again.again) == (Step.REQUESTED, False, True)
    assert Referral.unscoped.filter(patient=patient, kind=Kind.UP, step=Step.UNDER_CARE).exists()


def test_an_ordinary_second_one_is_still_one_too_many(
    asker: User, specialist: User, patient: Patient, service: Service, centre: Service
) -> None:
    under_follow_up(asker, specialist, patient, service, centre)
    with pytest.raises(AlreadyReferred):
        sent(asker, patient, service)


def test_beside_the_second_of_a_child_that_got_worse_there_is_none(
    home: Referral, asker: User, service: Service
) -> None:
    again = fresh(by(asker, worsened, case_id=home.pk, question="Stridor."))
    with pytest.raises(AlreadyReferred):
        sent(asker, again.patient, service, symptom=again.case.symptom)


def test_where_it_came_from_is_closed_the_fittest_takes_it(
    home: Referral, asker: User, service: Service, other_service: Service
) -> None:
    Service.objects.filter(pk=service.pk).update(is_open=False)
    again = by(asker, worsened, case_id=home.pk, question="Stridor.")
    assert fresh(again).case.service_id == other_service.pk


def test_where_nobody_takes_it_that_is_said(home: Referral, asker: User, service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(is_open=False)
    with pytest.raises(InvalidInput) as refused:
        by(asker, worsened, case_id=home.pk, question="Stridor.")
    assert "service_id" in refused.value.fields


@pytest.mark.parametrize("priority", [Priority.URGENT, Priority.STAT])
def test_another_urgency_leaves_the_days_of_the_plan(home: Referral, asker: User, priority: Priority) -> None:
    before = due(home)
    by(asker, raise_urgency, case_id=home.pk, priority=priority)
    assert (due(home), running(home)) == (before, [Leg.FOLLOW_UP])


# --- over -------------------------------------------------------------------------------------------------------------


def test_visits_still_ahead_are_called_off(home: Referral, asker: User) -> None:
    by(asker, end_follow_up, case_id=home.pk)
    assert (fresh(home).step, set(steps(home))) == (Step.FOLLOWED, {FollowUpStep.CANCELLED})


def test_the_pathway_closes_with_its_last_case(home: Referral, up: Referral, asker: User) -> None:
    by(asker, end_follow_up, case_id=home.pk)
    assert ended_at(home) is None
    by(asker, acknowledge, case_id=up.pk, usefulness=5, concordance="same")
    assert ended_at(home) is not None


def test_what_is_over_is_not_followed(home: Referral, asker: User) -> None:
    by(asker, end_follow_up, case_id=home.pk)
    with pytest.raises(WrongStep):
        by(asker, visit_missed, case_id=home.pk, recall_on=clock.today())


def test_a_plan_with_a_visit_today_is_due_today(up: Referral, asker: User, specialist: User, centre: Service) -> None:
    back = sent_back(up, specialist, centre, visits=((clock.today(), "Weigh."),))
    home = followed(back, asker)
    assert due(home) == 1
    assert plan(centre).visits[0][0] > clock.today()
