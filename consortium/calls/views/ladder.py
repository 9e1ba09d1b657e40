"""What a page tells of its ladder, and the stills of the third rung."""

from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.calls import operations
from consortium.calls.models import Seat
from consortium.calls.operations.stills import show_still, still_of
from consortium.calls.queries.people import may_write_to
from consortium.calls.views.rooms import my_seat
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.limits import spend


def told(request: HttpRequest) -> dict[str, Any]:
    """A page's JSON body."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise InvalidInput({"body": "not JSON"}) from error
    if not isinstance(body, dict):
        raise InvalidInput({"body": "not an object"})
    return body


def note_rung(actor: Actor, seat: Seat, body: dict[str, Any]) -> HttpResponse:
    """`did`: begin (`rung`), hold, or end (`cause`, `details`). 204."""
    spend("call", f"seat:{seat.pk}")
    did, details = body.get("did"), body.get("details")
    if did == "begin":
        operations.begin_attempt(actor=actor, seat_id=seat.pk, rung=str(body.get("rung")))
    elif did == "hold":
        operations.hold_attempt(actor=actor, seat_id=seat.pk)
    elif did == "end":
        kept = details if isinstance(details, dict) else {}
        operations.end_attempt(actor=actor, seat_id=seat.pk, cause=str(body.get("cause")), details=kept)
    else:
        raise InvalidInput({"did": "begin, hold or end"})
    return HttpResponse(status=204)


def keep_still(actor: Actor, seat: Seat, data: bytes) -> HttpResponse:
    spend("still", f"seat:{seat.pk}")
    show_still(actor=actor, seat=seat, data=data)
    return HttpResponse(status=204)


def picture_of(seat: Seat, other_id: UUID) -> HttpResponse:
    """The other's newest still; only for who sits in the same room."""
    if not may_write_to(seat.pk, other_id):
        raise NotVisible
    return HttpResponse(still_of(seat, other_id), content_type="image/jpeg")


@require_POST
def climb(request: HttpRequest, room_id: UUID) -> HttpResponse:
    actor = current_actor()
    return note_rung(actor, my_seat(actor, room_id), told(request))


@require_POST
def still(request: HttpRequest, room_id: UUID) -> HttpResponse:
    actor = current_actor()
    return keep_still(actor, my_seat(actor, room_id), request.body)


@never_cache
@require_safe
def still_of_seat(request: HttpRequest, room_id: UUID, seat_id: UUID) -> HttpResponse:
    return picture_of(my_seat(current_actor(), room_id), seat_id)
