"""What the frame of every page shows: who is signed in as what, whether the desktop is shared, who may ask."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.home import CASEWORK, PLACES
from consortium.insight.policies import may_see_measures
from consortium.kernel.actors import ANONYMOUS, Actor
from consortium.patients.policies import may_list_grants, may_register
from consortium.people.models import Membership
from consortium.people.queries.actors import SHARED, is_locked
from consortium.people.states import CLINICAL_ROLES, Role


def _seat_words(seats: list[Membership]) -> str:
    return ", ".join(f"{seat.get_role_display()}, {seat.institution.name}" for seat in seats[:1])


#: The first place of each role, as home.py finds it: the first role held counts, (role, its name, its icon).
_LANDINGS: tuple[tuple[Role, Any, str], ...] = (
    (Role.CONSORTIUM_MANAGER, _("Institutions"), "building-2"),
    (Role.INSTITUTION_ADMIN, _("Staff"), "user-round-cog"),
    (Role.PRIVACY_OFFICER, _("Emergency access"), "siren"),
    (Role.AUDITOR, _("Journal"), "scroll-text"),
    (Role.TRAINING_ADMIN, _("Build courses"), "pencil"),
)


def _landings(actor: Actor) -> list[str]:
    """The addresses to which the first screen sends on who does not work on cases: they stand for it."""
    name = next((name for role, name in PLACES if actor.has(role)), "")
    if not name or actor.has(*CASEWORK):
        return []
    led = actor.institution_ids(Role.INSTITUTION_ADMIN) if name == "people:own_staff" else ()
    return [reverse(name), *(reverse("people:staff", args=[place]) for place in led)]


#: Who looks things up in the manual, or keeps it.
_EDITORIAL = (Role.MANUAL_EDITOR, Role.CLINICAL_REVIEWER, Role.PHARMACIST)
_MANUAL = (*CLINICAL_ROLES, *_EDITORIAL, Role.COORDINATOR, Role.LECTURER)


def may_use_manual(actor: Actor) -> bool:
    return actor.has(*_MANUAL)


def places(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The links of the bar and of the tab bar: url, label, icon, here. Only what this person may open."""
    first: tuple[Any, str] | None = (_("Worklist"), "list-checks") if actor.has(*CASEWORK) else None
    first = first or next(((label, icon) for role, label, icon in _LANDINGS if actor.has(role)), None)
    shown = [("/", *first)] if first else []
    if may_register(actor):
        shown.append((reverse("patients:list"), _("Patients"), "users"))
    elif may_list_grants(actor):
        shown.append((reverse("patients:watch"), _("Who read a record"), "eye"))
    if first and here in _landings(actor):
        here = "/"
    if actor.has(Role.CONSORTIUM_MANAGER):
        shown.append((reverse("insight:overview"), _("Measures"), "chart-column"))
    if may_use_manual(actor):
        shown.append((reverse("manual:manual"), _("Manual"), "book-open"))
    if actor.seats:
        shown.append((reverse("library:courses"), _("Courses"), "graduation-cap"))
    if actor.has(Role.TRAINING_ADMIN, Role.LECTURER):
        shown.append((reverse("lectures:lectures"), _("Lectures"), "presentation"))
    return [{"url": url, "label": label, "icon": icon, "here": url == here} for url, label, icon in shown]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of templates/layouts/base.html; no query of its own, nothing for a visitor who has not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return {
        "ask_url": reverse("consultations:new") if actor.has(Role.ASKER) else "",
        "alarm_url": reverse("referrals:alarm_choose") if actor.has(Role.ASKER) else "",
        "refer_url": reverse("referrals:new") if actor.has(Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD) else "",
        "places": (shown := places(actor, request.path)),
        "shown_urls": [*(place["url"] for place in shown), *_landings(actor)],
        "may_measure": may_see_measures(actor).allowed,
        "user_seat": _seat_words(getattr(user, "held_seats", [])),
        "shared_desktop": bool(request.session.get(SHARED)),
        "session_locked": is_locked(request.session),
        "idle_minutes": settings.SHARED_DESKTOP_LOCK_MINUTES,
    }
