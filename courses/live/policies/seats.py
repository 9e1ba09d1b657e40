"""Who registers for a lecture, and who sits in a room."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if
from courses.live.states.lectures import LectureStep, SeatKind

if TYPE_CHECKING:
    from courses.live.models import Lecture, Seat


def may_register(actor: Actor, lecture: "Lecture", kind: str = SeatKind.PERSON) -> Decision:
    """Whoever sees it, until it is over; a room belongs to an institution."""
    coming = lecture.step == LectureStep.ANNOUNCED and lecture.ends_at > clock.now()
    if not actor.is_person or not (coming or lecture.step == LectureStep.LIVE):
        return allowed_if(False, _("One cannot register for this lecture now."))
    placed = kind == SeatKind.PERSON or (kind == SeatKind.CLASSROOM and bool(actor.seats))
    return allowed_if(placed, _("A room is registered by somebody who works there."))


def may_keep_seat(actor: Actor, seat: "Seat") -> Decision:
    """Give it up, and show its code: who registered it."""
    return allowed_if(actor.is_person and actor.user_id == seat.user_id, _("This seat is somebody else's."))


def may_check_in(actor: Actor, seat: "Seat") -> Decision:
    """Sit in a room: every member of staff who reads its code."""
    return allowed_if(actor.is_person and actor.seats, _("You hold no role anywhere at present."))
