"""Urgency of a referral: raised by either side and by the child's signs, lowered by the coordinator alone (R21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Clock, Service
from consortium.casework.queries.urgency import urgency_of_course
from consortium.casework.states import Leg, Priority
from consortium.clinical.pews import Level
from consortium.journal.models import Entry as JournalEntry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, WrongStep
from consortium.notices.models import Page
from consortium.patients.models import Patient
from consortium.patients.operations import Entry, record_measurements
from consortium.patients.queries.measuring import level_before
from consortium.people.models import User
from referrals.models import Referral
from referrals.operations.answering import accept
from referrals.operations.cancelling import withdraw
from referrals.operations.caring import admit
from referrals.operations.informing import ask_information
from referrals.operations.transport import arrive
from referrals.operations.urgency import lower_urgency, raise_urgency
from referrals.states import CancelReason, Place
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.patients import make_measured
from tests.referrals.cases import sent
from tests.referrals.way import ball, running, stored

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def asked(asker: User, specialist: User, coordinator: User, patient: Patient, service: Service) -> Referral:
    """An urgent child whom nobody has accepted."""
    return sent(asker, patient, service)


def signs(user: User, patient: Patient, **codes: str) -> Any:
    with acting_as(actor_for(user)) as actor:
        entries = [Entry(kind, code=code) for kind, code in codes.items()]
        return record_measurements(actor=actor, patient_id=patient.pk, entries=entries)[0]


# -- raised -----------------------------------------------------------------------------------------------------------


def test_a_raised_clock_counts_from_the_first_send(asker: User, asked: Referral) -> None:
    with clock.moved(HOUR):
        by(asker, raise_urgency, case_id=asked.pk, priority=Priority.STAT)
    now_running = running(asked)
    assert (now_running.leg, now_running.started_at) == (Leg.SEEN, stored(asked).case.submitted_at)
    assert now_running.target_seconds == 5 * 60


def test_raised_to_stat_is_mirrored(asker: User, asked: Referral) -> None:
    by(asker, raise_urgency, case_id=asked.pk, priority=Priority.STAT)
    assert (stored(asked).is_stat, stored(asked).case.priority) == (True, Priority.STAT)


def test_raised_to_stat_pages_anew(asker: User, specialist: User, asked: Referral) -> None:
    by(asker, raise_urgency, case_id=asked.pk, priority=Priority.STAT)
    kinds = set(Page.unscoped.filter(subject_id=str(asked.pk), step="calling").values_list("kind", flat=True))
    assert kinds == {"referral.stat"}


@pytest.mark.parametrize("who", ["colleague", "coordinator", "nurse_there"])
def test_either_side_and_the_coordinator_raise(who: str, request: Any, asked: Referral, hospital: Any) -> None:
    from consortium.people.states import Role
    from tests.factories.people import make_staff

    user = make_staff("ward", hospital, Role.NURSE) if who == "nurse_there" else request.getfixturevalue(who)
    assert by(user, raise_urgency, case_id=asked.pk, priority=Priority.STAT).is_stat


def test_the_same_urgency_is_no_act(asker: User, asked: Referral) -> None:
    before = stored(asked).case.version
    by(asker, raise_urgency, case_id=asked.pk, priority=Priority.URGENT)
    assert stored(asked).case.version == before


def test_raising_does_not_lower(asker: User, asked: Referral) -> None:
    with pytest.raises(InvalidInput) as refused:
        by(asker, raise_urgency, case_id=asked.pk, priority=Priority.ROUTINE)
    assert "priority" in refused.value.fields


def test_the_journal_says_before_and_after(asker: User, asked: Referral) -> None:
    by(asker, raise_urgency, case_id=asked.pk, priority=Priority.STAT)
    entry = JournalEntry.unscoped.filter(subject_id=str(asked.pk), verb="raise_urgency").get()
    assert (entry.facts["before"], entry.facts["after"]) == ("urgent", "stat")


def test_a_stat_clock_no_longer_waits_for_information(asker: User, specialist: User, asked: Referral) -> None:
    by(specialist, accept, case_id=asked.pk)
    by(specialist, ask_information, case_id=asked.pk, text="Saturation?")
    by(asker, raise_urgency, case_id=asked.pk, priority=Priority.STAT)
    assert (running(asked).leg, Clock.unscoped.filter(case_id=asked.pk, stopped_at=None).count()) == (Leg.BOOKING, 1)


def test_a_day_that_was_set_stays_where_it_is_the_sooner(asker: User, asked: Referral) -> None:
    """As of a visit whose day is known."""
    Clock.unscoped.filter(case_id=asked.pk, stopped_at=None).update(target_seconds=240)
    by(asker, raise_urgency, case_id=asked.pk, priority=Priority.STAT)
    assert running(asked).target_seconds == 240


def test_what_is_over_is_not_raised(asker: User, asked: Referral) -> None:
    by(asker, withdraw, case_id=asked.pk, reason=CancelReason.BETTER)
    with pytest.raises(WrongStep):
        by(asker, raise_urgency, case_id=asked.pk, priority=Priority.STAT)


# -- lowered ----------------------------------------------------------------------------------------------------------


def test_the_coordinator_lowers_with_a_reason(coordinator: User, asked: Referral) -> None:
    by(coordinator, lower_urgency, case_id=asked.pk, priority=Priority.ROUTINE, reason="Seen by video: well.")
    assert stored(asked).case.priority == Priority.ROUTINE


def test_lowered_from_stat_is_mirrored(asker: User, coordinator: User, patient: Patient, service: Service) -> None:
    referral = sent(asker, patient, service, priority=Priority.STAT)
    by(coordinator, lower_urgency, case_id=referral.pk, priority=Priority.URGENT, reason="Breathes calmly.")
    assert not stored(referral).is_stat


def test_nobody_lowers_without_a_reason(coordinator: User, asked: Referral) -> None:
    with pytest.raises(InvalidInput) as refused:
        by(coordinator, lower_urgency, case_id=asked.pk, priority=Priority.ROUTINE, reason=" ")
    assert "reason" in refused.value.fields


def test_lowering_does_not_raise(coordinator: User, asked: Referral) -> None:
    with pytest.raises(InvalidInput):
        by(coordinator, lower_urgency, case_id=asked.pk, priority=Priority.STAT, reason="Worse.")


def test_the_sender_lowers_nothing(asker: User, asked: Referral) -> None:
    with pytest.raises(NotPermitted):
        by(asker, lower_urgency, case_id=asked.pk, priority=Priority.ROUTINE, reason="Better.")


def test_a_stat_one_beside_another_is_not_lowered(
    asker: User, coordinator: User, patient: Patient, service: Service, asked: Referral
) -> None:
    """Only a stat referral stands beside another for the same problem: the database keeps that."""
    second = sent(asker, patient, service, priority=Priority.STAT)
    with pytest.raises(DomainError) as refused:
        by(coordinator, lower_urgency, case_id=second.pk, priority=Priority.URGENT, reason="Better.")
    assert "already" in str(refused.value.message)


# -- by the child's signs ---------------------------------------------------------------------------------------------


def test_signs_of_danger_raise_a_referral_to_stat(nurse: User, patient: Patient, asked: Referral) -> None:
    signs(nurse, patient, avpu="P")
    assert stored(asked).is_stat
    entry = JournalEntry.unscoped.filter(subject_id=str(asked.pk), verb="raise_urgency").get()
    assert entry.actor_id is None


def test_better_signs_lower_nothing(nurse: User, patient: Patient, asked: Referral) -> None:
    signs(nurse, patient, avpu="A")
    assert stored(asked).case.priority == Priority.URGENT


def test_a_rise_of_the_score_makes_urgent(
    asker: User, nurse: User, specialist: User, patient: Patient, service: Service
) -> None:
    referral = sent(asker, patient, service, priority=Priority.ROUTINE)
    make_measured(patient, at=clock.now() - HOUR, avpu="A", distress="none")
    signs(nurse, patient, distress="mild")
    assert stored(referral).case.priority == Priority.URGENT


def test_a_low_score_alone_raises_nothing(
    asker: User, nurse: User, specialist: User, patient: Patient, service: Service
) -> None:
    referral = sent(asker, patient, service, priority=Priority.ROUTINE)
    signs(nurse, patient, distress="mild")
    assert stored(referral).case.priority == Priority.ROUTINE


def test_a_child_under_care_is_watched_by_its_ward(
    nurse: User, specialist: User, patient: Patient, asked: Referral
) -> None:
    by(specialist, accept, case_id=asked.pk)
    by(specialist, arrive, case_id=asked.pk)
    by(specialist, admit, case_id=asked.pk, place=Place.WARD)
    signs(nurse, patient, avpu="P")
    assert stored(asked).case.priority == Priority.URGENT


def test_who_has_it_keeps_it_when_signs_raise(nurse: User, patient: Patient, asked: Referral) -> None:
    before = ball(asked)
    signs(nurse, patient, avpu="P")
    assert ball(asked) == before


@pytest.mark.parametrize(
    ("level", "least"), [(Level.NONE, Priority.ROUTINE), (Level.MEDIUM, Priority.URGENT), (Level.HIGH, Priority.STAT)]
)
def test_a_level_asks_by_itself(level: Level, least: Priority, patient: Patient) -> None:
    with acting_as(system("test")):
        measured = make_measured(patient, avpu="A")[0].measured_id
        assert urgency_of_course(level, measured) == least


def test_signs_of_yesterday_are_no_before(patient: Patient) -> None:
    make_measured(patient, at=clock.now() - timedelta(days=1), avpu="A")
    with acting_as(system("test")):
        assert level_before(make_measured(patient, distress="mild")[0].measured_id) is None
