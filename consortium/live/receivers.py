"""Rights that end act on open sockets at once: the bell rings in the same commit that ends them."""

from allauth.account.signals import password_changed
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete

from consortium.kernel import clock
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.events import DomainEvent, receives
from consortium.kernel.scoping import unfiltered
from consortium.live.operations import ring_rights
from consortium.live.queries import RIGHTS
from consortium.patients.events import AccessEnded, SharingEnded
from consortium.people.events import SeatGained, SeatLost, SessionsEnded
from consortium.people.models import Membership


def rights_changed(entry_id: int, event: DomainEvent) -> None:
    """Rung in the commit that changes the rights."""
    for user_id in _whose(event):
        ring_on_commit(f"{RIGHTS}:{user_id}", entry_id)


def rights_have_changed(entry_id: int, event: DomainEvent) -> None:
    """Rung once more by the outbox until Redis has taken it."""
    ring_rights(_whose(event), entry_id)


for _kind in (SeatLost, SeatGained, SessionsEnded, AccessEnded, SharingEnded):
    receives(_kind, duty=True)(rights_changed)
    receives(_kind)(rights_have_changed)


def _whose(event: DomainEvent) -> list[str]:
    """Whose pages are to look again: with a child that is no longer shared, also everybody of the institutions that
    were on the pathway as a whole."""
    if not isinstance(event, SharingEnded):
        return [str(event.payload()["user_id"])]
    seats = unfiltered(Membership, why="whose pages show a child that is no longer shared").active(clock.today())
    there = seats.filter(institution_id__in=event.institution_ids) if event.institution_ids else seats.none()
    return sorted({*event.user_ids, *map(str, there.values_list("user_id", flat=True))})


def listen() -> None:
    """Hear Django's own signals too: a sign-out when the session's row goes, as `user_logged_out` comes before."""
    post_delete.connect(_a_session_ended, sender=Session, dispatch_uid="live")
    password_changed.connect(_a_password_changed, dispatch_uid="live")


def _a_session_ended(sender: object, instance: Session, **kwargs: object) -> None:
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id:
        ring_on_commit(f"{RIGHTS}:{user_id}", 0)


def _a_password_changed(sender: object, user: object, **kwargs: object) -> None:
    """Sessions signed in with the old one are over."""
    ring_on_commit(f"{RIGHTS}:{getattr(user, 'pk', '')}", 0)
