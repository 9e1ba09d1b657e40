"""Going off duty, by a button or by the clock: what nobody took over goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortium.casework import operations
from consortium.casework.models import Clock, HandoverItem, Service, ServiceMember, Shift
from consortium.casework.queries.on_duty import is_on_duty
from consortium.casework.states import HANDOVER_GRACE, Ball, HandoverStep, ItemOutcome, Leg
from consortium.casework.tasks import end_duties
from consortium.journal.models import Entry
from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.kernel.errors import NotPermitted
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.casework.handing import now_of, off, offer, take
from tests.casework.rosters import shift
from tests.consultations.cases import by, claimed

pytestmark = pytest.mark.django_db


# -- going off duty ---------------------------------------------------------------------------------------------------


def test_going_off_duty_returns_what_was_not_handed_over(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    off(specialist, service)
    case = now_of(one)
    assert (case.responder_id, case.ball, case.ball_user_id) == (None, Ball.COORDINATOR, None)
    assert Clock.unscoped.get(case=case, stopped_at=None).leg == Leg.ALLOCATION
    assert Entry.unscoped.filter(subject_id=str(one.pk), verb="return_to_queue").count() == 1


def test_a_hand_over_that_nobody_took_lapses(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    off(specialist, service)
    made.refresh_from_db()
    assert made.step == HandoverStep.LAPSED
    assert HandoverItem.unscoped.get().outcome == ItemOutcome.RETURNED


def test_what_was_taken_over_does_not_go_back(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    take(other_specialist, offer(specialist, service, other_specialist))
    off(specialist, service)
    assert now_of(one).responder_id == other_specialist.pk


def test_off_duty_ends_the_running_shift(specialist: User, service: Service) -> None:
    made = shift(service, specialist, -1)
    off(specialist, service)
    made.refresh_from_db()
    assert made.ends <= clock.now()
    assert not is_on_duty(service.pk, specialist.pk)


def test_off_duty_when_off_duty_returns_nothing(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    one = claimed(asker, specialist, patient, service)
    off(specialist, service)
    assert now_of(one).responder_id == specialist.pk


def test_set_duty_without_a_time_is_going_off_duty(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    by(specialist, operations.set_duty, service_id=service.pk, user_id=specialist.pk, until=None)
    assert now_of(one).responder_id is None


def test_a_stranger_ends_nobodys_duty(asker: User, specialist: User, service: Service) -> None:
    with pytest.raises(NotPermitted):
        by(asker, operations.go_off_duty, service_id=service.pk, user_id=specialist.pk)


# -- the clock ends duties --------------------------------------------------------------------------------------------


def test_at_the_end_of_the_shift_there_is_a_grace_then_the_work_goes_back(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    shift(service, specialist, -1, 2)
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=1) + HANDOVER_GRACE / 2):
        assert end_duties() == 0
        assert now_of(one).responder_id == specialist.pk
    with clock.moved(timedelta(hours=1) + HANDOVER_GRACE):
        assert end_duties() == 1
        assert end_duties() == 0, "once"
    assert now_of(one).responder_id is None


def test_who_stays_on_duty_keeps_the_work(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    first = shift(service, specialist, -1, 2)
    Shift.objects.create(service=service, user=specialist, period=(first.ends, first.ends + timedelta(hours=8)))
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=2)):
        assert end_duties() == 0
    assert now_of(one).responder_id == specialist.pk


def test_a_duty_by_ones_own_word_ends_too(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=12) + HANDOVER_GRACE):
        assert end_duties() == 1
    assert now_of(one).responder_id is None
    assert ServiceMember.objects.get(user=specialist).on_duty_until is None


def test_a_word_that_ran_out_during_a_shift_ends_nothing(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    shift(service, specialist, -1, 30)
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=13)):
        assert end_duties() == 0
    assert now_of(one).responder_id == specialist.pk


def test_the_end_of_a_shift_of_who_left_is_only_noted(specialist: User, service: Service) -> None:
    made = shift(service, specialist, -1, 2)
    ServiceMember.objects.filter(user=specialist).update(left_at=clock.now())
    with clock.moved(timedelta(hours=3)):
        assert end_duties() == 0
    made.refresh_from_db()
    assert made.closed_at is not None


def test_who_has_work_is_reminded_once_before_the_end(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    shift(service, specialist, -1, 1.25)
    shift(service, other_specialist, -1, 1.25)
    claimed(asker, specialist, patient, service)
    for _ in range(2):
        end_duties()
        relay()
    assert list(Notice.unscoped.filter(kind="duty.ending").values_list("recipient_id", flat=True)) == [specialist.pk]
