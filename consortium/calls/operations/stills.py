"""The third rung: a small picture every few seconds, through this site. It lies in Redis for half a minute."""

import io
from base64 import b64decode, b64encode
from uuid import UUID

from PIL import Image, UnidentifiedImageError

from consortium.calls.models import Seat
from consortium.calls.operations.letters import say
from consortium.calls.policies import may_speak_for
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, TooLarge
from consortium.kernel.policies import require
from consortium.kernel.valkey import Away, breaker, client, key

MOST_BYTES = 60_000
MOST_PIXELS = 640 * 640
KEPT_SECONDS = 30


def _place(seat_id: UUID) -> str:
    return key("call-still", str(seat_id))


def show_still(*, actor: Actor, seat: Seat, data: bytes) -> None:
    """The newest picture of this seat, for the others inside: a JPEG of at most 60 kB and 640 x 640 pixels."""
    require(may_speak_for(actor, seat))
    if not seat.is_inside:
        raise NotVisible
    if len(data) > MOST_BYTES:
        raise TooLarge
    _check(data)
    if breaker.open:
        return
    try:
        client().set(_place(seat.pk), b64encode(data).decode(), ex=KEPT_SECONDS)
    except Away:
        breaker.trip()
        return
    say(seat.room_id, seat.pk, still=int(clock.now().timestamp() * 1000))


def _check(data: bytes) -> None:
    """A JPEG by its own header, of a size that harms no phone; the pixels are the viewer's browser's business."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            fits = picture.width * picture.height <= MOST_PIXELS
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise InvalidInput({"still": "not a JPEG"}) from error
    if not fits:
        raise TooLarge


def still_of(seat: Seat, other_id: UUID) -> bytes:
    """The newest picture of another seat in the same room; NotVisible when there is none."""
    if breaker.open:
        raise NotVisible
    try:
        held = client().get(_place(other_id))
    except Away as error:
        breaker.trip()
        raise NotVisible from error
    if not held:
        raise NotVisible
    return b64decode(str(held))
