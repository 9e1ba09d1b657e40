"""Writing in calls: rooms, seats, the guardian's link, tries at a rung, preflights; and stills that nobody keeps.

Features above plan calls by `plan_room`, `move_room`, `cancel_room`, `call_now`, and hear `calls.events`.
"""

from consortium.calls.operations.attempts import begin_attempt, end_attempt, hold_attempt, keep_preflight
from consortium.calls.operations.guests import agree_and_knock, bind_device, invite_guest, revoke_guest
from consortium.calls.operations.rooms import (
    call_now,
    cancel_room,
    end_abandoned,
    end_room,
    move_room,
    open_room,
    plan_room,
)
from consortium.calls.operations.seats import admit, join, leave, mark_seen, put_out, send_out

__all__ = [
    "admit",
    "agree_and_knock",
    "begin_attempt",
    "bind_device",
    "call_now",
    "cancel_room",
    "end_abandoned",
    "end_attempt",
    "end_room",
    "hold_attempt",
    "invite_guest",
    "join",
    "keep_preflight",
    "leave",
    "mark_seen",
    "move_room",
    "open_room",
    "plan_room",
    "put_out",
    "revoke_guest",
    "send_out",
]
