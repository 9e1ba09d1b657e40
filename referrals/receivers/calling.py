"""Pages: a stat or urgent child whom nobody has accepted calls who is on duty, then the leads, then the coordinators.

They create a duty, so they run in the transaction of the act: such a referral is not stored without its page.
"""

from collections.abc import Sequence
from uuid import UUID

from consortium.casework.models import Case, Service
from consortium.casework.queries.concerned import heard, leads_of
from consortium.casework.states import Priority
from consortium.kernel.events import receives
from consortium.notices.operations import calm, page_about
from referrals import events
from referrals.queries.concerned import everybody_called, offices, on_call, receiver_side
from referrals.states import EXPECTED_STEPS, WAITING_STEPS, Step


def case_heard(case_id: UUID) -> Case:
    """The case of a referral, with the referral itself."""
    return heard(case_id, "referral", "service__institution", "asking_institution")


def call(case: Case, people: Sequence[UUID], entry_id: int, kind: str = "") -> None:
    """Page `people`; nothing for a routine referral, which leaves a notice."""
    if case.priority <= Priority.URGENT:
        plain = "referral.stat" if case.priority == Priority.STAT else "referral.urgent"
        page_about(case, people, kind or plain, once=f"referral-page:{entry_id}")


@receives(events.ReferralSent, duty=True)
def call_on_send(entry_id: int, event: events.ReferralSent) -> None:
    case = case_heard(event.referral_id)
    call(case, on_call(case), entry_id)


@receives(events.ReferralAlsoAsked, duty=True)
def call_also(entry_id: int, event: events.ReferralAlsoAsked) -> None:
    """The next hospital is called beside the first."""
    case = case_heard(event.referral_id)
    beside = Service.objects.select_related("institution").get(pk=event.service_id)
    call(case, on_call(case, beside), entry_id)


@receives(events.ReferralRedirected, duty=True)
def call_on_redirection(entry_id: int, event: events.ReferralRedirected) -> None:
    case = case_heard(event.referral_id)
    calm(case)
    call(case, on_call(case), entry_id)


@receives(events.ReferralDeclined, duty=True)
def call_on_decline(entry_id: int, event: events.ReferralDeclined) -> None:
    """Nobody has the child any more: the coordinators find a place. Where others are still asked, these are called."""
    case = case_heard(event.referral_id)
    calm(case)
    still = everybody_called(case) if case.referral.step in WAITING_STEPS else []
    call(case, still or offices(case), entry_id, "" if still else "referral.homeless")


@receives(events.ReferralDisputed, duty=True)
def call_on_dispute(entry_id: int, event: events.ReferralDisputed) -> None:
    """The lead looks again."""
    case = case_heard(event.referral_id)
    calm(case)
    call(case, [*leads_of(event.service_id), *offices(case)], entry_id, "referral.disputed")


@receives(events.UrgencyChanged, duty=True)
def call_on_raise(entry_id: int, event: events.UrgencyChanged) -> None:
    """Raised: call again, who holds it first. Lowered, or the child is there: nobody is called any more."""
    case = case_heard(event.referral_id)
    calm(case)
    if event.after >= event.before:
        return
    if case.referral.step == Step.DECLINED:
        call(case, offices(case), entry_id, "referral.homeless")
    elif case.referral.step in (*WAITING_STEPS, *EXPECTED_STEPS):
        call(case, everybody_called(case) or receiver_side(case), entry_id)


@receives(events.ChildDeparted, duty=True)
def call_on_departure(entry_id: int, event: events.ChildDeparted) -> None:
    """On the way before anybody said yes: whoever is asked is called for what comes."""
    if event.life_threat:
        case = case_heard(event.referral_id)
        calm(case)
        call(case, [*(everybody_called(case) or on_call(case)), *offices(case)], entry_id, "referral.coming")


@receives(events.ReferralHandedOn, duty=True)
def call_on_return(entry_id: int, event: events.ReferralHandedOn) -> None:
    """Nobody holds it any more: the service is called, while the child is not cared for there."""
    case = case_heard(event.referral_id)
    if event.responder_id is None and case.referral.step in EXPECTED_STEPS:
        call(case, on_call(case), entry_id)


def _calms(event: type[events.OfReferral]) -> None:
    """What ends every call: somebody has the child, or nobody needs to."""

    def calm_down(entry_id: int, event: events.OfReferral) -> None:
        calm(case_heard(event.referral_id))

    calm_down.__name__ = f"calm_on_{event.__name__}"
    receives(event, duty=True)(calm_down)


for _event in (
    events.ReferralAccepted,
    events.CareTakenOver,
    events.ChildArrived,
    events.CareBegun,
    events.ReferralCancelled,
    events.ReferralEnded,
    events.ReferralEnteredInError,
):
    _calms(_event)
