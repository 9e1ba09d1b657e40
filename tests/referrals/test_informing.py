"""Asking the sender for more, and their answer: on the thread, with its own clock; stat never waits."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from consortium.casework.models import Clock, Message
from consortium.casework.states import Ball, Leg, MessageKind, PauseReason, Priority
from consortium.kernel import clock
from consortium.kernel.errors import NotPermitted
from consortium.people.models import User
from referrals.models import Referral
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.caring import note_interim
from referrals.operations.informing import ask_information, supply_information
from referrals.operations.transport import arrive
from referrals.operations.urgency import lower_urgency, raise_urgency
from referrals.states import DeclineReason, Step
from tests.consultations.cases import by
from tests.referrals.test_answering import running, stored

WHAT = "What was her saturation?"


@pytest.fixture
def seen(specialist: User, referral: Referral) -> Referral:
    by(specialist, open_referral, case_id=referral.pk)
    return referral


def test_the_leg_waits_and_the_senders_clock_runs(specialist: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    waits = Clock.unscoped.get(case_id=seen.pk, leg=Leg.ACCEPTANCE)
    assert waits.pause_reason == PauseReason.INFORMATION
    assert running(seen) == [Leg.INFORMATION]
    assert stored(seen).case.clock_paused


def test_the_sender_has_the_ball(specialist: User, asker: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    case = stored(seen).case
    assert (case.ball, case.ball_user_id) == (Ball.ASKER, asker.pk)


def test_the_step_stays_and_the_question_stands_in_the_thread(specialist: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    assert stored(seen).step == Step.SEEN
    said = Message.unscoped.get(case_id=seen.pk)
    assert (said.kind, said.text) == (MessageKind.INFORMATION_REQUEST, WHAT)


def test_a_stat_clock_never_waits(specialist: User, stat: Referral) -> None:
    by(specialist, open_referral, case_id=stat.pk)
    by(specialist, ask_information, case_id=stat.pk, text=WHAT)
    assert running(stat) == [Leg.ACCEPTANCE]
    assert stored(stat).case.ball == Ball.ASKER


def test_with_the_answer_the_leg_runs_on(specialist: User, asker: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    with clock.moved(timedelta(minutes=30)):
        by(asker, supply_information, case_id=seen.pk, text="91 per cent.")
    assert running(seen) == [Leg.ACCEPTANCE]
    assert Clock.unscoped.get(case_id=seen.pk, leg=Leg.ACCEPTANCE).paused_seconds in range(1790, 1900)
    after = stored(seen)
    assert (after.information_asked_at, after.case.ball, after.case.clock_paused) == (None, Ball.RESPONDER, False)


def test_who_accepted_has_the_ball_again(specialist: User, asker: User, seen: Referral) -> None:
    by(specialist, accept, case_id=seen.pk)
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    by(asker, supply_information, case_id=seen.pk, text="91 per cent.")
    assert stored(seen).case.ball_user_id == specialist.pk


def test_a_retry_of_the_question_leaves_one_message(specialist: User, seen: Referral) -> None:
    key = uuid4()
    for _ in range(2):
        by(specialist, ask_information, case_id=seen.pk, text=WHAT, key=key)
    assert Message.unscoped.filter(case_id=seen.pk).count() == 1


def test_a_retry_of_the_answer_leaves_one_message(specialist: User, asker: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    key = uuid4()
    for _ in range(2):
        by(asker, supply_information, case_id=seen.pk, text="91 per cent.", key=key)
    assert Message.unscoped.filter(case_id=seen.pk).count() == 2


def test_who_was_asked_is_not_asked_again(specialist: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    with pytest.raises(NotPermitted):
        by(specialist, ask_information, case_id=seen.pk, text="And her weight?")


def test_nobody_supplies_what_was_not_asked(asker: User, seen: Referral) -> None:
    with pytest.raises(NotPermitted):
        by(asker, supply_information, case_id=seen.pk, text="91 per cent.")


def test_a_colleague_of_the_sender_may_answer(specialist: User, colleague: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    by(colleague, supply_information, case_id=seen.pk, text="91 per cent.")
    assert stored(seen).information_asked_at is None


def test_accepted_meanwhile_the_next_leg_waits_too(specialist: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    by(specialist, accept, case_id=seen.pk)
    assert running(seen) == [Leg.INFORMATION]
    assert stored(seen).case.ball == Ball.ASKER


def test_declined_meanwhile_nobody_waits_for_the_answer(specialist: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    by(specialist, decline, case_id=seen.pk, reason=DeclineReason.NO_BED)
    assert running(seen) == [Leg.REDIRECTION]
    assert stored(seen).information_asked_at is None


def test_a_note_leaves_the_senders_clock_as_it_was(specialist: User, seen: Referral) -> None:
    by(specialist, accept, case_id=seen.pk)
    by(specialist, arrive, case_id=seen.pk)
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    before = Clock.unscoped.get(case_id=seen.pk, leg=Leg.INFORMATION)
    Clock.unscoped.filter(pk=before.pk).update(steps_taken=1)
    by(specialist, note_interim, case_id=seen.pk, text="Quiet.")
    after = Clock.unscoped.get(case_id=seen.pk, leg=Leg.INFORMATION)
    assert (after.pk, after.stopped_at, after.steps_taken) == (before.pk, None, 1)
    assert stored(seen).case.clock_paused


def test_the_due_time_is_the_senders_while_they_are_asked(specialist: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    due = stored(seen).case.due_at
    by(specialist, accept, case_id=seen.pk)
    assert stored(seen).case.due_at == due


def test_made_stat_meanwhile_nothing_waits_for_the_answer(specialist: User, seen: Referral) -> None:
    by(specialist, ask_information, case_id=seen.pk, text=WHAT)
    by(specialist, raise_urgency, case_id=seen.pk, priority=Priority.STAT)
    by(specialist, accept, case_id=seen.pk)
    assert running(seen) == [Leg.BOOKING]


def test_what_was_asked_while_it_was_stat_waits_once_it_is_not(
    specialist: User, coordinator: User, stat: Referral
) -> None:
    by(specialist, open_referral, case_id=stat.pk)
    by(specialist, ask_information, case_id=stat.pk, text=WHAT)
    by(coordinator, lower_urgency, case_id=stat.pk, priority=Priority.URGENT, reason="Stable.")
    by(specialist, accept, case_id=stat.pk)
    assert running(stat) == [Leg.INFORMATION]
