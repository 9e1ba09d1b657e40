"""What casework hears: an erased child leaves no words behind in hand-overs and bookings."""

from consortium.casework.models import Booking, HandoverItem
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.patients.events import PatientErased

_WHY = "erasing what was written about a child"


@receives(PatientErased, duty=True)
def erase_notes(entry_id: int, event: PatientErased) -> None:
    """Who held what and when stays; what was written about the child goes."""
    unfiltered(HandoverItem, why=_WHY).filter(case__patient_id=event.patient_id).update(note="")
    unfiltered(Booking, why=_WHY).filter(case__patient_id=event.patient_id).update(reason="")
