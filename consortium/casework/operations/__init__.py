"""Moving a case along: the ball and its ledger, the clocks, the thread; and the services that answer."""

from consortium.casework.operations.clocks import (
    due_of,
    pause_clock,
    recompute_clocks,
    resume_clock,
    start_clock,
    stop_clock,
    target_of,
)
from consortium.casework.operations.services import join_service, leave_service, open_service, set_duty
from consortium.casework.operations.thread import MESSAGE_LENGTH, add_message, mark_read, post_message
from consortium.casework.operations.turns import Turn, acting_institution, locked_case, pass_ball, ring_lists

__all__ = [
    "MESSAGE_LENGTH",
    "Turn",
    "acting_institution",
    "add_message",
    "due_of",
    "join_service",
    "leave_service",
    "locked_case",
    "mark_read",
    "open_service",
    "pass_ball",
    "pause_clock",
    "post_message",
    "recompute_clocks",
    "resume_clock",
    "ring_lists",
    "set_duty",
    "start_clock",
    "stop_clock",
    "target_of",
]
