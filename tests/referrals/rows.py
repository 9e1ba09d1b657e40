"""Referrals at any step, as rows: for what is about finding them, not about how they came there."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from consortium.casework.models import BallSpell, Case, Clock, Service
from consortium.casework.states import Ball, CaseKind, Leg, Priority
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Referral
from referrals.states import MACHINE, Step
from tests.factories.cases import make_case
from tests.factories.patients import make_pathway

#: what a step needs beside itself
_NEEDS: dict[str, dict[str, Any]] = {
    Step.CANCELLED: {"cancel_reason": "better"},
    Step.ENDED: {"end_reason": "refused"},
}


def way_to(step: str) -> list[str]:
    """The legal steps from a draft to `step`."""
    waiting, seen = deque([[Step.DRAFT.value]]), {Step.DRAFT.value}
    while waiting:
        way = waiting.popleft()
        if way[-1] == step:
            return way[1:]
        for transition in MACHINE.transitions:
            if way[-1] in transition.sources and transition.target and transition.target not in seen:
                seen.add(transition.target)
                waiting.append([*way, str(transition.target)])
    raise AssertionError(f"no way to {step}")


def referral_at(
    step: str,
    patient: Patient,
    asker: User,
    service: Service,
    *,
    due: timedelta = timedelta(hours=1),
    escalates: timedelta | None = None,
    priority: int = Priority.ROUTINE,
    ball: str = Ball.RESPONDER,
    leg: str = Leg.ACCEPTANCE,
    clocked: bool = True,
    **case: Any,
) -> Referral:
    """`due` from now on, before now when negative; `escalates`: when a next step is ahead, None when all are behind."""
    now = clock.now()
    sent = now - timedelta(days=30)
    seat = asker.memberships(manager="unscoped").get()
    made = make_case(
        patient, asker, seat.institution, kind=CaseKind.REFERRAL, priority=priority, created_at=sent, service=service,
        pathway=make_pathway(patient, seat.institution), submitted_at=sent, ball=ball, due_at=now + due,
        **{"ball_user": None, **case},
    )  # fmt: skip
    referral: Referral = Referral.unscoped.create(
        case=made, patient=patient, problem=uuid4().hex, is_stat=priority == Priority.STAT, arrived_at=now
    )
    for each in way_to(step):
        Referral.unscoped.filter(pk=referral.pk).update(step=each, **_NEEDS.get(each, {}))
    if step in (Step.CLOSED, Step.CANCELLED, Step.ENDED, Step.FOLLOWED):
        BallSpell.unscoped.filter(case=made).update(until=now)
        Case.unscoped.filter(pk=made.pk).update(is_open=False, closed_at=now, ball=Ball.NONE, ball_user=None)
    elif clocked:
        _clock(made, leg, sent, now + escalates if escalates is not None else None)
    fresh: Referral = Referral.unscoped.select_related("case").get(pk=referral.pk)
    return fresh


def _clock(case: Case, leg: str, started: datetime, escalates_at: datetime | None) -> None:
    Clock.unscoped.create(
        case=case, leg=leg, priority=case.priority, target_seconds=3600, started_at=started, escalates_at=escalates_at,
        steps_taken=3 if escalates_at is None else 0,
    )  # fmt: skip
