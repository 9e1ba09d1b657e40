"""Time that runs out on a referral (R21e): whom each step tells, once each, and the coordinator in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from consortium.casework.models import Case, Clock, Escalation, Service
from consortium.casework.operations import facts_of_step
from consortium.casework.states import Ball, Leg, Priority, Tell
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted
from consortium.notices.models import Notice, Page, PageCall
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Referral
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.cancelling import withdraw
from referrals.operations.caring import admit
from referrals.operations.informing import ask_information
from referrals.operations.timing import escalate, escalate_due
from referrals.operations.transport import arrive
from referrals.operations.urgency import raise_urgency
from referrals.receivers.escalating import tell_of_escalation
from referrals.states import CancelReason, DeclineReason, Place
from referrals.tasks import escalate as beat
from tests.consultations.cases import by
from tests.referrals.cases import sent
from tests.referrals.way import arranged, ball, running, stored

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def beat_after(passed: timedelta) -> int:
    """One beat of the clock so much later: how many steps it took."""
    with clock.moved(passed):
        return int(beat())


def first_called(page: Page) -> Any:
    return PageCall.unscoped.filter(page=page).order_by("position").values_list("user_id", flat=True)[0]


def steps(referral: Referral) -> list[tuple[str, int, str]]:
    rows = Escalation.unscoped.filter(case_id=referral.pk).order_by("taken_at", "number")
    return list(rows.values_list("clock__leg", "percent", "tell"))


@pytest.fixture
def asked(asker: User, specialist: User, lead: User, coordinator: User, patient: Patient, service: Service) -> Referral:
    """A stat child whom nobody has looked at."""
    return sent(asker, patient, service, priority=Priority.STAT)


@pytest.fixture
def calm(asker: User, specialist: User, lead: User, coordinator: User, patient: Patient, service: Service) -> Referral:
    """An urgent one."""
    return sent(asker, patient, service)


# -- the green channel ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "taken"), [(9, 0), (11, 1), (21, 2), (31, 3)])
def test_unseen_it_escalates_at_10_20_and_30_minutes(asked: Referral, minutes: int, taken: int) -> None:
    assert beat_after(minutes * MINUTE) == taken
    assert [tell for _leg, _percent, tell in steps(asked)] == [Tell.HOLDER, Tell.LEAD, Tell.COORDINATOR][:taken]


def test_seen_and_not_accepted_it_escalates_at_the_same_times(specialist: User, asked: Referral) -> None:
    by(specialist, open_referral, case_id=asked.pk)
    assert [beat_after(m * MINUTE) for m in (9, 11, 21, 31)] == [0, 1, 1, 1]
    assert {leg for leg, _percent, _tell in steps(asked)} == {Leg.ACCEPTANCE}


def test_after_the_last_step_the_coordinator_has_the_ball(asked: Referral) -> None:
    beat_after(31 * MINUTE)
    assert ball(asked)[0] == Ball.COORDINATOR


def test_before_the_last_step_the_service_keeps_it(asked: Referral) -> None:
    beat_after(21 * MINUTE)
    assert ball(asked)[0] == Ball.RESPONDER


def test_each_step_is_taken_once_however_often_the_clock_beats(asked: Referral) -> None:
    assert [beat_after(11 * MINUTE) for _again in range(3)] == [1, 0, 0]
    assert Entry.unscoped.filter(subject_id=str(asked.pk), verb="escalate").count() == 1


def test_a_late_beat_takes_every_step_in_its_order(asked: Referral) -> None:
    assert beat_after(3 * HOUR) == 3
    assert [percent for _leg, percent, _tell in steps(asked)] == [200, 400, 600]


def test_each_step_of_a_stat_child_pages(lead: User, asked: Referral) -> None:
    beat_after(21 * MINUTE)
    newest = Page.unscoped.filter(subject_id=str(asked.pk)).order_by("-started_at").first()
    assert newest is not None and newest.kind == "referral.overdue"
    assert first_called(newest) == lead.pk


def test_the_last_step_pages_the_coordinator(coordinator: User, asked: Referral) -> None:
    beat_after(31 * MINUTE)
    last = Page.unscoped.filter(subject_id=str(asked.pk), kind="referral.taken_on").get()
    assert first_called(last) == coordinator.pk


# -- every other leg --------------------------------------------------------------------------------------------------


def test_a_place_that_nobody_finds_escalates(specialist: User, asked: Referral) -> None:
    by(specialist, decline, case_id=asked.pk, reason=DeclineReason.NO_BED)
    assert running(asked).leg == Leg.REDIRECTION
    assert [beat_after(m * MINUTE) for m in (4, 6, 11, 16)] == [0, 1, 1, 1]


def test_an_accepted_child_for_whom_nothing_is_arranged_escalates(specialist: User, asked: Referral) -> None:
    by(specialist, accept, case_id=asked.pk)
    assert running(asked).leg == Leg.BOOKING
    assert [beat_after(m * MINUTE) for m in (14, 16, 31, 46)] == [0, 1, 1, 1]
    assert ball(asked)[0] == Ball.COORDINATOR


def test_a_child_who_does_not_arrive_escalates(asker: User, specialist: User, asked: Referral) -> None:
    by(specialist, accept, case_id=asked.pk)
    arranged(asker, asked)
    assert [beat_after(h * HOUR) for h in (1, 2, 4, 5)] == [0, 1, 1, 1]
    assert {leg for leg, _percent, _tell in steps(asked)} == {Leg.ARRIVAL}


def test_a_note_that_nobody_writes_escalates(specialist: User, asked: Referral) -> None:
    by(specialist, accept, case_id=asked.pk)
    by(specialist, arrive, case_id=asked.pk)
    assert running(asked).leg == Leg.INTERIM_NOTE
    assert beat_after(DAY + HOUR) == 1
    assert steps(asked) == [(Leg.INTERIM_NOTE, 100, Tell.LEAD)]


@pytest.mark.parametrize("leg", [Leg.OUTCOME, Leg.ACKNOWLEDGEMENT, Leg.TAKE_OVER, Leg.FOLLOW_UP])
def test_the_legs_after_the_arrival_end_with_the_coordinator(asked: Referral, leg: Leg) -> None:
    """Brought about by writing the clock alone: what starts these legs has its own tests."""
    Clock.unscoped.filter(case_id=asked.pk).update(leg=leg, target_seconds=3600, escalates_at=clock.now())
    assert beat_after(2 * HOUR) == 2
    assert ball(asked)[0] == Ball.COORDINATOR


# -- what does not escalate -------------------------------------------------------------------------------------------


def test_what_waits_for_information_is_left_alone(specialist: User, calm: Referral) -> None:
    by(specialist, open_referral, case_id=calm.pk)
    by(specialist, ask_information, case_id=calm.pk, text="Saturation?")
    beat_after(5 * HOUR)
    assert {leg for leg, _percent, _tell in steps(calm)} == {Leg.INFORMATION}


def test_what_is_withdrawn_is_left_alone(asker: User, asked: Referral) -> None:
    by(asker, withdraw, case_id=asked.pk, reason=CancelReason.BETTER)
    assert beat_after(HOUR) == 0


def test_an_accepted_one_leaves_the_steps_before_behind(specialist: User, asked: Referral) -> None:
    with clock.moved(8 * MINUTE):
        by(specialist, accept, case_id=asked.pk)
    assert beat_after(11 * MINUTE) == 0


def test_a_case_in_somebodys_hands_waits_for_the_next_beat(asked: Referral) -> None:
    """The row is read with SKIP LOCKED: a lock of this same transaction does not show it, so the words are asked."""
    seen: list[str] = []
    with connection.execute_wrapper(_Watch(seen)):
        beat_after(11 * MINUTE)
    assert any("SKIP LOCKED" in sql and "casework_case" in sql for sql in seen)


class _Watch:
    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen.append(sql)
        return execute(sql, params, many, context)


def test_an_urgent_one_leaves_notices_and_no_page(lead: User, calm: Referral) -> None:
    pages = Page.unscoped.filter(subject_id=str(calm.pk)).count()
    beat_after(31 * MINUTE)
    entry = Entry.unscoped.filter(subject_id=str(calm.pk), verb="escalate").order_by("-seq").first()
    assert entry is not None
    from consortium.kernel.events import DomainEvent

    with acting_as(system("test")):
        tell_of_escalation(entry.pk, DomainEvent.registry[entry.event].load(entry.payload))  # type: ignore[arg-type]
        assert Notice.objects.filter(recipient=lead, kind="referral.overdue").exists()
    assert Page.unscoped.filter(subject_id=str(calm.pk)).count() == pages


def test_a_warning_that_comes_too_late_says_nothing(specialist: User, asked: Referral) -> None:
    by(specialist, accept, case_id=asked.pk)
    beat_after(HOUR)
    assert [percent for _leg, percent, _tell in steps(asked)] == [100, 150]


def test_raised_the_steps_begin_anew(asker: User, calm: Referral) -> None:
    beat_after(16 * MINUTE)
    by(asker, raise_urgency, case_id=calm.pk, priority=Priority.STAT)
    assert running(calm).steps_taken == 0
    assert beat_after(11 * MINUTE) == 1


# -- who, and how -----------------------------------------------------------------------------------------------------


def test_only_the_system_escalates(specialist: User, asked: Referral) -> None:
    step = Escalation(clock=running(asked), case_id=asked.pk, number=1, tell=Tell.HOLDER)
    with pytest.raises(NotPermitted):
        by(specialist, escalate, case_id=asked.pk, step=step)


def test_the_journal_keeps_what_the_event_says(asked: Referral) -> None:
    beat_after(11 * MINUTE)
    step = Escalation.unscoped.select_related("clock").get(case_id=asked.pk)
    entry = Entry.unscoped.get(subject_id=str(asked.pk), verb="escalate")
    assert facts_of_step(step).items() <= entry.facts.items()
    assert entry.facts["leg"] == Leg.SEEN and entry.facts["last"] is False


def test_consultations_and_referrals_beat_apart(asked: Referral) -> None:
    from consultations.tasks import escalate as of_consultations

    with clock.moved(HOUR):
        assert of_consultations() == 0
    with clock.moved(HOUR), acting_as(system("test")) as itself:
        assert escalate_due(actor=itself) == 3


def test_the_clock_beats_every_fifteen_seconds() -> None:
    rows = [row for row in settings.CELERY_BEAT_SCHEDULE.values() if row["task"] == "referrals.escalate"]
    assert [row["schedule"] for row in rows] == [15.0]


def test_a_child_under_care_keeps_one_ball_and_one_clock(specialist: User, asked: Referral) -> None:
    by(specialist, accept, case_id=asked.pk)
    by(specialist, arrive, case_id=asked.pk)
    by(specialist, admit, case_id=asked.pk, place=Place.INTENSIVE)
    assert (running(asked).leg, ball(asked)) == (Leg.INTERIM_NOTE, (Ball.RESPONDER, specialist.pk))
    assert Case.unscoped.get(pk=asked.pk).is_open and stored(asked).step == "under_care"
