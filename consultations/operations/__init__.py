"""Everything that can be done with a consultation; the only way to write one."""

from consultations.operations.allocation import allocate, claim, decline, return_to_queue, take_back
from consultations.operations.answering import (
    Advice,
    acknowledge_correction,
    answer,
    correct_answer,
    save_answer_draft,
    start,
)
from consultations.operations.closing import close_out, enter_in_error, reopen, withdraw
from consultations.operations.converting import convert
from consultations.operations.dialogue import ask_clarification, ask_information, supply_information
from consultations.operations.disputing import dispute
from consultations.operations.drafting import discard, save_draft, submit
from consultations.operations.jotting import jot, keep_note, keep_still
from consultations.operations.meeting import (
    Offer,
    book_video,
    call_now,
    cancel_video,
    drop_video,
    end_calls,
    propose_video,
)
from consultations.operations.meeting_time import end_unattended, hold_video, note_begun, note_opened, remind_of_calls
from consultations.operations.opinions import ask_second, decline_opinion, give_opinion
from consultations.operations.recording import (
    answer_recording,
    ask_recording,
    start_recording,
    stop_recording,
    withdraw_recordings,
)
from consultations.operations.sharing import send_again, stop_sharing
from consultations.operations.sweeping import pass_on_stranded
from consultations.operations.templates import save_template
from consultations.operations.urgency import lower_urgency, raise_urgency

__all__ = [
    "Advice",
    "Offer",
    "acknowledge_correction",
    "allocate",
    "answer",
    "answer_recording",
    "ask_clarification",
    "ask_information",
    "ask_recording",
    "ask_second",
    "book_video",
    "call_now",
    "cancel_video",
    "claim",
    "close_out",
    "convert",
    "correct_answer",
    "decline",
    "decline_opinion",
    "discard",
    "dispute",
    "drop_video",
    "end_calls",
    "end_unattended",
    "enter_in_error",
    "give_opinion",
    "hold_video",
    "jot",
    "keep_note",
    "keep_still",
    "lower_urgency",
    "note_begun",
    "note_opened",
    "pass_on_stranded",
    "propose_video",
    "raise_urgency",
    "remind_of_calls",
    "reopen",
    "return_to_queue",
    "save_answer_draft",
    "save_draft",
    "save_template",
    "send_again",
    "start",
    "start_recording",
    "stop_recording",
    "stop_sharing",
    "submit",
    "supply_information",
    "take_back",
    "withdraw",
    "withdraw_recordings",
]
