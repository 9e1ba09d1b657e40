"""What happened to a referral."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class OfReferral(DomainEvent):
    referral_id: UUID


@dataclass(frozen=True)
class ReferralSent(OfReferral):
    """`by_alarm`: through the green channel, with child, age or weight and problem alone."""

    service_id: UUID
    priority: int
    by_alarm: bool = False


@dataclass(frozen=True)
class ReferralAlsoAsked(OfReferral):
    service_id: UUID


@dataclass(frozen=True)
class ReferralSeen(OfReferral):
    service_id: UUID


@dataclass(frozen=True)
class ReferralAccepted(OfReferral):
    service_id: UUID
    responder_id: UUID


@dataclass(frozen=True)
class ReferralDeclined(OfReferral):
    """By `service_id`, which names `alternative_id` perhaps."""

    service_id: UUID
    reason: str
    alternative_id: UUID | None = None


@dataclass(frozen=True)
class ReferralRedirected(OfReferral):
    service_id: UUID


@dataclass(frozen=True)
class ReferralDisputed(OfReferral):
    """The asker disagrees with the decline: back at the service that declined, for its lead."""

    service_id: UUID


@dataclass(frozen=True)
class VisitBooked(OfReferral):
    visit_id: UUID
    #: moved from another time
    again: bool = False


@dataclass(frozen=True)
class VisitReminded(OfReferral):
    """The visit comes near: the `number`th reminder."""

    visit_id: UUID
    number: int


@dataclass(frozen=True)
class VisitMissed(OfReferral):
    visit_id: UUID


@dataclass(frozen=True)
class VisitCancelled(OfReferral):
    visit_id: UUID
    reason: str


@dataclass(frozen=True)
class TransportArranged(OfReferral):
    transport_id: UUID


@dataclass(frozen=True)
class ChildDeparted(OfReferral):
    """`life_threat`: the coded reason of leaving before anybody accepted, which pages the duty officer."""

    transport_id: UUID
    life_threat: str = ""


@dataclass(frozen=True)
class IncidentReported(OfReferral):
    incident_id: UUID
    kind: str


@dataclass(frozen=True)
class HandoverSigned(OfReferral):
    """By the sending side, before the way or after it; signed anew when something has changed."""


@dataclass(frozen=True)
class HandoverReadBack(OfReferral):
    pass


@dataclass(frozen=True)
class ChildArrived(OfReferral):
    unannounced: bool = False


@dataclass(frozen=True)
class CareBegun(OfReferral):
    """`place`: ward, emergency, intensive care, clinic (Encounter.place)."""

    place: str


@dataclass(frozen=True)
class InterimNoted(OfReferral):
    pass


@dataclass(frozen=True)
class ChildDischarged(OfReferral):
    pass


@dataclass(frozen=True)
class CancelAsked(OfReferral):
    reason: str


@dataclass(frozen=True)
class CancelRefused(OfReferral):
    pass


@dataclass(frozen=True)
class ReferralCancelled(OfReferral):
    reason: str


@dataclass(frozen=True)
class OutcomeSent(OfReferral):
    outcome_id: UUID


@dataclass(frozen=True)
class OutcomeCorrected(OfReferral):
    outcome_id: UUID


@dataclass(frozen=True)
class OutcomeAcknowledged(OfReferral):
    """`concordance`: of the sender's working diagnosis with the final one (states.Concordance)."""

    outcome_id: UUID
    concordance: str


@dataclass(frozen=True)
class BackReferred(OfReferral):
    back_id: UUID


@dataclass(frozen=True)
class CareTakenOver(OfReferral):
    responder_id: UUID


@dataclass(frozen=True)
class FollowUpDone(OfReferral):
    follow_up_id: UUID


@dataclass(frozen=True)
class FollowUpMissed(OfReferral):
    """`times`: how often this child has not come; twice, and the coordinator has the ball."""

    follow_up_id: UUID
    times: int


@dataclass(frozen=True)
class ChildWorsened(OfReferral):
    up_id: UUID


@dataclass(frozen=True)
class FollowUpEnded(OfReferral):
    pass


@dataclass(frozen=True)
class ReferralEnded(OfReferral):
    reason: str


@dataclass(frozen=True)
class ReferralEnteredInError(OfReferral):
    pass


@dataclass(frozen=True)
class UrgencyChanged(OfReferral):
    before: int
    after: int


@dataclass(frozen=True)
class ReferralEscalated(OfReferral):
    """A leg's time runs out, or is over; as consultations' ConsultationEscalated."""

    leg: str
    number: int
    tell: str
    percent: int
    last: bool


@dataclass(frozen=True)
class InformationRequested(OfReferral):
    pass


@dataclass(frozen=True)
class InformationSupplied(OfReferral):
    pass


@dataclass(frozen=True)
class ReferralHandedOn(OfReferral):
    responder_id: UUID | None


@dataclass(frozen=True)
class SenderLinked(OfReferral):
    institution_id: UUID


@dataclass(frozen=True)
class FamilyAnswered(OfReferral):
    """The family has said on its page whether it comes to the visit."""

    comes: bool


@dataclass(frozen=True)
class FamilyLinkLocked(OfReferral):
    """Five wrong birth dates: the link opens nothing any more."""

    made_by_id: UUID
