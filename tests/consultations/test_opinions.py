"""Second opinions: who may be asked, what they see and for how long, what is made of what they say."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.casework import operations as casework
from consortium.casework.models import Case, Service
from consortium.casework.operations import leave_service
from consortium.casework.queries.open_items import open_items
from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.operations import suspend_person
from consortium.people.states import Role
from consultations import operations
from consultations.models import Answer, Consultation, Opinion
from consultations.operations import Advice, pass_on_stranded
from consultations.queries.cases import consultation_for
from consultations.queries.opinions import colleagues_to_ask, opinions_on
from consultations.states import OpinionDecline, Step
from tests.cast import actor_for
from tests.consultations.cases import by, claimed
from tests.consultations.test_telling import told
from tests.factories.cases import make_service_member
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
QUESTION = "Is this murmur innocent?"
DISSENT = "I would not wait: echocardiography today."


@pytest.fixture
def cardiologist(hospital: Institution, other_service: Service) -> User:
    user = make_staff("cardiologist", hospital, Role.SPECIALIST, full_name="Gu Lan", full_name_zh="顾兰")
    make_service_member(other_service, user)
    return user


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return claimed(asker, specialist, patient, service)


@pytest.fixture
def asked(held: Consultation, specialist: User, cardiologist: User) -> Consultation:
    return ask(held, specialist, cardiologist)


def ask(held: Consultation, lead: User, of: User, **more: Any) -> Consultation:
    words = {"colleague_id": of.pk, "question": QUESTION, **more}
    made: Consultation = by(lead, operations.ask_second, case_id=held.pk, **words)
    return made


def give(asked: Consultation, who: User, *, agrees: bool = False, text: str = DISSENT) -> Consultation:
    made: Consultation = by(who, operations.give_opinion, case_id=asked.pk, agrees=agrees, text=text)
    return made


def sees(user: User, made: Consultation) -> bool:
    with acting_as(actor_for(user)):
        return bool(Patient.objects.filter(cases=made.pk).exists())


def only(made: Consultation) -> Opinion:
    row: Opinion = Opinion.unscoped.get(case_id=made.pk)
    return row


# -- asking


def test_who_is_asked_comes_to_know_the_child(held: Consultation, specialist: User, cardiologist: User) -> None:
    assert not sees(cardiologist, held)
    ask(held, specialist, cardiologist)
    assert sees(cardiologist, held)


def test_a_specialist_of_any_service_is_asked_as_such(asked: Consultation, other_service: Service) -> None:
    assert only(asked).service_id == other_service.pk


def test_only_who_holds_the_case_asks(held: Consultation, asker: User, lead: User, cardiologist: User) -> None:
    for user in (asker, lead):
        with pytest.raises(NotPermitted):
            ask(held, user, cardiologist)


def test_nobody_is_asked_who_cannot_act(held: Consultation, specialist: User, asker: User, nurse: User) -> None:
    for user in (asker, nurse, specialist):
        with pytest.raises(InvalidInput):
            ask(held, specialist, user)


def test_nobody_is_asked_as_of_a_service_they_are_not_in(
    held: Consultation, specialist: User, cardiologist: User, service: Service
) -> None:
    with pytest.raises(InvalidInput):
        ask(held, specialist, cardiologist, service_id=service.pk)


@pytest.mark.parametrize("question", ["", "  ", "x" * 10_001])
def test_a_question_is_asked(held: Consultation, specialist: User, cardiologist: User, question: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(held, specialist, cardiologist, question=question)
    assert "question" in refused.value.fields


def test_asked_twice_with_one_key_is_once(held: Consultation, specialist: User, cardiologist: User) -> None:
    key = uuid4()
    for _ in range(2):
        ask(held, specialist, cardiologist, key=key)
    assert Opinion.unscoped.count() == 1


def test_one_specialist_is_not_asked_twice_at_once(asked: Consultation, specialist: User, cardiologist: User) -> None:
    with pytest.raises(DomainError, match="has been asked already"):
        ask(asked, specialist, cardiologist)


def test_a_panel_is_several_who_are_asked(
    asked: Consultation, specialist: User, other_specialist: User, cardiologist: User
) -> None:
    ask(asked, specialist, other_specialist)
    give(asked, cardiologist)
    give(asked, other_specialist, agrees=True, text="As you say.")
    with acting_as(system("test")):
        said = opinions_on(consultation_for(asked.pk))
    assert [each["agrees"] for each in said.given] == [False, True], "dissent stands first"
    assert said.dissent


def test_the_list_of_whom_to_ask(
    held: Consultation, specialist: User, other_specialist: User, cardiologist: User, asker: User
) -> None:
    with acting_as(actor_for(specialist)):
        groups = dict(colleagues_to_ask(Case.objects.get(pk=held.pk)))
    people = [value.split(":")[1] for rows in groups.values() for value, _words in rows]
    assert set(people) == {str(other_specialist.pk), str(cardiologist.pk)}
    assert next(iter(groups)).startswith("Respiratory medicine"), "the own service first"


def test_who_is_waited_for_is_not_offered_again(asked: Consultation, specialist: User, cardiologist: User) -> None:
    with acting_as(actor_for(specialist)):
        groups = colleagues_to_ask(Case.objects.get(pk=asked.pk))
    assert str(cardiologist.pk) not in str(groups)


# -- giving and declining


def test_an_opinion_is_signed_by_name(asked: Consultation, cardiologist: User) -> None:
    give(asked, cardiologist)
    row = only(asked)
    assert (row.signer_name, row.agrees, row.text) == ("Gu Lan", False, DISSENT)
    assert row.given_at is not None


def test_then_the_record_closes_for_them(asked: Consultation, cardiologist: User) -> None:
    give(asked, cardiologist)
    assert not sees(cardiologist, asked)


def test_only_who_was_asked_gives_it(asked: Consultation, specialist: User, other_specialist: User) -> None:
    for user in (specialist, other_specialist):
        with pytest.raises(NotPermitted):
            give(asked, user)


def test_nobody_gives_it_twice(asked: Consultation, cardiologist: User) -> None:
    give(asked, cardiologist)
    with pytest.raises((NotVisible, NotPermitted)):
        give(asked, cardiologist, text="On second thoughts …")


def test_a_retry_of_the_same_is_no_error(asked: Consultation, cardiologist: User) -> None:
    give(asked, cardiologist)
    assert give(asked, cardiologist).pk == asked.pk
    assert Opinion.unscoped.count() == 1


@pytest.mark.parametrize("text", ["", " ", "x" * 10_001])
def test_an_opinion_has_words(asked: Consultation, cardiologist: User, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        give(asked, cardiologist, text=text)
    assert "text" in refused.value.fields


def test_who_declines_says_why(asked: Consultation, cardiologist: User) -> None:
    by(cardiologist, operations.decline_opinion, case_id=asked.pk, reason=OpinionDecline.NO_TIME)
    assert only(asked).decline_reason == OpinionDecline.NO_TIME
    assert not sees(cardiologist, asked)


@pytest.mark.parametrize("reason", ["", "nonsense", OpinionDecline.CANNOT_ACT])
def test_a_reason_is_one_that_people_may_give(asked: Consultation, cardiologist: User, reason: str) -> None:
    with pytest.raises(InvalidInput):
        by(cardiologist, operations.decline_opinion, case_id=asked.pk, reason=reason)


def test_asked_again_after_declining_they_may_decline_again(
    asked: Consultation, specialist: User, cardiologist: User
) -> None:
    for _ in range(2):
        by(cardiologist, operations.decline_opinion, case_id=asked.pk, reason=OpinionDecline.NO_TIME)
    ask(asked, specialist, cardiologist)
    by(cardiologist, operations.decline_opinion, case_id=asked.pk, reason=OpinionDecline.NO_TIME)
    assert not Opinion.unscoped.filter(declined_at=None).exists()


def test_an_opinion_is_heard_after_the_answer_too(asked: Consultation, specialist: User, cardiologist: User) -> None:
    by(specialist, operations.answer, case_id=asked.pk, advice=Advice("Innocent murmur.", "Nothing."))
    give(asked, cardiologist)
    assert Consultation.unscoped.get(pk=asked.pk).step == Step.ANSWERED
    assert Answer.unscoped.count() == 1, "the lead's answer stays the one"


# -- nobody is asked who can no longer answer


def test_suspended_they_are_asked_no_more(
    asked: Consultation, cardiologist: User, specialist: User, admin: User, hospital: Institution
) -> None:
    by(admin, suspend_person, user_id=cardiologist.pk, institution_id=hospital.pk)
    assert only(asked).decline_reason == OpinionDecline.CANNOT_ACT
    assert "consultation.opinion_missing" in told(specialist)


def test_out_of_the_service_they_are_asked_no_more(
    asked: Consultation, cardiologist: User, other_service: Service
) -> None:
    with acting_as(system("test")) as actor:
        leave_service(actor=actor, service_id=other_service.pk, user_id=cardiologist.pk)
    assert only(asked).decline_reason == OpinionDecline.CANNOT_ACT
    assert not sees(cardiologist, asked)


def test_off_duty_what_is_urgent_is_taken_back(asked: Consultation, cardiologist: User, other_service: Service) -> None:
    by(cardiologist, casework.go_off_duty, service_id=other_service.pk, user_id=cardiologist.pk)
    assert only(asked).decline_reason == OpinionDecline.OFF_DUTY


def test_off_duty_what_is_routine_stays(asked: Consultation, cardiologist: User, other_service: Service) -> None:
    Case.unscoped.filter(pk=asked.pk).update(priority=Priority.ROUTINE)
    by(cardiologist, casework.go_off_duty, service_id=other_service.pk, user_id=cardiologist.pk)
    assert only(asked).declined_at is None


def test_what_slips_through_is_swept_up(asked: Consultation, cardiologist: User) -> None:
    User.objects.filter(pk=cardiologist.pk).update(is_active=False)
    with acting_as(system("test")) as actor:
        assert pass_on_stranded(actor=actor) == 1
        assert pass_on_stranded(actor=actor) == 0
    assert only(asked).decline_reason == OpinionDecline.CANNOT_ACT


def test_who_takes_the_case_itself_gives_no_second_opinion(
    asked: Consultation, cardiologist: User, coordinator: User, service: Service, specialist: User
) -> None:
    make_service_member(service, cardiologist)
    by(coordinator, operations.allocate, case_id=asked.pk, responder_id=cardiologist.pk, instead_of=specialist.pk)
    assert only(asked).decline_reason == OpinionDecline.OWN_CASE
    assert sees(cardiologist, asked)


def test_a_case_that_ends_asks_nobody(asked: Consultation, asker: User, cardiologist: User) -> None:
    by(asker, operations.withdraw, case_id=asked.pk, reason="resolved")
    assert only(asked).decline_reason == OpinionDecline.CASE_LEFT
    assert "consultation.opinion_missing" not in told(cardiologist)


def test_a_case_that_goes_elsewhere_asks_nobody(
    asked: Consultation, specialist: User, cardiologist: User, other_service: Service
) -> None:
    by(specialist, operations.decline, case_id=asked.pk, reason="capacity", service_id=other_service.pk)
    assert only(asked).decline_reason == OpinionDecline.CASE_LEFT


def test_who_is_still_asked_about_another_case_of_the_pathway_stays_on_it(
    asked: Consultation, asker: User, specialist: User, cardiologist: User, patient: Patient, service: Service
) -> None:
    other = claimed(asker, specialist, patient, service)
    Case.unscoped.filter(pk=other.pk).update(pathway=Case.unscoped.get(pk=asked.pk).pathway)
    ask(other, specialist, cardiologist)
    give(asked, cardiologist)
    assert sees(cardiologist, other)


def test_it_stands_in_the_hand_over(asked: Consultation, cardiologist: User, other_service: Service) -> None:
    (item,) = open_items(cardiologist.pk, other_service.pk)
    assert (item.kind, item.item_id) == ("opinion", only(asked).pk)


@pytest.fixture
def next_one(hospital: Institution, other_service: Service) -> User:
    user = make_staff("next_one", hospital, Role.SPECIALIST)
    make_service_member(other_service, user)
    return user


def test_taken_over_it_is_asked_of_the_next(
    asked: Consultation, cardiologist: User, next_one: User, other_service: Service
) -> None:
    offered = by(cardiologist, casework.offer_handover, service_id=other_service.pk, to_user_id=next_one.pk)
    by(next_one, casework.take_over, handover_id=offered.pk)
    rows = {row.specialist_id: row for row in Opinion.unscoped.filter(case_id=asked.pk)}
    assert rows[cardiologist.pk].decline_reason == OpinionDecline.HANDED_ON
    assert (rows[next_one.pk].question, rows[next_one.pk].declined_at) == (QUESTION, None)
    assert (sees(cardiologist, asked), sees(next_one, asked)) == (False, True)


def test_the_next_who_is_asked_already_is_asked_once(
    asked: Consultation, specialist: User, cardiologist: User, next_one: User, other_service: Service
) -> None:
    ask(asked, specialist, next_one)
    offered = by(cardiologist, casework.offer_handover, service_id=other_service.pk, to_user_id=next_one.pk)
    by(next_one, casework.take_over, handover_id=offered.pk)
    assert Opinion.unscoped.filter(specialist=next_one).count() == 1


def test_an_opinion_is_asked_at_a_step_where_there_is_a_lead(asked: Consultation, asker: User, specialist: User,
                                                             other_specialist: User) -> None:  # fmt: skip
    by(asker, operations.withdraw, case_id=asked.pk, reason="resolved")
    with pytest.raises(WrongStep):
        ask(asked, specialist, other_specialist)


def test_the_database_keeps_ones_own_opinion_out(asked: Consultation, specialist: User) -> None:
    with pytest.raises(IntegrityError, match="consultations_opinion_of_another"), transaction.atomic():
        Opinion.unscoped.filter(case_id=asked.pk).update(specialist=specialist)
