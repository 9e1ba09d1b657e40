"""Who somebody is, and who works where."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, Actor, acting_as, system
from consortium.people.models import Membership, User
from consortium.people.states import SECOND_FACTOR_ROLES


def actor_of(user: Any, *, second_factor: bool = False, own_device: bool = True) -> Actor:
    """The actor for a signed-in user with the seats held today; the anonymous actor for anybody else.

    One query. Called anew for each request and each WebSocket frame, so a right lost is lost at once.
    """
    if not isinstance(user, User) or not user.is_active:
        return ANONYMOUS
    with acting_as(system("reading a person's seats")):
        held = list(Membership.objects.filter(user_id=user.pk).active(clock.today()))
    return Actor(
        "person",
        user_id=user.pk,
        name=user.full_name or user.username,
        seats=frozenset(m.seat() for m in held),
        second_factor=second_factor,
        own_device=own_device,
    )


def actor_of_request(request: HttpRequest) -> Actor:
    """The actor of a web request; the session tells how they proved who they are and on what device."""
    methods = {m.get("method") for m in request.session.get("account_authentication_methods", [])}
    return actor_of(
        request.user,
        second_factor="mfa" in methods,
        own_device=not request.session.get("shared_device", False),
    )


def actor_by_id(user_id: UUID) -> Actor:
    return actor_of(User.objects.get(pk=user_id))


def lacks_second_factor(actor: Actor) -> bool:
    """Whether the actor's roles demand a second factor (in production) that they have not shown."""
    return settings.SECOND_FACTOR_REQUIRED and not actor.second_factor and actor.has(*SECOND_FACTOR_ROLES)
