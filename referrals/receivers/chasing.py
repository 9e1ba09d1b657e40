"""What a child was sent without is asked for again as it goes on its way: each time once, of whom it lacks from."""

from consortium.casework.models import Case
from consortium.casework.states import Priority
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import tell
from referrals import events
from referrals.models import Transport
from referrals.queries.alarming import missing_of
from referrals.queries.concerned import receiver_side, sender_side
from referrals.receivers.calling import case_heard


def _chase_sender(case: Case, entry_id: int) -> None:
    if case.priority == Priority.STAT and missing_of(case.referral):
        tell(sender_side(case), "referral.missing", case, entry_id)


@receives(events.ReferralAccepted)
def chase_on_acceptance(entry_id: int, event: events.ReferralAccepted) -> None:
    _chase_sender(case_heard(event.referral_id), entry_id)


@receives(events.ChildDeparted)
def chase_on_departure(entry_id: int, event: events.ChildDeparted) -> None:
    _chase_sender(case_heard(event.referral_id), entry_id)


@receives(events.ChildArrived)
def chase_on_arrival(entry_id: int, event: events.ChildArrived) -> None:
    """The hand-over of the sender, and the read-back of who has the child now."""
    case = case_heard(event.referral_id)
    way = unfiltered(Transport, why="what is missing of a hand-over").filter(case=case).first()
    if way is None:
        return
    if way.signed_at is None:
        tell(sender_side(case), "referral.handover_missing", case, entry_id)
    elif way.read_back_at is None:
        tell(receiver_side(case), "referral.read_back_missing", case, entry_id)
