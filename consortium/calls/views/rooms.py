"""A call as a member of staff sees it: before, in it, and after."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.calls import operations
from consortium.calls.models import Room, Seat
from consortium.calls.operations.guests import link_of
from consortium.calls.policies import may_end, may_invite, may_join, seat_role
from consortium.calls.queries.people import room_for, seat_of_person
from consortium.calls.states import LADDER
from consortium.calls.views.showing import panels_for, staff_script, with_devices
from consortium.files.queries import case_url
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.kernel.templatetags.look import qr


def the_room(room_id: UUID) -> Room:
    found = room_for(room_id)
    if found is None:
        raise NotVisible
    return found


def my_seat(actor: Actor, room_id: UUID) -> Seat:
    """One's own seat in a room that one may join; NotVisible without."""
    seat = seat_of_person(actor, room_id)
    if seat is None:
        raise NotVisible
    return seat


@never_cache
@require_safe
@with_devices
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The lobby, the room itself once one has asked to come in, and what came of it afterwards."""
    actor, found = current_actor(), the_room(room_id)
    require(may_join(actor, found))
    note_read(actor=actor, subject=found, patient_id=found.case.patient_id, what="call", once_per_look=True)
    seat = seat_of_person(actor, room_id)
    context: dict[str, Any] = {"room": found, "case": found.case, "back_url": case_url(found.case)}
    if not found.is_live:
        return render(request, "calls/over.html", context | {"ladder": LADDER})
    if seat is None or seat.left_at is not None:
        return render(request, "calls/lobby.html", context)
    return render(request, "calls/room.html", context | _inside(actor, found, seat))


def _inside(actor: Actor, found: Room, seat: Seat) -> dict[str, Any]:
    return {
        "seat": seat,
        "script": staff_script(found, seat.role),
        "may_end": may_end(actor, found).allowed,
        "may_invite": may_invite(actor, found).allowed,
        "panels": panels_for(actor, found),
        "leave_url": reverse("calls:leave", args=[found.pk]),
        "mine": found.case.ball_user_id == actor.user_id,
        "holder": found.case.ball_user.get_full_name() if found.case.ball_user else "",
    }


@require_POST
def now(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Call at once: the room opens, or the open one is found."""
    made = operations.call_now(actor=current_actor(), case_id=case_id)
    return redirect("calls:room", made.pk)


@require_POST
def join_room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    operations.join(actor=current_actor(), room_id=room_id)
    return redirect("calls:room", room_id)


@require_POST
def leave_room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    actor = current_actor()
    operations.leave(actor=actor, seat_id=my_seat(actor, room_id).pk)
    return redirect("calls:room", room_id)


@require_POST
def end(request: HttpRequest, room_id: UUID) -> HttpResponse:
    operations.end_room(actor=current_actor(), room_id=room_id)
    return redirect("calls:room", room_id)


@require_POST
def admit_seat(request: HttpRequest, room_id: UUID, seat_id: UUID) -> HttpResponse:
    operations.admit(actor=current_actor(), seat_id=_seat_in(room_id, seat_id))
    return HttpResponse(status=204)


@require_POST
def send_out_seat(request: HttpRequest, room_id: UUID, seat_id: UUID) -> HttpResponse:
    operations.send_out(actor=current_actor(), seat_id=_seat_in(room_id, seat_id))
    return HttpResponse(status=204)


def _seat_in(room_id: UUID, seat_id: UUID) -> UUID:
    """The seat, when the actor sees its room and it is of that room."""
    if not Seat.objects.filter(pk=seat_id, room_id=room_id).exists():
        raise NotVisible
    return seat_id


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The guardian's link, to send, to print or to be scanned; POST makes it."""
    actor, found = current_actor(), the_room(room_id)
    require(may_invite(actor, found))
    if request.method == "POST":
        operations.invite_guest(actor=actor, room_id=room_id, key=UUID(request.POST["request_key"]))
        return redirect("calls:guardian", room_id)
    link = link_of(found)
    standing = link is not None and link.stands
    url = request.build_absolute_uri(reverse("calls:guest_link", args=[link.token()])) if link and standing else ""
    context = {
        "room": found, "link": link, "url": url, "qr": qr(url) if url else "", "request_key": uuid4(),
        "role": seat_role(actor, found.case),
    }  # fmt: skip
    return render(request, "calls/guardian.html", context)


@require_POST
def guardian_revoke(request: HttpRequest, room_id: UUID) -> HttpResponse:
    operations.revoke_guest(actor=current_actor(), room_id=room_id)
    return redirect("calls:guardian", room_id)
