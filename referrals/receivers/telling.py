"""Notices: every sender hears what becomes of the child, step by step. After commit, at least once; nobody hears of
their own act."""

from uuid import UUID

from consortium.casework.events import MessagePosted
from consortium.casework.models import Case
from consortium.casework.queries.concerned import coordinators_of, leads_of, readers_of
from consortium.casework.states import Ball, BookingStep, CaseKind, Priority
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import tell, tell_of_messages
from referrals import events
from referrals.models import Outcome, Visit
from referrals.queries.concerned import offices, on_call, receiver_side, sender_side
from referrals.receivers.calling import case_heard

#: how often a child may not come before somebody has to find the family
_OFTEN = 2


def _soon(case: Case) -> bool:
    return bool(case.priority <= Priority.URGENT)


# --- to the sender, who learns every step ----------------------------------------------------------------------------

#: event -> (kind, whether it is never held back by quiet hours)
_TO_SENDER: dict[type[events.OfReferral], tuple[str, bool]] = {
    events.ReferralSeen: ("referral.seen", False),
    events.ReferralAccepted: ("referral.accepted", False),
    events.ReferralRedirected: ("referral.redirected", False),
    events.ChildArrived: ("referral.arrived", False),
    events.CareBegun: ("referral.care", False),
    events.InterimNoted: ("referral.interim", False),
    events.ChildDischarged: ("referral.discharged", False),
    events.OutcomeSent: ("referral.outcome", False),
    # a corrected outcome may change what is being done to a child
    events.OutcomeCorrected: ("referral.outcome_corrected", True),
    events.CancelRefused: ("referral.kept", False),
    events.InformationRequested: ("referral.information_requested", False),
    events.BackReferred: ("referral.going_back", False),
    events.CareTakenOver: ("referral.taken_over", False),
    events.FollowUpDone: ("referral.follow_up_done", False),
    events.ChildWorsened: ("referral.worsened", True),
    events.FollowUpEnded: ("referral.followed", False),
    events.SenderLinked: ("referral.unannounced", False),
}
#: what lies with the receiving side to answer
_TO_RECEIVER: dict[type[events.OfReferral], str] = {
    events.ChildDeparted: "referral.departed",
    events.HandoverSigned: "referral.handover",
    events.CancelAsked: "referral.cancel_asked",
    events.InformationSupplied: "referral.information_supplied",
}
#: what both sides hear, but for who did it
_TO_BOTH: dict[type[events.OfReferral], str] = {
    events.VisitCancelled: "referral.visit_cancelled",
    events.TransportArranged: "referral.transport",
    events.IncidentReported: "referral.incident",
    events.ReferralCancelled: "referral.cancelled",
    events.ReferralEnded: "referral.ended",
}


def _tells(event_type: type[events.OfReferral], kind: str, *, sender: bool, receiver: bool, now: bool = False) -> None:
    def tell_of(entry_id: int, event: events.OfReferral) -> None:
        case = case_heard(event.referral_id)
        people = [*(sender_side(case) if sender else []), *(receiver_side(case) if receiver else [])]
        tell(people, kind, case, entry_id, urgent=now or _soon(case))

    tell_of.__name__ = f"tell_of_{event_type.__name__}"
    receives(event_type)(tell_of)


for _event, (_kind, _now) in _TO_SENDER.items():
    _tells(_event, _kind, sender=True, receiver=False, now=_now)
for _event, _kind in _TO_RECEIVER.items():
    _tells(_event, _kind, sender=False, receiver=True)
for _event, _kind in _TO_BOTH.items():
    _tells(_event, _kind, sender=True, receiver=True, now=_event is events.IncidentReported)


# --- what concerns others besides ------------------------------------------------------------------------------------


@receives(events.ReferralSent)
def tell_of_referral(entry_id: int, event: events.ReferralSent) -> None:
    """A routine referral calls nobody: the service finds it in the inbox."""
    case = case_heard(event.referral_id)
    if case.priority == Priority.ROUTINE:
        tell(on_call(case), "referral.new", case, entry_id)


@receives(events.ReferralRedirected)
def tell_the_next(entry_id: int, event: events.ReferralRedirected) -> None:
    case = case_heard(event.referral_id)
    if case.priority == Priority.ROUTINE:
        tell(on_call(case), "referral.new", case, entry_id)


@receives(events.ReferralDeclined)
def tell_of_decline(entry_id: int, event: events.ReferralDeclined) -> None:
    """The coordinators find another place; the sender may disagree, or name one."""
    case = case_heard(event.referral_id)
    tell(sender_side(case), "referral.declined", case, entry_id, urgent=_soon(case))
    if case.priority == Priority.ROUTINE:
        tell(offices(case), "referral.homeless", case, entry_id)


@receives(events.ReferralDisputed)
def tell_of_dispute(entry_id: int, event: events.ReferralDisputed) -> None:
    case = case_heard(event.referral_id)
    if case.priority == Priority.ROUTINE:
        tell(leads_of(event.service_id) or offices(case), "referral.disputed", case, entry_id)


@receives(events.VisitBooked)
def tell_of_visit(entry_id: int, event: events.VisitBooked) -> None:
    case = case_heard(event.referral_id)
    kind = "referral.visit_moved" if event.again else "referral.visit"
    tell([*sender_side(case), *receiver_side(case)], kind, case, entry_id)


@receives(events.VisitMissed)
def tell_of_missed_visit(entry_id: int, event: events.VisitMissed) -> None:
    case = case_heard(event.referral_id)
    tell(sender_side(case), "referral.visit_missed", case, entry_id, urgent=_soon(case))
    missed = unfiltered(Visit, why="how often a child did not come").filter(
        case_id=case.pk, booking__step=BookingStep.NO_SHOW
    )
    _tell_if_often(case, entry_id, missed.count())


@receives(events.FollowUpMissed)
def tell_of_missed_follow_up(entry_id: int, event: events.FollowUpMissed) -> None:
    case = case_heard(event.referral_id)
    tell(sender_side(case), "referral.follow_up_missed", case, entry_id)
    _tell_if_often(case, entry_id, event.times)


def _tell_if_often(case: Case, entry_id: int, times: int) -> None:
    if times >= _OFTEN:
        tell(offices(case), "referral.missed_twice", case, entry_id, urgent=True)


@receives(events.OutcomeCorrected)
def tell_whose_outcome(entry_id: int, event: events.OutcomeCorrected) -> None:
    """Who had signed it, where the lead corrected it in their place."""
    case = case_heard(event.referral_id)
    signed = unfiltered(Outcome, why="whose words were corrected").filter(corrected_by=event.outcome_id)
    tell(signed.values_list("signed_by_id", flat=True), "referral.outcome_corrected", case, entry_id, urgent=True)


@receives(events.OutcomeAcknowledged)
def tell_of_acknowledgement(entry_id: int, event: events.OutcomeAcknowledged) -> None:
    """Who signed the outcome; usefulness and diagnosis stand on the page."""
    case = case_heard(event.referral_id)
    signed = unfiltered(Outcome, why="who hears that it was read").filter(pk=event.outcome_id)
    tell(signed.values_list("signed_by_id", flat=True), "referral.acknowledged", case, entry_id)


@receives(events.ReferralHandedOn)
def tell_of_hand_on(entry_id: int, event: events.ReferralHandedOn) -> None:
    """Taken over by name: the new holder. Given back: whom the service calls, unless a page does."""
    case = case_heard(event.referral_id)
    if event.responder_id is not None:
        tell([event.responder_id], "referral.handed_on", case, entry_id, urgent=_soon(case))
    else:
        tell(on_call(case), "referral.returned", case, entry_id, urgent=_soon(case))


@receives(events.ReferralEnteredInError)
def tell_of_error(entry_id: int, event: events.ReferralEnteredInError) -> None:
    """Everyone who read it is told: they may have acted on it."""
    case = case_heard(event.referral_id)
    tell(readers_of(case), "referral.error", case, entry_id, urgent=True)


@receives(events.FamilyAnswered)
def tell_of_family(entry_id: int, event: events.FamilyAnswered) -> None:
    """Coming, or not: the service that expects the child, and who sent it."""
    case = case_heard(event.referral_id)
    kind = "referral.family_coming" if event.comes else "referral.family_cannot"
    tell([*receiver_side(case), *sender_side(case)], kind, case, entry_id, urgent=not event.comes)


@receives(events.FamilyLinkLocked)
def tell_of_locked_link(entry_id: int, event: events.FamilyLinkLocked) -> None:
    """Who made the link, and both sides: the family needs a new one, or somebody guessed."""
    case = case_heard(event.referral_id)
    tell([event.made_by_id, *sender_side(case), *receiver_side(case)], "referral.family_locked", case, entry_id)


@receives(MessagePosted)
def tell_of_message(entry_id: int, event: MessagePosted) -> None:
    case = case_heard(event.case_id) if _is_referral(event.case_id) else None
    if case is not None:
        people = [*sender_side(case), *([case.responder_id] if case.responder_id else [])]
        office = coordinators_of(case) if case.ball == Ball.COORDINATOR else []
        tell_of_messages([*people, *office], "referral.message", case, entry_id, event.author_id)


def _is_referral(case_id: UUID) -> bool:
    return bool(unfiltered(Case, why="whose thread it is").filter(pk=case_id, kind=CaseKind.REFERRAL).exists())
