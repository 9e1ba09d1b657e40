"""Who is acting: the person behind a session, with the seats held right now."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, Actor, Seat
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership, User
from consortium.people.states import CLINICAL_ROLES, SECOND_FACTOR_ROLES

#: keys of the session: this desktop is shared; when somebody was last there; locked until the password comes; when a
#: device of one's own that is trusted had shown the second factor
SHARED, TOUCHED, LOCKED, TRUSTED = "shared_device", "touched_at", "locked", "trusted_since"


def _held(user_id: UUID, day: date) -> Any:
    return unfiltered(Membership, why="reading a person's seats").filter(user_id=user_id).active(day)


@prepared
def _seats(user_id: UUID, day: date) -> Any:
    return _held(user_id, day).values_list("role", "institution_id", "department_id")


@prepared
def _seats_with_places(user_id: UUID, day: date) -> Any:
    return _held(user_id, day).select_related("institution", "department").order_by("starts_on", "pk")


def actor_of(user: Any, *, second_factor: bool = False, own_device: bool = True, with_places: bool = True) -> Actor:
    """The actor for a signed-in user with the seats held today; the anonymous actor for anybody else.

    One query. Called anew for each request and each recheck of a socket, so a right lost is lost at once. `with_places`
    the seats stay on the user as `held_seats` with their institutions, for the words under the name in the menu.
    """
    if not isinstance(user, User) or not user.is_active:
        return ANONYMOUS
    if with_places:
        user.held_seats = _seats_with_places(user.pk, clock.today())
        held = frozenset(seat.seat() for seat in user.held_seats)
    else:
        held = frozenset(Seat(*one) for one in _seats(user.pk, clock.today()))
    return Actor(
        "person",
        user_id=user.pk,
        name=user.full_name or user.username,
        seats=held,
        second_factor=second_factor,
        own_device=own_device,
    )


def proven_at(request: HttpRequest) -> float | None:
    """When (seconds since 1970) this session last showed a second factor; None when it did not within 30 days."""
    records = get_authentication_records(request, request.user)
    shown = [float(r["at"]) for r in records if r.get("method") == "mfa"]
    if trusted := request.session.get(TRUSTED):
        shown.append(float(trusted))
    days = timedelta(days=settings.SECOND_FACTOR_DAYS).total_seconds()
    return max(shown) if shown and max(shown) + days > clock.now().timestamp() else None


def is_locked(session: Mapping[str, Any]) -> bool:
    """Whether a shared desktop's session waits for the password: told so, or nobody was there for ten minutes."""
    if not session.get(SHARED):
        return False
    idle = clock.now().timestamp() - float(session.get(TOUCHED, 0))
    return bool(session.get(LOCKED)) or idle > settings.SHARED_DESKTOP_LOCK_MINUTES * 60


def actor_of_request(request: HttpRequest, *, with_places: bool = True) -> Actor:
    """The actor of a web request, and of a socket's session.

    Nobody while the session is locked, or while a role that needs the second factor has not shown it: so whatever asks
    who is acting (pages, sockets, files) refuses by itself.
    """
    if not request.user.is_authenticated or is_locked(request.session):
        return ANONYMOUS
    actor = actor_of(
        request.user,
        second_factor=proven_at(request) is not None,
        own_device=not request.session.get(SHARED, False),
        with_places=with_places,
    )
    return ANONYMOUS if lacks_second_factor(actor) else actor


def actor_by_id(user_id: UUID) -> Actor:
    return actor_of(User.objects.get(pk=user_id))


def lacks_second_factor(actor: Actor) -> bool:
    """Whether the actor's roles demand a second factor (in production) that they have not shown."""
    return settings.SECOND_FACTOR_REQUIRED and not actor.second_factor and actor.has(*SECOND_FACTOR_ROLES)


def able_to_act(user_id: UUID, *, roles: Collection[str] = CLINICAL_ROLES, institution_id: UUID | None = None) -> bool:
    """Whether the person holds an active seat with one of `roles` (at the institution, when given).

    Ask inside a transaction after `operations.hold_person`, where work is handed out: then nobody can suspend them
    between the answer and the commit.
    """
    seats = unfiltered(Membership, why="whether a person can act").filter(user_id=user_id, role__in=roles)
    if institution_id is not None:
        seats = seats.filter(institution_id=institution_id)
    return bool(seats.active(clock.today()).exists())
