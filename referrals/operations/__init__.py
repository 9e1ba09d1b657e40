"""Everything that can be done with a referral; the only way to write one."""

from referrals.operations.alarm import raise_alarm, record_alarm_call
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.beds import publish_beds
from referrals.operations.cancelling import ask_cancel, confirm_cancel, end, enter_in_error, keep, withdraw
from referrals.operations.caring import admit, discharge, note_interim, see_child
from referrals.operations.checking import tick
from referrals.operations.drafting import discard, save_draft
from referrals.operations.family import answer_visit, make_family_link, open_family_page, revoke_family_link
from referrals.operations.filling import fill_places
from referrals.operations.following import end_follow_up, visit_done, visit_missed, worsened
from referrals.operations.handing import hand_on, hand_over_turn, return_to_service
from referrals.operations.informing import ask_information, supply_information
from referrals.operations.letters import save_letter
from referrals.operations.outcomes import acknowledge, correct_outcome, send_outcome
from referrals.operations.redirecting import also_ask, dispute, redirect
from referrals.operations.reminding import remind_visits
from referrals.operations.returning import back_refer, take_over
from referrals.operations.sending import send, send_now
from referrals.operations.sharing import stop_sharing
from referrals.operations.sweeping import pass_on_stranded
from referrals.operations.timing import escalate_due
from referrals.operations.transport import arrange_transport, arrive, depart, read_back, report_incident, sign_handover
from referrals.operations.unannounced import link_sender, receive_unannounced
from referrals.operations.urgency import lower_urgency, raise_urgency
from referrals.operations.visiting import book_visit, cancel_visit, miss_visit, wait_for_place

__all__ = [
    "accept",
    "acknowledge",
    "admit",
    "also_ask",
    "answer_visit",
    "arrange_transport",
    "arrive",
    "ask_cancel",
    "ask_information",
    "back_refer",
    "book_visit",
    "cancel_visit",
    "confirm_cancel",
    "correct_outcome",
    "decline",
    "depart",
    "discard",
    "discharge",
    "dispute",
    "end",
    "end_follow_up",
    "enter_in_error",
    "escalate_due",
    "fill_places",
    "hand_on",
    "hand_over_turn",
    "keep",
    "link_sender",
    "lower_urgency",
    "make_family_link",
    "miss_visit",
    "note_interim",
    "open_family_page",
    "open_referral",
    "pass_on_stranded",
    "publish_beds",
    "raise_alarm",
    "raise_urgency",
    "read_back",
    "receive_unannounced",
    "record_alarm_call",
    "redirect",
    "remind_visits",
    "report_incident",
    "return_to_service",
    "revoke_family_link",
    "save_draft",
    "save_letter",
    "see_child",
    "send",
    "send_now",
    "send_outcome",
    "sign_handover",
    "stop_sharing",
    "supply_information",
    "take_over",
    "tick",
    "visit_done",
    "visit_missed",
    "wait_for_place",
    "withdraw",
    "worsened",
]
