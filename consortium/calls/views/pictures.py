"""Pictures of the case, looked at together during the call: files' own viewer with its shared pointer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.calls.models import Seat
from consortium.calls.views.rooms import my_seat
from consortium.files import queries as files
from consortium.files.queries.stacks import stack_of
from consortium.files.queries.viewing import viewer_of
from consortium.files.views.bytes_out import note
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import NotVisible


def _inside(actor: Actor, room_id: UUID) -> Seat:
    seat = my_seat(actor, room_id)
    if not seat.is_inside:
        raise NotVisible
    return seat


@never_cache
@require_safe
def choose(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The case's pictures to choose from, as a fragment."""
    actor = current_actor()
    case = _inside(actor, room_id).room.case
    tiles = [tile for tile in files.tiles_of_case(actor, case) if tile.get("thumbnail_url")]
    return render(request, "calls/pictures.html", {"room_id": room_id, "tiles": tiles})


@never_cache
@require_safe
def show(request: HttpRequest, room_id: UUID, attachment_id: UUID) -> HttpResponse:
    """One picture or series of the case in files' viewer, as a fragment."""
    actor = current_actor()
    seat = _inside(actor, room_id)
    found = files.attachment_to_look_at(actor, attachment_id)
    if found.case_id != seat.room.case_id or not (found.is_photo or found.is_dicom):
        raise NotVisible
    note(actor, found, "image")
    return render(request, "calls/picture.html", {"viewer": viewer_of(actor, stack_of(found)), "attachment": found})
