"""From one shift to the next nothing open is left without a holder, whatever happens at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from consortium.casework import operations
from consortium.casework.models import BallSpell, Case, Clock, Handover, Service, ServiceMember, Shift
from consortium.casework.states import Ball
from consortium.casework.tasks import end_duties
from consortium.journal.models import Entry
from consortium.kernel.errors import DomainError
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations as consult
from consultations.operations import Advice
from consultations.queries import can_answer
from tests.casework.handing import offer
from tests.casework.rosters import shift, soon
from tests.consultations.cases import by, claimed, submitted
from tests.consultations.test_concurrency import as_user, race

pytestmark = pytest.mark.django_db


# -- nothing without a holder -----------------------------------------------------------------------------------------


def check_holders(told: object = "") -> None:
    """Every open case has one holder who can act, one open spell and one running clock."""
    for case in Case.unscoped.filter(submitted_at__isnull=False, is_open=True).select_related("service"):
        spell = BallSpell.unscoped.get(case=case, until=None)
        assert (spell.party, spell.user_id) == (case.ball, case.ball_user_id), told
        assert Clock.unscoped.filter(case=case, stopped_at=None, paused_at=None).count() == 1, told
        if case.ball == Ball.RESPONDER:
            assert case.ball_user_id == case.responder_id, told
            assert can_answer(case.responder_id, case), told  # type: ignore[arg-type]
        assert case.responder_id is not None or case.ball == Ball.COORDINATOR, told


def test_random_shifts_leave_no_case_without_a_holder(
    asker: User, specialist: User, other_specialist: User, lead: User, patient: Patient, service: Service,
    figure: Callable[[str, str], None], pytestconfig: pytest.Config,
) -> None:  # fmt: skip
    """Claims, offers, take-overs, withdrawals, off duty, back on duty, the timer, in any order."""
    people, done, walks = [specialist, other_specialist, lead], 0, 40 if pytestconfig.getoption("--deep") else 15
    for seed in range(walks):
        rng, point, told = random.Random(seed), transaction.savepoint(), []
        for _ in range(14):
            who, other = rng.sample(people, 2)
            handovers = [h.pk for h in Handover.unscoped.all()] or [uuid4()]
            queue = [c.pk for c in Case.unscoped.filter(responder=None)] or [uuid4()]
            acts: list[tuple[User, Any, dict[str, Any]]] = [
                (who, consult.claim, {"case_id": rng.choice(queue)}),
                (who, operations.offer_handover, {"service_id": service.pk, "to_user_id": other.pk}),
                (who, operations.take_over, {"handover_id": rng.choice(handovers)}),
                (who, operations.withdraw_handover, {"handover_id": rng.choice(handovers)}),
                (who, operations.go_off_duty, {"service_id": service.pk, "user_id": who.pk}),
                (who, operations.set_duty, {"service_id": service.pk, "user_id": who.pk, "until": soon(8)}),
            ]
            if rng.random() < 0.3:
                submitted(asker, patient, service)
            user, act, words = rng.choice(acts)
            try:
                with transaction.atomic():
                    by(user, act, **words)
                told.append(act.__name__)
            except DomainError:
                pass
            check_holders(told)
        done += len(told)
        transaction.savepoint_rollback(point)
    figure("hand-over walks", f"{walks} walks, {done} acts done, 0 open cases without a holder")
    assert done > walks * 2


@pytest.mark.django_db(transaction=True)
def test_taken_over_and_off_duty_at_once_leaves_every_case_held(
    asker: User, specialist: User, other_specialist: User, lead: User, patient: Patient, service: Service
) -> None:
    """Twenty rounds: two take over, the giver goes off duty, and the giver answers one, all at once."""
    for _ in range(20):
        ServiceMember.objects.update(on_duty_until=soon(8))
        cases = [claimed(asker, specialist, patient, service) for _ in range(2)]
        made = offer(specialist, service, other_specialist)
        results = race([
            as_user(other_specialist, operations.take_over, handover_id=made.pk),
            as_user(lead, operations.take_over, handover_id=made.pk),
            as_user(specialist, operations.go_off_duty, service_id=service.pk, user_id=specialist.pk),
            as_user(specialist, consult.answer, case_id=cases[0].pk, advice=Advice("Croup.", "Dexamethasone.")),
        ])  # fmt: skip
        assert None not in results, "no deadlock, no crash"
        check_holders(results)
        assert not Case.unscoped.filter(ball_user=specialist, is_open=True).exists()
        held = Case.unscoped.filter(pk__in=[c.pk for c in cases])
        assert {c.responder_id for c in held} <= {None, specialist.pk, other_specialist.pk, lead.pk}


@pytest.mark.django_db(transaction=True)
def test_the_timer_twice_at_once_returns_each_case_once(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    shift(service, specialist, -1, 2)
    one = claimed(asker, specialist, patient, service)
    Shift.objects.update(period=(soon(-4), soon(-2)))
    assert sorted(race([end_duties, end_duties])) == [0, 1]
    assert Entry.unscoped.filter(subject_id=str(one.pk), verb="return_to_queue").count() == 1
