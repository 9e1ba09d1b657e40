"""Moving a case along: the ball and its ledger, the clocks, the thread; the services that answer, and their duty;
calendars, bookings and working time."""

from consortium.casework.operations.booking import book, book_slot, expire_holds, move_booking, settle_booking
from consortium.casework.operations.clocks import (
    due_of,
    pause_clock,
    recompute_clocks,
    resume_clock,
    start_beneath,
    start_clock,
    stop_clock,
    take_due_steps,
    target_of,
)
from consortium.casework.operations.ending import (
    end_due_duties,
    go_off_duty,
    leave_service,
    remind_of_ends,
    set_duty,
)
from consortium.casework.operations.feeds import make_feed, revoke_feed
from consortium.casework.operations.handover import offer_handover, take_over, withdraw_handover
from consortium.casework.operations.intake import set_clock_rule, set_intake
from consortium.casework.operations.resources import add_resource, person_resource, retire_resource
from consortium.casework.operations.roster import add_shift, cancel_shift, change_shift
from consortium.casework.operations.roster_import import import_roster, preview_roster, read_sheet
from consortium.casework.operations.services import edit_service, join_service, open_service
from consortium.casework.operations.slots import (
    add_rule,
    close_day,
    end_rule,
    open_calendar,
    publish_slots,
    reopen_day,
)
from consortium.casework.operations.striking import facts_of_step, strike_due
from consortium.casework.operations.swaps import answer_swap, offer_swap
from consortium.casework.operations.thread import MESSAGE_LENGTH, add_message, mark_read, post_message
from consortium.casework.operations.turns import (
    Turn,
    acting_institution,
    locked_case,
    pass_ball,
    ring_lists,
    ring_topics,
)
from consortium.casework.operations.working import open_working_calendar, remove_day, save_hours, set_days

__all__ = [
    "MESSAGE_LENGTH",
    "Turn",
    "acting_institution",
    "add_message",
    "add_resource",
    "add_rule",
    "add_shift",
    "answer_swap",
    "book",
    "book_slot",
    "cancel_shift",
    "change_shift",
    "close_day",
    "due_of",
    "edit_service",
    "end_due_duties",
    "end_rule",
    "expire_holds",
    "facts_of_step",
    "go_off_duty",
    "import_roster",
    "join_service",
    "leave_service",
    "locked_case",
    "make_feed",
    "mark_read",
    "move_booking",
    "offer_handover",
    "offer_swap",
    "open_calendar",
    "open_service",
    "open_working_calendar",
    "pass_ball",
    "pause_clock",
    "person_resource",
    "post_message",
    "preview_roster",
    "publish_slots",
    "read_sheet",
    "recompute_clocks",
    "remind_of_ends",
    "remove_day",
    "reopen_day",
    "resume_clock",
    "retire_resource",
    "revoke_feed",
    "ring_lists",
    "ring_topics",
    "save_hours",
    "set_clock_rule",
    "set_days",
    "set_duty",
    "set_intake",
    "settle_booking",
    "start_beneath",
    "start_clock",
    "stop_clock",
    "strike_due",
    "take_due_steps",
    "take_over",
    "target_of",
    "withdraw_handover",
]
