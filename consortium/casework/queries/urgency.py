"""How urgent a child's vital signs make a case."""

from uuid import UUID

from consortium.casework.states import Priority
from consortium.clinical.pews import Level
from consortium.patients.queries.measuring import level_before, level_now


def least_urgency(level: int) -> Priority:
    """Medium is at least urgent, high and emergency are stat; nothing is ever lowered by this."""
    if level >= Level.HIGH:
        return Priority.STAT
    return Priority.URGENT if level == Level.MEDIUM else Priority.ROUTINE


def urgency_of_signs(patient_id: UUID) -> Priority:
    """What the vital signs of the last hours ask for. One query."""
    return least_urgency(level_now(patient_id))


def urgency_of_course(level: int, measured_id: UUID) -> Priority:
    """What newly measured signs ask of a child who is to travel: the score's own urgency, and at least urgent when its
    level has risen since the signs before. One query."""
    least = least_urgency(level)
    if least == Priority.ROUTINE and level > Level.NONE:
        before = level_before(measured_id)
        return Priority.URGENT if before is not None and level > before else least
    return least
