"""The guardian's way into a call: a link, one device, no account, and no other page."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.calls import operations
from consortium.calls.models import GuestLink
from consortium.calls.queries.people import GUARDIAN, guardian, link_of_device, seat_of_device
from consortium.calls.queries.reaching import GUEST_COOKIE
from consortium.calls.states import LINK_LASTS
from consortium.calls.views.ladder import keep_still, note_rung, picture_of, told
from consortium.calls.views.showing import guest_panels_for, guest_script, with_devices
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.kernel.limits import address, spend
from consortium.kernel.links import by_link

public = by_link(GUARDIAN)


def secret_of(request: HttpRequest) -> str:
    return request.COOKIES.get(GUEST_COOKIE, "")


def link_here(request: HttpRequest) -> GuestLink:
    link = link_of_device(secret_of(request))
    if link is None or link.revoked_at is not None:
        raise NotVisible
    return link


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is for; POST binds it to this device. So a messenger's preview of the link binds nothing."""
    spend("link", address(request))
    if request.method != "POST":
        return render(request, "calls/guest_link.html")
    try:
        _link, secret = operations.bind_device(actor=guardian(), token=token, secret=secret_of(request))
    except NotVisible:
        return render(request, "calls/guest_gone.html", status=404)
    except NotPermitted as refused:
        return render(request, "calls/guest_other.html", {"refused": refused}, status=403)
    response = redirect("calls:visit")
    response.set_cookie(
        GUEST_COOKIE, secret, max_age=int(LINK_LASTS.total_seconds()), httponly=True, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip
    return response


@never_cache
@require_safe
@public
@with_devices
def visit(request: HttpRequest) -> HttpResponse:
    """The guardian's only page: agree, wait, sit in the call, and the end of it."""
    link = link_of_device(secret_of(request))
    if link is None or link.revoked_at is not None:
        return render(request, "calls/guest_gone.html", status=404)
    seat = seat_of_device(secret_of(request))
    if not link.stands:
        return render(request, "calls/guest_over.html", {"room": link.room})
    if not link.room.is_open:
        return render(request, "calls/guest_early.html", {"room": link.room})
    if seat is None or seat.left_at is not None:
        return render(request, "calls/guest_agree.html", {"again": link.consented_at is not None})
    context = {"seat": seat, "room": link.room, "guest": True, "script": guest_script()}
    return render(request, "calls/room.html", context | {"guest_panels": guest_panels_for(link.room)})


@require_POST
@public
def agree(request: HttpRequest) -> HttpResponse:
    """The guardian agrees to the video call and asks to come in."""
    spend("call", address(request))
    link = link_here(request)
    if request.POST.get("agree") == "yes":
        operations.agree_and_knock(actor=guardian(), link_id=link.pk)
    return redirect("calls:visit")


@require_POST
@public
def leave_visit(request: HttpRequest) -> HttpResponse:
    seat = seat_of_device(secret_of(request))
    if seat is not None:
        operations.leave(actor=guardian(), seat_id=seat.pk)
    return redirect("calls:visit")


def _seat(request: HttpRequest) -> Any:
    seat = seat_of_device(secret_of(request))
    if seat is None:
        raise NotVisible
    return seat


@require_POST
@public
def visit_ladder(request: HttpRequest) -> HttpResponse:
    return note_rung(guardian(), _seat(request), told(request))


@require_POST
@public
def visit_still(request: HttpRequest) -> HttpResponse:
    return keep_still(guardian(), _seat(request), request.body)


@never_cache
@require_safe
@public
def visit_still_of(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    return picture_of(_seat(request), seat_id)
