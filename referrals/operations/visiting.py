"""Visits at the receiving hospital: booked, moved, missed, cancelled (R7, R8)."""

from consortium.casework.models import Case
from consortium.casework.operations import settle_booking
from consortium.casework.states import BookingStep
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.scoping import unfiltered
from referrals.models import Visit, Waiting


def free_visit(actor: Actor, case: Case, reason: str) -> None:
    """The time of a visit that will not come about is free again, and the child no longer waits for another."""
    ahead = unfiltered(Visit, why="the visit of a locked case").filter(
        case_id=case.pk, booking__step=BookingStep.BOOKED
    )
    with acting_as(system("the visit will not come about")) as itself:
        for visit in ahead:
            settle_booking(actor=itself, booking_id=visit.booking_id, verb="cancel", reason=reason)
    stop_waiting_for_place(case)


def stop_waiting_for_place(case: Case) -> None:
    """Off the waiting list."""
    waiting = unfiltered(Waiting, why="the waiting list of a locked case").filter(case_id=case.pk)
    waiting.filter(filled_at=None, left_at=None).update(left_at=clock.now())
