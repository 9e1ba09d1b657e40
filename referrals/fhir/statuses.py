"""How far a referral is, in the words of FHIR R4 and of BSeR: the one table that everything here reads.

Task.status and businessStatus are those of the care pathway 1.5; `bser` is the code of BSeR's TaskBusinessStatusCS
(HL7 Bidirectional Services eReferral, STU2 ballot) where one of its ten says the same.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from referrals.states import FollowUpStep, OfferStep, Step


class Status(NamedTuple):
    """One step: ServiceRequest.status, Task.status, Task.businessStatus, BSeR's code ("" where it has none)."""

    request: str
    task: str
    business: str
    bser: str = ""


STATUSES: Final[Mapping[str, Status]] = {
    Step.DRAFT: Status("draft", "draft", "draft"),
    Step.REQUESTED: Status("active", "requested", "requested", "2.0"),
    Step.SEEN: Status("active", "received", "seen", "2.0"),
    Step.DECLINED: Status("active", "rejected", "declined", "4.0"),
    Step.ACCEPTED: Status("active", "accepted", "accepted", "3.0"),
    Step.SCHEDULED: Status("active", "in-progress", "scheduled", "5.1.1"),
    Step.UNATTENDED: Status("active", "in-progress", "unattended", "5.1.2"),
    Step.VISIT_CANCELLED: Status("active", "in-progress", "visit cancelled", "5.1.3"),
    Step.TRANSPORT: Status("active", "in-progress", "transport"),
    Step.EN_ROUTE: Status("active", "in-progress", "en-route"),
    Step.ARRIVED: Status("active", "in-progress", "arrived"),
    Step.UNDER_CARE: Status("active", "in-progress", "under care", "5.1.4"),
    Step.OUTCOME_SENT: Status("completed", "completed", "awaiting acknowledgement", "7.0"),
    Step.FOLLOWING: Status("active", "completed", "taken over", "7.0"),
    Step.CLOSED: Status("completed", "completed", "loop closed", "7.0"),
    Step.FOLLOWED: Status("completed", "completed", "followed to the end", "7.0"),
    Step.CANCELLED: Status("revoked", "cancelled", "cancelled", "6.0"),
    Step.ENDED: Status("revoked", "failed", "ended without care"),
    Step.ENTERED_IN_ERROR: Status("entered-in-error", "entered-in-error", "entered in error"),
}

#: asked while the step stays as it is (R12, R22): what the business status says meanwhile
CANCEL_ASKED: Final = ("cancel requested", "5.2")
INFORMATION_ASKED: Final = "asker to supply"

#: Task.status and businessStatus of a service that was asked, and is not the one whose step the referral's is
OFFERS: Final[Mapping[str, Status]] = {
    OfferStep.REQUESTED: Status("", "requested", "requested", "2.0"),
    OfferStep.SEEN: Status("", "received", "seen", "2.0"),
    OfferStep.ACCEPTED: Status("", "accepted", "accepted", "3.0"),
    OfferStep.DECLINED: Status("", "rejected", "declined", "4.0"),
    OfferStep.WITHDRAWN: Status("", "cancelled", "asked no longer", "6.0"),
    OfferStep.COMPLETED: Status("", "completed", "completed", "7.0"),
}

#: Task.status of a visit of the plan close to home (R18)
FOLLOW_UPS: Final[Mapping[str, str]] = {
    FollowUpStep.PLANNED: "ready",
    FollowUpStep.RECALL: "on-hold",
    FollowUpStep.DONE: "completed",
    FollowUpStep.MISSED: "failed",
    FollowUpStep.WORSENED: "failed",
    FollowUpStep.CANCELLED: "cancelled",
}

#: before anybody has said yes, or after a no, each service that was asked goes its own way
_EACH_ITS_OWN: Final = (Step.REQUESTED, Step.SEEN, Step.DECLINED)
_ASKED: Final = (OfferStep.REQUESTED, OfferStep.SEEN)
_WINNER: Final = (OfferStep.ACCEPTED, OfferStep.COMPLETED)


def status_of(referral: Any) -> Status:
    """The status of a referral as it stands, with what is asked of either side meanwhile."""
    status = STATUSES[referral.step]
    if referral.cancel_asked_at and status.task in ("received", "accepted", "in-progress"):
        return status._replace(task="in-progress", business=CANCEL_ASKED[0], bser=CANCEL_ASKED[1])
    if referral.information_asked_at and status.request == "active":
        return status._replace(business=INFORMATION_ASKED)
    return status


def present_offer(referral: Any, service_id: Any, offers: Any) -> Any:
    """Of the services asked, in their order, the one whose step the referral's is; None while there is none: the one
    that has accepted; on the way and after, the one asked now, else the last that did not decline."""
    won = [each for each in offers if each.step in _WINNER]
    if won or referral.step in _EACH_ITS_OWN:
        return won[-1] if won else None
    now = [each for each in offers if each.service_id == service_id and each.step != OfferStep.DECLINED]
    left = [each for each in offers if each.step in _ASKED]
    return (now or left or [*offers] or [None])[-1]


def offer_status(referral: Any, offer: Any, present: Any) -> Status:
    """The status of one service's Task."""
    if offer is present:
        return status_of(referral)
    status = OFFERS[offer.step]
    if referral.information_asked_at and offer.step in _ASKED:
        return status._replace(business=INFORMATION_ASKED)
    return status
