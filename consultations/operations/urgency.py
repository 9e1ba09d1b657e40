"""Raising and lowering urgency (C17): the clocks count from the first send."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations import recompute_clocks, ring_lists
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consultations.events import UrgencyChanged
from consultations.models import Consultation
from consultations.operations.moving import Move, begin, finish, locked


def _change(move: Move, priority: int, note: str) -> Consultation:
    before, move.case.priority = move.case.priority, priority
    recompute_clocks(move.case)
    ring_lists(move.case)
    facts = {"before": Priority(before).code, "after": Priority(priority).code}
    return finish(move, UrgencyChanged(move.case.pk, before, priority), facts=facts, text=note)


@transaction.atomic
def raise_urgency(*, actor: Actor, case_id: UUID, priority: int) -> Consultation:
    """More urgent. Raised already: nothing happens."""
    consultation = locked(case_id)
    if consultation.case.priority == priority:
        return consultation
    move = begin(actor, case_id, "raise_urgency")
    if priority not in Priority.values or priority > move.case.priority:
        raise InvalidInput({"priority": _("Choose a higher urgency.")})
    return _change(move, priority, "")


@transaction.atomic
def lower_urgency(*, actor: Actor, case_id: UUID, priority: int, reason: str) -> Consultation:
    """Less urgent: the coordinator's decision, with a reason."""
    move = begin(actor, case_id, "lower_urgency")
    if priority not in Priority.values or priority <= move.case.priority:
        raise InvalidInput({"priority": _("Choose a lower urgency.")})
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why this is less urgent than the asker thought.")})
    return _change(move, priority, reason)
