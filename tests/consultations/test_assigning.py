"""Allocation by itself: who gets what waits, who does not, and what happens when two ask at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Case, Service, ServiceMember, Shift
from consortium.casework.queries.capacity import given_in_shift, next_specialists
from consortium.casework.states import Allocation, Ball, Leg, Priority, Rank
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted
from consortium.notices.models import Page, PageCall
from consortium.notices.states import PageStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.operations import suspend_person
from consultations import operations
from consultations.models import Consultation
from consultations.operations import Advice
from consultations.operations.assigning import assign_waiting, declined_by
from consultations.tasks import assign, pass_on
from tests.cast import actor_for
from tests.consultations.cases import by, submitted
from tests.consultations.test_concurrency import as_user, race
from tests.factories.people import make_staff

HOUR = timedelta(hours=1)


@pytest.fixture
def by_itself(service: Service) -> Service:
    service.allocation = Allocation.AUTOMATIC
    service.save()
    return service


@pytest.fixture
def waiting(asker: User, patient: Patient, by_itself: Service, coordinator: User) -> Consultation:
    return submitted(asker, patient, by_itself)


def holder(consultation: Consultation) -> Any:
    return Case.unscoped.get(pk=consultation.pk).responder_id


def off_duty(user: User) -> None:
    ServiceMember.objects.filter(user=user).update(on_duty_until=None)


def on_shift(service: Service, user: User, rank: int = Rank.FIRST, *, begun: timedelta = HOUR) -> None:
    off_duty(user)
    now = clock.now()
    Shift.objects.create(service=service, user=user, rank=rank, period=(now - begun, now + 8 * HOUR), created_by=user)


def able(service: Service) -> list[Any]:
    with acting_as(system("test")):
        return next_specialists(service)


pytestmark = pytest.mark.django_db


# -- who gets it ------------------------------------------------------------------------------------------------------


def test_who_is_on_duty_gets_it(waiting: Consultation, specialist: User) -> None:
    assert assign() == 1
    assert holder(waiting) == specialist.pk


def test_it_is_theirs_as_if_they_had_taken_it(waiting: Consultation, specialist: User) -> None:
    assign()
    case = Case.unscoped.get(pk=waiting.pk)
    assert (case.ball, case.ball_user_id) == (Ball.RESPONDER, specialist.pk)
    assert case.clocks(manager="unscoped").get(stopped_at=None).leg == Leg.FIRST_ANSWER


def test_they_come_to_know_the_child(waiting: Consultation, specialist: User, patient: Patient) -> None:
    assign()
    with acting_as(actor_for(specialist)):
        assert Patient.objects.filter(pk=patient.pk).exists()


def test_the_journal_says_that_the_system_gave_it(waiting: Consultation, specialist: User) -> None:
    assign()
    entry = Entry.unscoped.get(subject_id=str(waiting.pk), verb="assign")
    assert (entry.actor_id, entry.facts["id"], entry.facts["responder"]) == (None, "C3a", str(specialist.pk))


def test_once_given_there_is_nothing_to_give(waiting: Consultation, specialist: User) -> None:
    assert (assign(), assign()) == (1, 0)


def test_who_has_least_in_hand_gets_it(
    waiting: Consultation, asker: User, patient: Patient, by_itself: Service, specialist: User, other_specialist: User
) -> None:
    by(specialist, operations.claim, case_id=waiting.pk)
    fresh = submitted(asker, patient, by_itself)
    assign()
    assert holder(fresh) == other_specialist.pk


def test_several_are_spread(
    asker: User, patient: Patient, by_itself: Service, specialist: User, other_specialist: User
) -> None:
    asked = [submitted(asker, patient, by_itself) for _ in range(4)]
    assert assign() == 4
    held = [holder(each) for each in asked]
    assert {held.count(user.pk) for user in (specialist, other_specialist)} == {2}


def test_the_first_rank_goes_before_the_second(
    waiting: Consultation, by_itself: Service, specialist: User, other_specialist: User
) -> None:
    on_shift(by_itself, specialist, Rank.SECOND)
    on_shift(by_itself, other_specialist, Rank.FIRST)
    assign()
    assert holder(waiting) == other_specialist.pk


def test_the_most_urgent_is_given_first(asker: User, patient: Patient, by_itself: Service, specialist: User) -> None:
    by_itself.capacity = 1
    by_itself.save()
    calm = submitted(asker, patient, by_itself, priority=Priority.ROUTINE)
    pressing = submitted(asker, patient, by_itself, priority=Priority.STAT)
    assert assign() == 1
    assert (holder(calm), holder(pressing)) == (None, specialist.pk)


# -- who does not -----------------------------------------------------------------------------------------------------


def test_who_is_off_duty_does_not(waiting: Consultation, specialist: User) -> None:
    off_duty(specialist)
    assert assign() == 0
    assert holder(waiting) is None


def test_then_it_stays_with_the_coordinator(waiting: Consultation, specialist: User) -> None:
    off_duty(specialist)
    assign()
    assert Case.unscoped.get(pk=waiting.pk).ball == Ball.COORDINATOR


def test_who_comes_on_duty_gets_it_at_the_next_beat(waiting: Consultation, specialist: User) -> None:
    off_duty(specialist)
    assign()
    ServiceMember.objects.filter(user=specialist).update(on_duty_until=clock.now() + HOUR)
    assert assign() == 1


def test_who_is_suspended_does_not(
    waiting: Consultation, specialist: User, manager: User, hospital: Institution
) -> None:
    by(manager, suspend_person, user_id=specialist.pk, institution_id=hospital.pk)
    assert assign() == 0


def test_who_asked_does_not(patient: Patient, by_itself: Service, community: Institution, specialist: User) -> None:
    from consortium.people.models import Membership

    Membership.unscoped.create(user=specialist, institution=community, role="asker", starts_on=clock.today())
    own = submitted(specialist, patient, by_itself)
    assert assign() == 0
    assert holder(own) is None


def test_who_declined_it_does_not(
    waiting: Consultation, specialist: User, other_specialist: User, by_itself: Service
) -> None:
    by(specialist, operations.claim, case_id=waiting.pk)
    by(specialist, operations.decline, case_id=waiting.pk, reason="capacity", service_id=by_itself.pk)
    with acting_as(system("test")):
        assert declined_by(Case.unscoped.get(pk=waiting.pk)) == [specialist.pk]
    assign()
    assert holder(waiting) == other_specialist.pk


def test_a_service_that_lets_its_specialists_choose_gives_nothing(
    asker: User, patient: Patient, service: Service, specialist: User
) -> None:
    submitted(asker, patient, service)
    assert assign() == 0


def test_what_is_disputed_waits_for_its_lead(waiting: Consultation, specialist: User, by_itself: Service) -> None:
    Consultation.unscoped.filter(pk=waiting.pk).update(
        disputed_at=clock.now(), dispute_reason="No.", declined_by_service=by_itself, decline_reason="capacity"
    )
    assert assign() == 0


@pytest.mark.parametrize("who", ["specialist", "lead", "coordinator"])
def test_nobody_but_the_system_does_this(waiting: Consultation, who: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("specialist")
    actor = actor_for(request.getfixturevalue(who))
    with acting_as(actor), pytest.raises(NotPermitted):
        assign_waiting(actor=actor)


# -- what one is given in a shift -------------------------------------------------------------------------------------


def test_no_more_than_the_capacity(asker: User, patient: Patient, by_itself: Service, specialist: User) -> None:
    by_itself.capacity = 2
    by_itself.save()
    for _ in range(3):
        submitted(asker, patient, by_itself)
    assert assign() == 2


def test_what_was_answered_counts_too(asker: User, patient: Patient, by_itself: Service, specialist: User) -> None:
    by_itself.capacity = 1
    by_itself.save()
    first = submitted(asker, patient, by_itself)
    assign()
    by(specialist, operations.answer, case_id=first.pk, advice=Advice("Croup.", "Wait."))
    submitted(asker, patient, by_itself)
    assert assign() == 0


def test_a_new_shift_counts_anew(asker: User, patient: Patient, by_itself: Service, specialist: User) -> None:
    by_itself.capacity = 1
    by_itself.save()
    submitted(asker, patient, by_itself)
    assign()
    submitted(asker, patient, by_itself)
    with clock.moved(2 * HOUR):
        on_shift(by_itself, specialist, begun=HOUR / 2)
        assert assign() == 1


def test_the_second_rank_helps_when_the_first_is_full(
    asker: User, patient: Patient, by_itself: Service, specialist: User, other_specialist: User
) -> None:
    by_itself.capacity = 1
    by_itself.save()
    on_shift(by_itself, specialist, Rank.FIRST)
    on_shift(by_itself, other_specialist, Rank.SECOND)
    held = [submitted(asker, patient, by_itself) for _ in range(2)]
    assign()
    assert [holder(each) for each in held] == [specialist.pk, other_specialist.pk]


def test_one_case_counts_once_however_often_it_came_back(
    waiting: Consultation, asker: User, by_itself: Service, specialist: User
) -> None:
    by(specialist, operations.claim, case_id=waiting.pk)
    by(specialist, operations.ask_information, case_id=waiting.pk, text="?")
    by(asker, operations.supply_information, case_id=waiting.pk, text="!")
    assert given_in_shift(by_itself) == {specialist.pk: 1}


def test_with_nobody_on_duty_nothing_is_counted(by_itself: Service, specialist: User) -> None:
    off_duty(specialist)
    assert (given_in_shift(by_itself), able(by_itself)) == ({}, [])


def test_a_capacity_binds_nobody_who_takes_it_themselves(
    asker: User, patient: Patient, by_itself: Service, specialist: User
) -> None:
    by_itself.capacity = 1
    by_itself.save()
    held = [submitted(asker, patient, by_itself) for _ in range(2)]
    assign()
    by(specialist, operations.claim, case_id=held[1].pk)
    assert holder(held[1]) == specialist.pk


def test_a_beat_with_nothing_to_give_is_one_query(
    waiting: Consultation, specialist: User, django_assert_num_queries: Any
) -> None:
    assign()
    with acting_as(system("test")) as actor, django_assert_num_queries(1):
        assert assign_waiting(actor=actor) == 0


# -- what is urgent calls on ------------------------------------------------------------------------------------------


def calling(consultation: Consultation) -> list[Any]:
    with acting_as(system("test")):
        pages = Page.objects.filter(subject_id=str(consultation.pk), step=PageStep.CALLING)
        return list(PageCall.objects.filter(page__in=pages).order_by("position").values_list("user_id", flat=True))


def test_an_urgent_one_calls_on_whoever_was_given_it_first(waiting: Consultation, specialist: User) -> None:
    assign()
    assert calling(waiting)[0] == specialist.pk


@pytest.mark.parametrize("verb", ["start", "ask_information", "answer"])
def test_until_they_begin(waiting: Consultation, specialist: User, verb: str) -> None:
    words: dict[str, dict[str, Any]] = {
        "ask_information": {"text": "?"},
        "answer": {"advice": Advice("Croup.", "Wait.")},
    }
    assign()
    by(specialist, getattr(operations, verb), case_id=waiting.pk, **words.get(verb, {}))
    assert calling(waiting) == []


def test_where_nobody_is_able_the_first_page_goes_on(waiting: Consultation, specialist: User) -> None:
    off_duty(specialist)
    before = calling(waiting)
    assign()
    assert calling(waiting) == before != []


def test_taken_by_a_person_it_calls_no_more(waiting: Consultation, specialist: User) -> None:
    by(specialist, operations.claim, case_id=waiting.pk)
    assert calling(waiting) == []


def test_a_routine_one_calls_nobody(asker: User, patient: Patient, by_itself: Service, specialist: User) -> None:
    calm = submitted(asker, patient, by_itself, priority=Priority.ROUTINE)
    assign()
    assert calling(calm) == []


def test_what_comes_back_is_given_on(
    waiting: Consultation, specialist: User, other_specialist: User, by_itself: Service
) -> None:
    assign()
    first = holder(waiting)
    ServiceMember.objects.filter(user_id=first).update(left_at=clock.now())
    pass_on()
    assign()
    assert holder(waiting) not in (None, first)


# -- a service whose coordinator allocates ----------------------------------------------------------------------------


@pytest.fixture
def by_office(service: Service) -> Service:
    service.allocation = Allocation.COORDINATOR
    service.save()
    return service


def test_there_a_routine_one_is_not_taken(asker: User, patient: Patient, by_office: Service, specialist: User) -> None:
    calm = submitted(asker, patient, by_office, priority=Priority.ROUTINE)
    with pytest.raises(NotPermitted, match="coordinator allocates"):
        by(specialist, operations.claim, case_id=calm.pk)


def test_an_urgent_one_is(asker: User, patient: Patient, by_office: Service, specialist: User) -> None:
    asked = submitted(asker, patient, by_office)
    by(specialist, operations.claim, case_id=asked.pk)
    assert holder(asked) == specialist.pk


def test_the_coordinator_gives_it(
    asker: User, patient: Patient, by_office: Service, specialist: User, coordinator: User
) -> None:
    calm = submitted(asker, patient, by_office, priority=Priority.ROUTINE)
    by(coordinator, operations.allocate, case_id=calm.pk, responder_id=specialist.pk)
    assert holder(calm) == specialist.pk


# -- at once ----------------------------------------------------------------------------------------------------------


def _beat() -> Any:
    return assign()


@pytest.mark.django_db(transaction=True)
def test_of_a_claim_and_an_assignment_at_once_one_wins_and_two_beats_give_within_the_capacity(
    asker: User, patient: Patient, by_itself: Service, specialist: User, hospital: Institution
) -> None:
    other = make_staff("second_hand", hospital, "specialist")
    ServiceMember.objects.create(service=by_itself, user=other)
    for _ in range(6):
        asked = submitted(asker, patient, by_itself)
        race([as_user(other, operations.claim, case_id=asked.pk), _beat, _beat])
        taken = Entry.unscoped.filter(subject_id=str(asked.pk), verb__in=("claim", "assign"))
        assert taken.count() == 1
        assert holder(asked) in (specialist.pk, other.pk)
    by_itself.capacity = given_in_shift(by_itself)[specialist.pk] + 1
    by_itself.save()
    for _ in range(3):
        submitted(asker, patient, by_itself)
    race([_beat, _beat, _beat])
    assert given_in_shift(by_itself)[specialist.pk] == by_itself.capacity
