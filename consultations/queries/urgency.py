"""How urgent a child's vital signs make a question."""

from uuid import UUID

from consortium.casework.states import Priority
from consortium.clinical.pews import Level
from consortium.patients.queries.measuring import level_now


def least_urgency(level: int) -> Priority:
    """Medium is at least urgent, high and emergency are stat; nothing is ever lowered by this."""
    if level >= Level.HIGH:
        return Priority.STAT
    return Priority.URGENT if level == Level.MEDIUM else Priority.ROUTINE


def urgency_of_signs(patient_id: UUID) -> Priority:
    """What the vital signs of the last hours ask for. One query."""
    return least_urgency(level_now(patient_id))
