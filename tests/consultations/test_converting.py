"""A question becomes a referral, in one transaction with whoever makes it; and answers are corrected even then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from consortium.casework.models import Case, Clock, Message, Service
from consortium.casework.states import Ball, Priority
from consortium.kernel import events as kernel_events
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, WrongStep
from consortium.kernel.events import Receiver
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations, policies
from consultations.events import ConsultationConverted
from consultations.models import Answer, Consultation
from consultations.operations import Advice
from consultations.queries.timeline import steps_of
from consultations.states import MACHINE, ReferReason, Step
from tests.cast import actor_for, client_for
from tests.consultations.cases import answered, by, claimed, submitted
from tests.consultations.test_deciding import decides, may
from tests.consultations.test_telling import told

pytestmark = pytest.mark.django_db
QUESTION = "Tonsils meet in the middle: please operate?"
HEARD: list[tuple[Any, ...]] = []


def _receive(entry_id: int, event: ConsultationConverted) -> None:
    """As the referral's feature does: everything is reached by the case's id."""
    case = Case.objects.select_related("consultation", "pathway").get(pk=event.consultation_id)
    messages = Message.objects.filter(case=case).count()
    HEARD.append((case.pk, case.consultation.refer_question, event.reason, event.priority, messages, case.pathway))


def _fail(entry_id: int, event: ConsultationConverted) -> None:
    raise RuntimeError("no referral today")


def _own(name: str) -> list[Receiver]:
    """What consultations themselves hear."""
    return [each for each in kernel_events.receivers_of(name) if each.name.startswith("consultations.")]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody makes referrals here."""
    name = ConsultationConverted.event_name()
    monkeypatch.setitem(kernel_events._receivers, name, _own(name))


@pytest.fixture
def heard_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Registers a duty receiver of another feature, for this test alone."""

    def register(run: Any) -> None:
        name = ConsultationConverted.event_name()
        rows = [*_own(name), Receiver("referrals.receivers.create", run, True)]
        monkeypatch.setitem(kernel_events._receivers, name, rows)

    return register


@pytest.fixture
def made(heard_by: Callable[[Any], None]) -> Iterator[list[tuple[Any, ...]]]:
    HEARD.clear()
    heard_by(_receive)
    yield HEARD
    HEARD.clear()


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return claimed(asker, specialist, patient, service)


def convert(held: Consultation, who: User, **more: Any) -> Consultation:
    words = {"reason": ReferReason.TREATMENT, "question": QUESTION, **more}
    done: Consultation = by(who, operations.convert, case_id=held.pk, **words)
    return done


def test_without_referrals_it_is_refused_with_a_reason(held: Consultation, asker: User, alone: None) -> None:
    assert "not set up here" in str(decides(policies.may_convert, asker, held).reason)
    with pytest.raises(NotPermitted):
        convert(held, asker)


def test_without_referrals_no_button_is_shown(held: Consultation, asker: User, alone: None) -> None:
    actor = actor_for(asker)
    with acting_as(actor):
        fresh = Consultation.objects.select_related("case__service").get(pk=held.pk)
        assert "convert" not in [t.verb for t in MACHINE.available(actor, fresh)]


def test_the_receiver_finds_thread_question_and_pathway(
    held: Consultation, asker: User, specialist: User, made: list[Any]
) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="How often?")
    convert(held, asker, priority=Priority.STAT)
    (case_id, question, reason, priority, messages, pathway) = made[0]
    assert (case_id, question, reason, priority, messages) == (held.pk, QUESTION, "treatment", Priority.STAT, 1)
    assert pathway is not None
    assert pathway.closed_at is None, "the referral goes on in it"


def test_the_question_is_over_then(held: Consultation, asker: User, made: list[Any]) -> None:
    convert(held, asker)
    row = Consultation.unscoped.select_related("case").get(pk=held.pk)
    assert (row.step, row.case.is_open, row.case.ball) == (Step.CONVERTED, False, Ball.NONE)
    assert not Clock.unscoped.filter(case=row.case, stopped_at=None).exists()


def test_urgency_is_the_questions_unless_told(held: Consultation, asker: User, made: list[Any]) -> None:
    convert(held, asker)
    assert made[0][3] == Priority.URGENT


def test_when_the_referral_fails_nothing_is_closed(
    held: Consultation, asker: User, heard_by: Callable[[Any], None]
) -> None:
    heard_by(_fail)
    with pytest.raises(RuntimeError):
        convert(held, asker)
    row = Consultation.unscoped.select_related("case").get(pk=held.pk)
    assert (row.step, row.case.is_open, row.refer_question) == (Step.RECEIVED, True, "")


def test_twice_is_once(held: Consultation, asker: User, made: list[Any]) -> None:
    convert(held, asker)
    convert(held, asker)
    assert len(made) == 1


def test_the_specialist_does_it_only_when_the_asker_agreed_before(
    held: Consultation, specialist: User, made: list[Any]
) -> None:
    assert not may(policies.may_convert, specialist, held)
    held.may_be_converted = True
    assert may(policies.may_convert, specialist, held)


def test_nobody_else_does_it(held: Consultation, coordinator: User, other_specialist: User, made: list[Any]) -> None:
    held.may_be_converted = True
    assert not any(may(policies.may_convert, user, held) for user in (coordinator, other_specialist))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"reason": "because"}, "reason"), ({"question": " "}, "question"), ({"question": "x" * 10_001}, "question"),
     ({"priority": 9}, "priority")],
)  # fmt: skip
def test_what_is_wrong_is_named(
    held: Consultation, asker: User, made: list[Any], wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        convert(held, asker, **wrong)
    assert set(refused.value.fields) == {field}
    assert made == []


def test_what_is_over_is_not_sent_on(asker: User, patient: Patient, service: Service, made: list[Any]) -> None:
    gone = submitted(asker, patient, service)
    by(asker, operations.withdraw, case_id=gone.pk, reason="resolved")
    with pytest.raises(WrongStep):
        convert(gone, asker)


def test_the_other_side_is_told(held: Consultation, asker: User, specialist: User, made: list[Any]) -> None:
    convert(held, asker)
    assert "consultation.converted" in told(specialist)
    assert "consultation.converted" not in told(asker)


def test_the_form_sends_it_on_with_the_urgency_of_the_question(
    held: Consultation, asker: User, made: list[Any]
) -> None:
    url = f"/consultations/{held.pk}/convert/"
    assert 'value="2" checked' in " ".join(client_for(asker).get(url).content.decode().split()).replace(
        ' required id="act_priority_1"', ""
    )
    said = {"reason": "treatment", "question": QUESTION, "priority": "2"}
    assert client_for(asker).post(url, said).status_code == 302
    assert QUESTION in client_for(asker).get(f"/consultations/{held.pk}/").content.decode()


def test_the_api_tells_what_it_became(held: Consultation, asker: User, made: list[Any]) -> None:
    url = f"/api/v1/consultations/{held.pk}/"
    said = {"reason": "worse", "question": QUESTION, "priority": "stat"}
    answer = client_for(asker).post(f"{url}convert/", said, content_type="application/json")
    assert answer.status_code == 200
    shown = client_for(asker).get(url).json()
    assert (shown["step"], shown["refer_reason"], shown["refer_question"]) == ("converted", "worse", QUESTION)


def test_the_timeline_says_why(held: Consultation, asker: User, made: list[Any]) -> None:
    convert(held, asker)
    with acting_as(system("test")):
        last = steps_of(Case.objects.get(pk=held.pk))[-1]
    assert (str(last["label"]), last["note"]) == ("Sent on as a referral", str(ReferReason.TREATMENT.label))


def test_the_database_wants_reason_and_question(held: Consultation) -> None:
    with pytest.raises(IntegrityError, match="consultations_converted_with_reason"), transaction.atomic():
        Consultation.unscoped.filter(pk=held.pk).update(step=Step.CONVERTED)


# -- the answer that was given before


@pytest.fixture
def sent_on(asker: User, specialist: User, patient: Patient, service: Service, made: list[Any]) -> Consultation:
    return convert(answered(asker, specialist, patient, service), asker)


@pytest.fixture
def corrected(sent_on: Consultation, specialist: User) -> Consultation:
    advice = Advice("Mild croup.", "Nothing more.")
    done: Consultation = by(
        specialist, operations.correct_answer, case_id=sent_on.pk, advice=advice, reason="Wrong weight."
    )
    return done


def test_an_answer_is_corrected_after_the_referral(corrected: Consultation) -> None:
    row = Consultation.unscoped.select_related("case").get(pk=corrected.pk)
    assert (row.step, row.case.is_open, row.case.ball) == (Step.CONVERTED, False, Ball.NONE)
    assert Answer.unscoped.filter(corrects__isnull=False).count() == 1


def test_no_clock_of_the_question_runs_again(corrected: Consultation) -> None:
    assert not Clock.unscoped.filter(case_id=corrected.pk, stopped_at=None).exists()


def test_the_asker_acknowledges_it_there(corrected: Consultation, asker: User) -> None:
    by(asker, operations.acknowledge_correction, case_id=corrected.pk)
    assert Answer.unscoped.get(number=2).acknowledged_by_id == asker.pk
    assert Consultation.unscoped.get(pk=corrected.pk).step == Step.CONVERTED


def test_the_asker_is_told_at_any_hour(corrected: Consultation, asker: User) -> None:
    assert "consultation.corrected" in told(asker)


def test_nobody_but_the_signer_corrects_it(sent_on: Consultation, other_specialist: User, lead: User) -> None:
    assert not may(policies.may_correct, other_specialist, sent_on)
    assert not may(policies.may_correct, lead, sent_on)


def test_what_waits_nowhere_is_not_acknowledged(sent_on: Consultation, asker: User) -> None:
    with pytest.raises(NotPermitted):
        by(asker, operations.acknowledge_correction, case_id=sent_on.pk)
