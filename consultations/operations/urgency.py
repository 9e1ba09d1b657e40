"""Raising and lowering urgency (C17): the clocks count from the first send."""

from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.casework.operations.urgency import make_less_urgent, make_more_urgent
from consortium.kernel.actors import Actor
from consultations.events import UrgencyChanged
from consultations.models import Consultation
from consultations.operations.moving import Move, begin, finish, locked


def _changed(move: Move, before: int, facts: dict[str, Any], note: str = "") -> Consultation:
    return finish(move, UrgencyChanged(move.case.pk, before, move.case.priority), facts=facts, text=note)


@transaction.atomic
def raise_urgency(*, actor: Actor, case_id: UUID, priority: int) -> Consultation:
    """More urgent. Raised already: nothing happens."""
    consultation = locked(case_id)
    before = consultation.case.priority
    if before == priority:
        return consultation
    move = begin(actor, case_id, "raise_urgency")
    return _changed(move, before, make_more_urgent(move.case, priority))


@transaction.atomic
def lower_urgency(*, actor: Actor, case_id: UUID, priority: int, reason: str) -> Consultation:
    """Less urgent: the coordinator's decision, with a reason."""
    move = begin(actor, case_id, "lower_urgency")
    before = move.case.priority
    return _changed(move, before, make_less_urgent(move.case, priority, reason), reason)
