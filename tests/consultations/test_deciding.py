"""Who may do what with a consultation: each policy, each way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.policies import Decision
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consultations import operations, policies
from consultations.models import REOPEN_WITHIN, Answer, Consultation
from consultations.operations import Advice
from tests.cast import actor_for
from tests.consultations.cases import answered, by
from tests.factories.cases import make_draft


def decides(policy: Callable[..., Decision], user: User | Actor, *about: Any) -> Decision:
    actor = actor_for(user) if isinstance(user, User) else user
    with acting_as(actor):
        return policy(actor, *about)


def may(policy: Callable[..., Decision], user: User | Actor, *about: Any) -> bool:
    return decides(policy, user, *about).allowed


@pytest.fixture
def draft(patient: Patient, asker: User, community: Institution) -> Consultation:
    return make_draft(patient, asker, community)


@pytest.fixture
def told(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return answered(asker, specialist, patient, service)


@pytest.fixture
def corrected(told: Consultation, specialist: User) -> Consultation:
    advice = Advice("Mild croup.", "Nothing more.")
    made: Consultation = by(specialist, operations.correct_answer, case_id=told.pk, advice=advice, reason="Misread.")
    return made


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("asker", True), ("colleague", True), ("nurse", False), ("specialist", False), ("admin", False)],
)
def test_who_asks(who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_ask, request.getfixturevalue(who)) is allowed


def test_one_asks_for_one_s_own_house(asker: User, district: Institution) -> None:
    assert not may(policies.may_ask, asker, district.pk)


def test_a_draft_is_its_author_s(draft: Consultation, asker: User, colleague: User) -> None:
    assert (may(policies.may_edit_draft, asker, draft), may(policies.may_edit_draft, colleague, draft)) == (True, False)


def test_a_member_of_the_service_takes_it(asked: Consultation, specialist: User) -> None:
    assert may(policies.may_claim, specialist, asked)


def test_nobody_answers_their_own_question(asked: Consultation, specialist: User) -> None:
    asked.case.asker_id = specialist.pk
    assert "your own question" in str(decides(policies.may_claim, specialist, asked).reason)


def test_only_the_system_returns_a_case(held: Consultation, specialist: User) -> None:
    assert may(policies.may_return, system("they left"), held)
    assert not may(policies.may_return, specialist, held)


def test_who_holds_it_answers(held: Consultation, specialist: User, other_specialist: User) -> None:
    assert (may(policies.may_answer, specialist, held), may(policies.may_answer, other_specialist, held)) == (
        True,
        False,
    )


# -- the answer that counts


def test_before_an_answer_there_is_none(held: Consultation, specialist: User) -> None:
    with acting_as(actor_for(specialist)):
        assert policies.latest_answer(held) is None


def test_the_newest_answer_counts(corrected: Consultation, asker: User) -> None:
    with acting_as(actor_for(asker)):
        newest = policies.latest_answer(corrected)
    assert newest is not None
    assert newest.number == 2


def test_a_first_answer_waits_for_no_acknowledgement(told: Consultation, asker: User) -> None:
    with acting_as(actor_for(asker)):
        assert not policies.correction_waits(told)


def test_a_correction_does(corrected: Consultation, asker: User) -> None:
    with acting_as(actor_for(asker)):
        assert policies.correction_waits(corrected)


def test_until_it_is_read_nobody_closes(corrected: Consultation, asker: User) -> None:
    assert "acknowledge the correction" in str(decides(policies.may_close_out, asker, corrected).reason)


def test_once_it_is_read_one_closes(corrected: Consultation, asker: User) -> None:
    Answer.unscoped.filter(number=2).update(acknowledged_at=clock.now(), acknowledged_by=asker)
    assert may(policies.may_close_out, asker, corrected)


def test_the_other_side_does_not_close(told: Consultation, specialist: User) -> None:
    assert not may(policies.may_close_out, specialist, told)


def test_a_correction_is_read_by_the_asking_side(corrected: Consultation, asker: User, specialist: User) -> None:
    assert may(policies.may_acknowledge_correction, asker, corrected)
    assert not may(policies.may_acknowledge_correction, specialist, corrected)


def test_without_a_correction_there_is_nothing_to_acknowledge(told: Consultation, asker: User) -> None:
    assert "no correction" in str(decides(policies.may_acknowledge_correction, asker, told).reason)


def test_who_signed_corrects(told: Consultation, specialist: User) -> None:
    assert may(policies.may_correct, specialist, told)


def test_nobody_else_corrects(told: Consultation, other_specialist: User, lead: User) -> None:
    assert not may(policies.may_correct, other_specialist, told)
    assert not may(policies.may_correct, lead, told)


def test_before_an_answer_nobody_corrects(held: Consultation, specialist: User) -> None:
    assert not may(policies.may_correct, specialist, held)


# -- reopening


@pytest.fixture
def closed(told: Consultation, asker: User) -> Consultation:
    made: Consultation = by(asker, operations.close_out, case_id=told.pk, change="treatment", referral_avoided=True)
    return made


def test_within_thirty_days_it_is_reopened(closed: Consultation, asker: User) -> None:
    assert timedelta(days=30) == REOPEN_WITHIN
    assert may(policies.may_reopen, asker, closed)


def test_after_thirty_days_it_is_not(closed: Consultation, asker: User) -> None:
    with clock.moved(REOPEN_WITHIN + timedelta(minutes=1)):
        assert "Ask a new question" in str(decides(policies.may_reopen, asker, closed).reason)


def test_the_other_side_does_not_reopen(closed: Consultation, specialist: User) -> None:
    assert not may(policies.may_reopen, specialist, closed)


# -- urgency


@pytest.mark.parametrize(
    ("who", "allowed"), [("asker", True), ("colleague", True), ("coordinator", True), ("specialist", False),
                         ("stranger", False)]
)  # fmt: skip
def test_who_raises_the_urgency(asked: Consultation, who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_raise_urgency, request.getfixturevalue(who), asked) is allowed


def test_the_system_raises_the_urgency(asked: Consultation) -> None:
    assert may(policies.may_raise_urgency, system("the child's vital signs"), asked)


def test_stat_is_not_raised(asked: Consultation, asker: User) -> None:
    asked.case.priority = Priority.STAT
    assert "stat already" in str(decides(policies.may_raise_urgency, asker, asked).reason)


@pytest.mark.parametrize(("who", "allowed"), [("coordinator", True), ("asker", False), ("lead", False)])
def test_who_lowers_the_urgency(asked: Consultation, who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_lower_urgency, request.getfixturevalue(who), asked) is allowed


def test_routine_is_not_lowered(asked: Consultation, coordinator: User) -> None:
    asked.case.priority = Priority.ROUTINE
    assert "routine already" in str(decides(policies.may_lower_urgency, coordinator, asked).reason)


@pytest.mark.parametrize(
    ("who", "allowed"), [("asker", True), ("lead", True), ("colleague", False), ("specialist", False),
                         ("coordinator", False)]
)  # fmt: skip
def test_who_enters_in_error(asked: Consultation, who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_enter_in_error, request.getfixturevalue(who), asked) is allowed


@pytest.mark.parametrize(("who", "allowed"), [("lead", True), ("specialist", False), ("asker", False)])
def test_who_writes_templates(who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_write_templates, request.getfixturevalue(who)) is allowed


@pytest.mark.parametrize(
    ("who", "allowed"), [("coordinator", True), ("lead", True), ("specialist", False), ("asker", False)]
)
def test_who_allocates(asked: Consultation, who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_allocate, request.getfixturevalue(who), asked) is allowed


def test_a_colleague_acts_for_an_asker_who_is_away(asked: Consultation, colleague: User) -> None:
    assert may(policies.may_act_for_asker, colleague, asked)


def test_what_may_be_done_is_what_is_offered(asked: Consultation, specialist: User) -> None:
    from consultations.states import MACHINE

    actor = actor_for(specialist)
    with acting_as(actor):
        fresh = Consultation.objects.select_related("case__service").get(pk=asked.pk)
        assert [t.verb for t in MACHINE.available(actor, fresh)] == ["claim"]


def test_to_a_stranger_nothing_is_offered(asked: Consultation, stranger: User) -> None:
    from consultations.states import MACHINE

    actor = actor_for(stranger)
    with acting_as(actor):
        assert MACHINE.available(actor, asked) == []


def test_to_a_draft_s_author_sending_is_offered(draft: Consultation, asker: User) -> None:
    from consultations.states import MACHINE

    actor = actor_for(asker)
    with acting_as(actor):
        assert "submit" in [t.verb for t in MACHINE.available(actor, draft)]


def test_the_case_of_every_consultation_is_a_consultation_s(asked: Consultation) -> None:
    assert Case.unscoped.get(pk=asked.pk).kind == "consultation"
