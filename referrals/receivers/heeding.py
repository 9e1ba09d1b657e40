"""What referrals hear: vital signs that make a child who is to travel more urgent, in the same transaction."""

from consortium.casework.models import Case
from consortium.casework.queries.urgency import urgency_of_course
from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as, system
from consortium.kernel.events import receives
from consortium.patients.events import VitalSignsRecorded
from referrals.operations.urgency import raise_urgency
from referrals.states import EXPECTED_STEPS, WAITING_STEPS, Step

#: until the child is there: afterwards the ward that watches it acts by itself
_AWAITED = (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS)


@receives(VitalSignsRecorded, duty=True)
def heed_vital_signs(entry_id: int, event: VitalSignsRecorded) -> None:
    """Raise what is less urgent than the score, or its rise, asks for. A better score lowers nothing."""
    with acting_as(system("the child's vital signs")) as itself:
        awaited = Case.objects.open().filter(patient_id=event.patient_id, referral__step__in=_AWAITED)
        calmer = list(awaited.filter(priority__gt=Priority.STAT).order_by("pk"))
        least = urgency_of_course(event.level, event.measured_id) if calmer else Priority.ROUTINE
        for case in calmer:
            if case.priority > least:
                raise_urgency(actor=itself, case_id=case.pk, priority=least)
