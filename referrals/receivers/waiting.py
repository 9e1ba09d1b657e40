"""A place that frees goes to who waits for it; a visit that comes near is told to who knows the family."""

from consortium.casework.events import BookingCancelled, BookingExpired
from consortium.casework.models import Booking
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import tell
from referrals.events import VisitReminded
from referrals.operations.filling import fill_places
from referrals.queries.concerned import sender_side
from referrals.receivers.calling import case_heard


@receives(BookingCancelled)
def fill_on_cancel(entry_id: int, event: BookingCancelled) -> None:
    _fill(event)


@receives(BookingExpired)
def fill_on_expiry(entry_id: int, event: BookingExpired) -> None:
    _fill(event)


def _fill(event: BookingCancelled | BookingExpired) -> None:
    """At once, for the calendar of the place that is free again."""
    rows = unfiltered(Booking, why="which calendar has a free place").filter(pk=event.booking_id, slot__isnull=False)
    calendar_id = rows.values_list("slot__calendar_id", flat=True).first()
    if calendar_id is not None:
        fill_places(actor=current_actor(), calendar_id=calendar_id)


@receives(VisitReminded)
def tell_of_visit(entry_id: int, event: VisitReminded) -> None:
    case = case_heard(event.referral_id)
    tell(sender_side(case), "referral.visit_soon", case, entry_id)
