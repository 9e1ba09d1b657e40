"""What the pages of a room share: the one header that lets them use camera and microphone, and what scripts read."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from consortium.calls.models import Room
from consortium.calls.states import Cause, Rung, SeatRole
from consortium.kernel.actors import Actor

#: camera, microphone and screen for this site's own call pages; elsewhere they are off (kernel.middleware)
ALLOWED_HERE = "camera=(self), microphone=(self), display-capture=(self), geolocation=()"
_ANY = UUID(int=0)

View = Callable[..., HttpResponse]


def with_devices(view: View) -> View:
    """This page may ask for the camera, the microphone and the screen."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Permissions-Policy"] = ALLOWED_HERE
        return response

    return shown


def _any_seat(name: str, *before: UUID) -> str:
    """The address with ID in the place of the seat's."""
    return reverse(name, args=[*before, _ANY]).replace(str(_ANY), "ID")


def staff_script(room: Room, role: str) -> dict[str, Any]:
    """What the page of a member of staff is told."""
    at = [room.pk]
    return {
        "socket": f"/ws/calls/{room.pk}/",
        "ladder": reverse("calls:ladder", args=at),
        "still": reverse("calls:still", args=at),
        "stills": _any_seat("calls:still_of", room.pk),
        "admit": _any_seat("calls:admit", room.pk),
        "sendOut": _any_seat("calls:send_out", room.pk),
        "picture": _any_seat("calls:picture", room.pk),
        "here": reverse("calls:room", args=at),
        "awake": reverse("people:here"),
        "role": role,
        **words(),
    }


def guest_script() -> dict[str, Any]:
    """What a guardian's page is told: nothing of the record."""
    return {
        "socket": "/ws/calls/visit/",
        "ladder": reverse("calls:visit_ladder"),
        "still": reverse("calls:visit_still"),
        "stills": _any_seat("calls:visit_still_of"),
        "here": reverse("calls:visit"),
        "role": SeatRole.GUARDIAN,
        **words(),
    }


def device_advice() -> dict[str, str]:
    """What to do about a camera or microphone, by the cause that static/js/calls/devices.js found."""
    return {
        Cause.NO_CAMERA: _("No camera was found. Plug one in, or go on with sound only."),
        Cause.NO_MICROPHONE: _("No microphone was found. Plug in a headset, or telephone beside the picture."),
        Cause.DEVICE_BUSY: _("Another program holds it. Close other video programs and try again."),
        Cause.DECLINED: _("The browser was told not to. Press the lock beside the address and allow it."),
        Cause.BROWSER_UNSUPPORTED: _("This browser can't hold calls. Use a current one."),
    }


def words() -> dict[str, Any]:
    """Every sentence that a script says, in the reader's language."""
    return {
        "roles": {role.value: str(role.label) for role in SeatRole},
        "rungs": {rung.value: str(rung.label) for rung in Rung},
        "causes": {cause.value: str(cause.label) for cause in Cause},
        "relayOnly": settings.CALL_RELAY_ONLY,
        "words": {
            "you": _("You"),
            "connecting": _("Connecting …"),
            "cutOff": _("Connection lost, coming back …"),
            "alone": _("Nobody else is here yet. Stay: the call begins by itself."),
            "fell": _("{cause}: {rung}."),
            "climbed": _("Back to: {rung}."),
            "waits": _("{name} is waiting"),
            "admit": _("Let in"),
            "sendOut": _("Send away"),
            "muted": _("Microphone off"),
            "lineLost": _("The line to this site is cut. The call goes on; this page reconnects."),
            "lineBack": _("Connected again."),
            "shares": _("{name} shares the screen"),
            "shows": _("{name} shows a picture"),
            "failed": _("That did not work. Try again."),
            "noCamera": _("Camera off"),
        },
    }


def panels_for(actor: Actor, room: Room) -> list[dict[str, Any]]:
    """What other features add beside the call, for members of staff: settings.CALL_PANELS."""
    found = [import_string(path)(actor, room) for path in settings.CALL_PANELS.values()]
    return [panel for panel in found if panel]


def guest_panels_for(room: Room) -> list[dict[str, Any]]:
    """What other features add for the guardian: settings.CALL_GUEST_PANELS."""
    found = [import_string(path)(room) for path in settings.CALL_GUEST_PANELS.values()]
    return [panel for panel in found if panel]
