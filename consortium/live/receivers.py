"""Rights that end act on open sockets at once: the bell rings in the same commit that ends them."""

from consortium.kernel.bells import ring_on_commit
from consortium.kernel.events import receives
from consortium.live.queries import RIGHTS
from consortium.patients.events import AccessEnded
from consortium.people.events import SeatGained, SeatLost, SessionsEnded


@receives(SeatLost, duty=True)
def a_seat_was_lost(entry_id: int, event: SeatLost) -> None:
    ring_on_commit(f"{RIGHTS}:{event.user_id}", entry_id)


@receives(SeatGained, duty=True)
def a_seat_was_gained(entry_id: int, event: SeatGained) -> None:
    ring_on_commit(f"{RIGHTS}:{event.user_id}", entry_id)


@receives(SessionsEnded, duty=True)
def sessions_ended(entry_id: int, event: SessionsEnded) -> None:
    ring_on_commit(f"{RIGHTS}:{event.user_id}", entry_id)


@receives(AccessEnded, duty=True)
def access_ended(entry_id: int, event: AccessEnded) -> None:
    ring_on_commit(f"{RIGHTS}:{event.user_id}", entry_id)


def somebody_signed_out(sender: object, user: object, **kwargs: object) -> None:
    """Django's own signal: the session is gone, and the sockets that were opened with it go too."""
    if user is not None:
        ring_on_commit(f"{RIGHTS}:{getattr(user, 'pk', '')}", 0)
