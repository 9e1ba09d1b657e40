"""What consultations hear: vital signs that make open questions about a child more urgent, in the same transaction."""

from consortium.casework.models import Case
from consortium.casework.queries.urgency import least_urgency
from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as, system
from consortium.kernel.events import receives
from consortium.patients.events import VitalSignsRecorded
from consultations.operations import raise_urgency
from consultations.states import OPEN_STEPS


@receives(VitalSignsRecorded, duty=True)
def heed_vital_signs(entry_id: int, event: VitalSignsRecorded) -> None:
    """Raise what is less urgent than the score asks for. A better score lowers nothing: that is the coordinator's."""
    least = least_urgency(event.level)
    if least == Priority.ROUTINE:
        return
    with acting_as(system("the child's vital signs")) as itself:
        calmer = Case.objects.open().filter(patient_id=event.patient_id, priority__gt=least)
        for case in calmer.filter(consultation__step__in=OPEN_STEPS).order_by("pk"):
            raise_urgency(actor=itself, case_id=case.pk, priority=least)
