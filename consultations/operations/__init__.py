"""Everything that can be done with a consultation; the only way to write one."""

from consultations.operations.allocation import allocate, claim, decline, return_to_queue
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
from consultations.operations.opinions import ask_second, decline_opinion, give_opinion
from consultations.operations.sharing import send_again, stop_sharing
from consultations.operations.sweeping import pass_on_stranded
from consultations.operations.templates import save_template
from consultations.operations.urgency import lower_urgency, raise_urgency

__all__ = [
    "Advice",
    "acknowledge_correction",
    "allocate",
    "answer",
    "ask_clarification",
    "ask_information",
    "ask_second",
    "claim",
    "close_out",
    "convert",
    "correct_answer",
    "decline",
    "decline_opinion",
    "discard",
    "dispute",
    "enter_in_error",
    "give_opinion",
    "lower_urgency",
    "pass_on_stranded",
    "raise_urgency",
    "reopen",
    "return_to_queue",
    "save_answer_draft",
    "save_draft",
    "save_template",
    "send_again",
    "start",
    "stop_sharing",
    "submit",
    "supply_information",
    "withdraw",
]
