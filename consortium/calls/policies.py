"""Who may come into a call, and as whom; who lets in, invites and ends it.

Which seat somebody has is asked of the case: its two sides here, and further seats of the features that know of them
(``settings.CALL_SEATS``: functions (actor, case) -> a value of `states.SeatRole`, or "").
"""

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from consortium.calls.models import Room, Seat
from consortium.calls.states import SeatRole
from consortium.casework.models import Case
from consortium.casework.policies import may_act_as_responder, may_act_for_asker
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if


def seat_role(actor: Actor, case: Case) -> str:
    """As whom `actor` sits in calls about `case`; "" when they have no seat in them."""
    if not actor.is_person or case.submitted_at is None:
        return ""
    if may_act_as_responder(actor, case):
        return SeatRole.SPECIALIST
    if may_act_for_asker(actor, case):
        return SeatRole.ASKER
    for path in settings.CALL_SEATS:
        if role := import_string(path)(actor, case):
            return str(role)
    return ""


def may_join(actor: Actor, room: Room) -> Decision:
    """Sit in this call: the asking clinic, the specialist, and a second one who was asked."""
    return allowed_if(seat_role(actor, room.case), _("Only those who work on this case join its calls."))


def may_plan_for(actor: Actor, case: Case) -> Decision:
    """Plan or begin a call: either side of an open case. The system also calls off what a closed case had planned."""
    if not case.is_open and not actor.is_system:
        return Denied(_("This case is closed. Reopen it to call."))
    sides = seat_role(actor, case) in (SeatRole.ASKER, SeatRole.SPECIALIST)
    return allowed_if(actor.is_system or sides, _("Only the asking clinic and the specialist may do this."))


def may_plan(actor: Actor, room: Room) -> Decision:
    return may_plan_for(actor, room.case)


def may_open(actor: Actor, room: Room) -> Decision:
    """Open a planned call: whoever sits in it, when its time is near."""
    if not room.time_has_come:
        return Denied(_("This call opens ten minutes before its time."))
    return allowed_if(True) if actor.is_system else may_join(actor, room)


def may_invite(actor: Actor, room: Room) -> Decision:
    """Make the guardian's link, see it, and take it back: either side."""
    return may_plan(actor, room)


def may_end(actor: Actor, room: Room) -> Decision:
    """End it for everybody: either side; the system when nobody is left."""
    sides = seat_role(actor, room.case) in (SeatRole.ASKER, SeatRole.SPECIALIST)
    return allowed_if(actor.is_system or sides, _("Only the asking clinic and the specialist may do this."))


def may_admit(actor: Actor, room: Room) -> Decision:
    """Let in whoever waits, and send out again: the specialist."""
    allowed = seat_role(actor, room.case) == SeatRole.SPECIALIST
    return allowed_if(allowed, _("The specialist lets people in."))


def may_speak_for(actor: Actor, seat: Seat) -> Decision:
    """Act from this seat: its own person; a guardian's page acts as the system once its device has been recognised."""
    mine = actor.is_person and actor.user_id == seat.user_id
    return allowed_if(mine or (actor.is_system and seat.link_id is not None)) or Denied("", hidden=True)
