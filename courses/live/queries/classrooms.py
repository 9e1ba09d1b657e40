"""Rooms full of people before one screen: the code that is shown there, and who has come."""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from courses.live.models import CheckIn, Seat
from courses.live.policies.seats import may_keep_seat
from courses.live.states.lectures import SeatKind

#: a code stands for so long on the screen, and is taken for as long again: nobody sends it on to who is not there
CODE_LASTS: Final = timedelta(minutes=2)
_LENGTH: Final = 8


def code_at(seat_id: UUID, at: datetime) -> str:
    """Eight letters, the same for two minutes."""
    window = int(at.timestamp() // CODE_LASTS.total_seconds())
    mark = hmac.digest(settings.SECRET_KEY.encode(), f"classroom|{seat_id.hex}|{window}".encode(), "sha256")
    return base64.b32encode(mark).decode()[:_LENGTH].lower()


def is_code(seat_id: UUID, code: str, now: datetime) -> bool:
    """Whether the code is on the screen, or was a moment ago."""
    valid = (code_at(seat_id, now), code_at(seat_id, now - CODE_LASTS))
    return any(hmac.compare_digest(code.lower().encode(), one.encode()) for one in valid)


def classroom_of(actor: Actor, seat_id: UUID) -> Seat:
    """A room that the actor has registered; NotVisible where there is none."""
    rows = Seat.objects.running().select_related("lecture", "institution")
    found: Seat | None = rows.filter(pk=seat_id, kind=SeatKind.CLASSROOM).first()
    if found is None:
        raise NotVisible
    require(may_keep_seat(actor, found))
    return found


def classroom_page(seat: Seat) -> dict[str, Any]:
    """What stands on the room's screen: the way in, and who has come. One query."""
    present = CheckIn.objects.filter(seat=seat).select_related("user").order_by("at", "id")
    path = reverse("lectures:check_in", args=[seat.pk, code_at(seat.pk, clock.now())])
    return {"seat": seat, "lecture": seat.lecture, "path": path, "present": list(present)}
