"""The journal of a referral as people read it: what happened, who, when."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.models import Case
from consortium.casework.queries.telling_acts import Names, Words, escalated_words, steps_from, urgency_words
from consortium.journal.queries import TimelineStep
from referrals.states import (
    CancelReason,
    DeclineReason,
    EndReason,
    ErrorReason,
    FamilyAnswer,
    IncidentKind,
    LifeThreat,
    Mode,
    Place,
)

#: what each act was, once it is done
PAST: dict[str, str | Promise] = {
    "send": gettext_lazy("Referral sent"),
    "also_ask": gettext_lazy("Another hospital asked too"),
    "open": gettext_lazy("Seen by the receiving hospital"),
    "accept": gettext_lazy("Accepted"),
    "decline": gettext_lazy("Declined"),
    "redirect": gettext_lazy("Another hospital asked"),
    "dispute": gettext_lazy("The decline is disputed"),
    "book_visit": gettext_lazy("Visit booked"),
    "rebook_visit": gettext_lazy("Visit moved"),
    "miss_visit": gettext_lazy("Did not come to the visit"),
    "cancel_visit": gettext_lazy("Visit cancelled"),
    "wait_for_place": gettext_lazy("Waits for a place"),
    "arrange_transport": gettext_lazy("Transport arranged"),
    "depart": gettext_lazy("The child departed"),
    "report_incident": gettext_lazy("Incident on the way"),
    "sign_handover": gettext_lazy("Hand-over signed"),
    "arrive": gettext_lazy("The child arrived"),
    "receive": gettext_lazy("Came without a referral"),
    "read_back": gettext_lazy("Hand-over read back"),
    "admit": gettext_lazy("Admitted"),
    "see_child": gettext_lazy("Seen in the clinic"),
    "note_interim": gettext_lazy("Interim note"),
    "discharge": gettext_lazy("Discharged"),
    "ask_cancel": gettext_lazy("Asked to cancel"),
    "confirm_cancel": gettext_lazy("Cancelled, as the sender asked"),
    "keep": gettext_lazy("Kept: the receiving hospital goes on"),
    "withdraw": gettext_lazy("Withdrawn"),
    "stop_sharing": gettext_lazy("The consent to share has ended"),
    "send_outcome": gettext_lazy("Outcome sent"),
    "correct_outcome": gettext_lazy("Outcome corrected"),
    "acknowledge": gettext_lazy("Outcome acknowledged"),
    "back_refer": gettext_lazy("Sent back with a plan"),
    "take_over": gettext_lazy("Taken over"),
    "visit_done": gettext_lazy("Follow-up visit done"),
    "visit_missed": gettext_lazy("Did not come to the follow-up"),
    "worsened": gettext_lazy("Got worse: sent up again"),
    "end_follow_up": gettext_lazy("Follow-up complete"),
    "end": gettext_lazy("Ended without care"),
    "enter_in_error": gettext_lazy("Marked as entered in error"),
    "raise_urgency": gettext_lazy("Urgency raised"),
    "lower_urgency": gettext_lazy("Urgency lowered"),
    "escalate": gettext_lazy("Escalated"),
    "ask_information": gettext_lazy("Information asked for"),
    "supply_information": gettext_lazy("Information supplied"),
    "hand_on": gettext_lazy("Passed on"),
    "hand_over": gettext_lazy("Turn passed on"),
    "family-answer": gettext_lazy("The family said whether it comes"),
    "link_sender": gettext_lazy("The sender was linked"),
}

Note = Callable[[dict[str, Any], Names], str]


def _coded(reasons: Any, fact: str = "reason") -> Note:
    return lambda facts, _names: str(reasons(facts[fact]).label) if facts.get(fact) else ""


def _declined(facts: dict[str, Any], names: Names) -> str:
    where = names.get(facts.get("alternative") or "", "")
    reason = str(DeclineReason(facts["reason"]).label)
    return _("%(reason)s. They suggest %(service)s.") % {"reason": reason, "service": where} if where else reason


def _service(facts: dict[str, Any], names: Names) -> str:
    return names.get(facts.get("service") or "", "")


def _corrected(facts: dict[str, Any], names: Names) -> str:
    """Who had signed what somebody else corrected."""
    signer = names.get(facts.get("in_place_of") or "", "")
    return _("In place of %(name)s") % {"name": signer} if signer else ""


#: what else there is to say of an act, from its facts
NOTES: dict[str, Note] = {
    "send": lambda facts, _names: urgency_words(facts),
    "raise_urgency": lambda facts, _names: urgency_words(facts),
    "lower_urgency": lambda facts, _names: urgency_words(facts),
    "escalate": lambda facts, _names: escalated_words(facts),
    "also_ask": _service,
    "redirect": _service,
    "dispute": _service,
    "accept": lambda facts, names: " · ".join(e for e in (_service(facts, names), facts.get("promise", "")) if e),
    "decline": _declined,
    "correct_outcome": _corrected,
    "family-answer": _coded(FamilyAnswer, "answer"),
    "ask_cancel": _coded(CancelReason),
    "withdraw": _coded(CancelReason),
    "end": _coded(EndReason),
    "enter_in_error": _coded(ErrorReason),
    "arrange_transport": _coded(Mode, "mode"),
    "depart": _coded(LifeThreat, "life_threat"),
    "report_incident": _coded(IncidentKind, "kind"),
    "admit": _coded(Place, "place"),
}


def steps_of(case: Case) -> list[dict[str, Any]]:
    """The acts on a case, oldest first; messages stand in the thread. The caller has checked the right to the case."""
    return steps_from(case, WORDS)


def _note(act: TimelineStep, names: Names) -> str:
    return NOTES[act.verb](act.facts, names) if act.verb in NOTES else ""


def _people(act: TimelineStep) -> list[str]:
    return [named] if (named := act.facts.get("in_place_of")) else []


#: as the pathway tells it too (settings.CASE_WORDS)
WORDS = Words(PAST, _note, _people)
