"""What the frame of every page shows: who is signed in as what, whether the desktop is shared, who may ask."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from consortium.kernel.actors import ANONYMOUS, Actor
from consortium.people.models import Membership
from consortium.people.queries.actors import SHARED, is_locked
from consortium.people.states import Role


def _seat_words(seats: list[Membership]) -> str:
    return ", ".join(f"{seat.get_role_display()}, {seat.institution.name}" for seat in seats[:1])


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of templates/layouts/base.html; no query of its own, nothing for a visitor who has not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return {
        "ask_url": reverse("consultations:new") if actor.has(Role.ASKER) else "",
        "user_seat": _seat_words(getattr(user, "held_seats", [])),
        "shared_desktop": bool(request.session.get(SHARED)),
        "session_locked": is_locked(request.session),
        "idle_minutes": settings.SHARED_DESKTOP_LOCK_MINUTES,
    }
