"""Trying camera, microphone, speaker and network before a call."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consortium.calls import operations
from consortium.calls.queries.reaching import servers_for
from consortium.calls.states import Cause, Rung, Way
from consortium.calls.views.ladder import told
from consortium.calls.views.showing import device_advice, with_devices
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.limits import spend, spender

#: bytes that the page sends to learn how fast this network is upwards
ECHO_BYTES = 200_000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_devices
def preflight(request: HttpRequest) -> HttpResponse:
    """The page that tries; POST keeps what it found (204)."""
    if request.method == "POST":
        return _keep(request)
    return render(request, "calls/preflight.html", {"script": _script(), "next": _back(request)})


def _back(request: HttpRequest) -> str:
    """The call one came from, when there is one."""
    try:
        return reverse("calls:room", args=[UUID(request.GET["room"])])
    except (KeyError, ValueError):
        return ""


def _keep(request: HttpRequest) -> HttpResponse:
    spend("call", spender(request))
    body = told(request)
    wrong = {
        name: "unknown" for name, known in (("way", Way), ("rung", Rung)) if body.get(name) not in known.values
    } | {name: "unknown" for name in ("camera", "microphone") if body.get(name, "") not in ("", *Cause.values)}
    if wrong:
        raise InvalidInput(wrong)
    heard, details = body.get("speaker"), body.get("details")
    operations.keep_preflight(
        actor=current_actor(), way=body["way"], rung=body["rung"], camera=body.get("camera", ""),
        microphone=body.get("microphone", ""), speaker=heard if isinstance(heard, bool) else None,
        details=details if isinstance(details, dict) else {}, key=_key(body),
    )  # fmt: skip
    return HttpResponse(status=204)


def _key(body: dict[str, Any]) -> UUID | None:
    try:
        return UUID(str(body.get("key")))
    except ValueError:
        return None


@require_POST
def echo(request: HttpRequest) -> HttpResponse:
    """Takes the bytes that the page measures its way up with, and keeps none. 204."""
    spend("echo", spender(request))
    if len(request.body) > ECHO_BYTES:
        raise InvalidInput({"body": "too much"})
    return HttpResponse(status=204)


def _script() -> dict[str, Any]:
    return {
        "ice": servers_for(uuid4()),
        "relay": bool(settings.TURN_URLS and settings.TURN_SECRET),
        "echo": reverse("calls:echo"),
        "keep": reverse("calls:preflight"),
        "key": str(uuid4()),
        "rungs": {rung.value: str(rung.label) for rung in Rung},
        "advice": device_advice(),
        "words": {
            "works": _("Works"),
            "heard": _("Works: it hears you"),
            "quiet": _("It is on but hears nothing. Speak, or choose another microphone."),
            "direct": _("Good: direct connections work from here."),
            "relay": _("Good: calls go through the hospital's relay."),
            "server": _("Calls are blocked here; a picture every few seconds will do. Ask your IT to open the relay."),
            "none": _("This site could not be reached well. Move nearer to the Wi-Fi or use mobile data."),
            "speed": _("{kbps} kbit/s up, {rtt} ms"),
            "trying": _("Trying …"),
            "tone": _("Do you hear the tone?"),
            "kept": _("Kept. This is what a call will be like from here:"),
        },
    }  # fmt: skip
