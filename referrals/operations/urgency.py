"""Raising and lowering urgency (R21): the clocks count from the first send."""

from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.casework.operations.urgency import make_less_urgent, make_more_urgent
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from referrals.events import UrgencyChanged
from referrals.models import Referral
from referrals.operations.moving import Move, begin, finish, locked


def _changed(move: Move, before: int, facts: dict[str, Any], note: str = "") -> Referral:
    move.referral.is_stat = move.case.priority == Priority.STAT
    return finish(move, UrgencyChanged(move.case.pk, before, move.case.priority), facts=facts, text=note)


@transaction.atomic
def raise_urgency(*, actor: Actor, case_id: UUID, priority: int, note: str = "") -> Referral:
    """More urgent: by either side, the coordinator, or the child's vital signs. Raised already: nothing happens.

    Raises InvalidInput, WrongStep, NotPermitted, NotVisible.
    """
    referral = locked(case_id)
    before = referral.case.priority
    if before == priority:
        return referral
    move = begin(actor, case_id, "raise_urgency")
    return _changed(move, before, make_more_urgent(move.case, priority), note)


@transaction.atomic
def lower_urgency(*, actor: Actor, case_id: UUID, priority: int, reason: str) -> Referral:
    """Less urgent: the coordinator's decision, with a reason. InvalidInput also where another referral of the child
    for the same problem is open: only a stat one stands beside it."""
    move = begin(actor, case_id, "lower_urgency")
    before = move.case.priority
    return _changed(move, before, make_less_urgent(move.case, priority, reason), reason)
