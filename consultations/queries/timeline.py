"""The journal of a case as people read it: what happened, who, when."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.models import Case
from consortium.casework.queries.telling_acts import Names, Words, escalated_words, steps_from, urgency_words
from consortium.journal.queries import TimelineStep
from consortium.kernel.templatetags.when import moment_words
from consultations.queries.meetings import outcome_words
from consultations.states import (
    Change,
    DeclineReason,
    ErrorReason,
    MeetingCancel,
    OpinionDecline,
    ReferReason,
    WithdrawReason,
)

#: what each act was, once it is done
PAST: dict[str, str | Promise] = {
    "submit": gettext_lazy("Question sent"),
    "claim": gettext_lazy("Taken"),
    "allocate": gettext_lazy("Allocated"),
    "assign": gettext_lazy("Given to who is on duty"),
    "dispute": gettext_lazy("The decline is disputed"),
    "propose_video": gettext_lazy("Video call proposed"),
    "book_video": gettext_lazy("Time of the video call agreed on"),
    "start_recording": gettext_lazy("Recording begun, with everybody's consent"),
    "stop_recording": gettext_lazy("Recording ended"),
    "withdraw_recording": gettext_lazy("The consent to the recording was withdrawn"),
    "call_now": gettext_lazy("Video call begun"),
    "cancel_video": gettext_lazy("Video call cancelled"),
    "hold_video": gettext_lazy("Video call ended"),
    "ask_second": gettext_lazy("Second specialist asked"),
    "give_opinion": gettext_lazy("Second opinion given"),
    "decline_opinion": gettext_lazy("Second opinion declined"),
    "end_opinion": gettext_lazy("A second opinion will not come"),
    "convert": gettext_lazy("Sent on as a referral"),
    "ask_outcome": gettext_lazy("Asked how the child is"),
    "remind_outcome": gettext_lazy("Asked again how the child is"),
    "pass_outcome": gettext_lazy("The coordinator asks how the child is"),
    "tell_outcome": gettext_lazy("What became of the child was told"),
    "miss_outcome": gettext_lazy("The family could not be reached"),
    "remind": gettext_lazy("Reminded of the answer"),
    "auto_close": gettext_lazy("Closed without review"),
    "escalate": gettext_lazy("Escalated"),
    "return_to_queue": gettext_lazy("Back in the queue"),
    "take_back": gettext_lazy("Taken back to the queue by the coordinator"),
    "decline": gettext_lazy("Declined"),
    "ask_information": gettext_lazy("Information asked for"),
    "supply_information": gettext_lazy("Information supplied"),
    "start": gettext_lazy("Answer begun"),
    "answer": gettext_lazy("Answered"),
    "ask_clarification": gettext_lazy("Clarification asked for"),
    "close_out": gettext_lazy("Closed out"),
    "withdraw": gettext_lazy("Withdrawn"),
    "stop_sharing": gettext_lazy("The consent to share has ended"),
    "send_again": gettext_lazy("Sent again"),
    "reopen": gettext_lazy("Reopened"),
    "raise_urgency": gettext_lazy("Urgency raised"),
    "lower_urgency": gettext_lazy("Urgency lowered"),
    "enter_in_error": gettext_lazy("Marked as entered in error"),
    "correct_answer": gettext_lazy("Answer corrected"),
    "acknowledge_correction": gettext_lazy("Correction acknowledged"),
    "hand_over": gettext_lazy("Turn passed on"),
    "hand_on": gettext_lazy("Taken over from the colleague before"),
}
#: acts that give a case to somebody by name
_GIVEN = ("allocate", "assign")
_REASONS: dict[str, Any] = {
    "decline": DeclineReason, "withdraw": WithdrawReason, "enter_in_error": ErrorReason, "convert": ReferReason,
    "decline_opinion": OpinionDecline, "end_opinion": OpinionDecline,
}  # fmt: skip


def steps_of(case: Case) -> list[dict[str, Any]]:
    """The acts on a case, oldest first; messages stand in the thread. The caller has checked the right to the case."""
    return steps_from(case, WORDS)


def _people(act: TimelineStep) -> list[str]:
    given = ["responder"] if act.verb in _GIVEN else []
    return [act.facts[fact] for fact in (*given, "specialist", "left_by") if fact in act.facts]


def _note(act: TimelineStep, known: Names) -> str:
    """What else there is to say of an act, from its facts."""
    facts = act.facts
    if act.verb == "ask_second":
        return known.get(facts["specialist"], "")
    if act.verb == "take_back":
        return known.get(facts["left_by"], "")
    if act.verb == "give_opinion":
        return _("Agrees") if facts["agrees"] else _("Sees it differently")
    if act.verb == "dispute":
        return _("Back with %(service)s, whose lead looks again.") % {"service": known.get(facts["service"], "")}
    if act.verb in _REASONS and facts.get("reason"):
        where = known.get(facts.get("service", ""), "") or known.get(facts.get("specialist", ""), "")
        reason = str(_REASONS[act.verb](facts["reason"]).label)
        if act.verb == "end_opinion":
            return f"{where}: {reason}" if where else reason
        return _("%(reason)s. Now with %(service)s.") % {"reason": reason, "service": where} if where else reason
    if act.verb == "cancel_video":
        return str(MeetingCancel(facts["reason"]).label)
    if act.verb == "hold_video":
        return str(outcome_words(facts["outcome"], facts["absent"]))
    if act.verb == "book_video":
        return moment_words(datetime.fromisoformat(facts["starts_at"]))
    if act.verb == "escalate":
        return escalated_words(facts)
    if act.verb == "remind":
        return _("Reminder %(number)s") % {"number": facts["number"]}
    if act.verb in _GIVEN:
        return known.get(facts.get("responder", ""), "")
    if act.verb == "close_out" and facts.get("change"):
        return str(Change(facts["change"]).label)
    if act.verb in ("raise_urgency", "lower_urgency", "submit"):
        return urgency_words(facts)
    return ""


#: as the pathway tells it too (settings.CASE_WORDS)
WORDS = Words(PAST, _note, _people)
