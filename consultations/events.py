"""What happened to a consultation."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class ConsultationSubmitted(DomainEvent):
    consultation_id: UUID
    service_id: UUID
    priority: int


@dataclass(frozen=True)
class ConsultationClaimed(DomainEvent):
    consultation_id: UUID
    responder_id: UUID


@dataclass(frozen=True)
class ConsultationReturned(DomainEvent):
    """Back in the service's queue: its holder can no longer act, or the coordinator took it back (`taken_back`)."""

    consultation_id: UUID
    service_id: UUID
    left_by_id: UUID
    taken_back: bool = False


@dataclass(frozen=True)
class ConsultationDeclined(DomainEvent):
    consultation_id: UUID
    reason: str
    service_id: UUID


@dataclass(frozen=True)
class InformationRequested(DomainEvent):
    consultation_id: UUID


@dataclass(frozen=True)
class InformationSupplied(DomainEvent):
    consultation_id: UUID


@dataclass(frozen=True)
class AnswerBegun(DomainEvent):
    consultation_id: UUID


@dataclass(frozen=True)
class ConsultationAnswered(DomainEvent):
    consultation_id: UUID
    answer_id: UUID


@dataclass(frozen=True)
class AnswerCorrected(DomainEvent):
    consultation_id: UUID
    answer_id: UUID


@dataclass(frozen=True)
class CorrectionAcknowledged(DomainEvent):
    consultation_id: UUID
    answer_id: UUID


@dataclass(frozen=True)
class ClarificationRequested(DomainEvent):
    consultation_id: UUID


@dataclass(frozen=True)
class ConsultationClosedOut(DomainEvent):
    consultation_id: UUID
    referral_avoided: bool | None


@dataclass(frozen=True)
class ConsultationWithdrawn(DomainEvent):
    consultation_id: UUID


@dataclass(frozen=True)
class SharingStopped(DomainEvent):
    """Withdrawn by the system, because the guardian no longer agrees to share the record. `held_by_id`: who had it."""

    consultation_id: UUID
    service_id: UUID
    held_by_id: UUID | None


@dataclass(frozen=True)
class ConsultationReopened(DomainEvent):
    consultation_id: UUID


@dataclass(frozen=True)
class UrgencyChanged(DomainEvent):
    consultation_id: UUID
    before: int
    after: int


@dataclass(frozen=True)
class ConsultationEnteredInError(DomainEvent):
    consultation_id: UUID


@dataclass(frozen=True)
class DeclineDisputed(DomainEvent):
    """The asker disagrees with the decline: back at the service that declined, for its lead."""

    consultation_id: UUID
    service_id: UUID


@dataclass(frozen=True)
class DisputeSettled(DomainEvent):
    """The service lead has looked again. `outcome`: taken, declined."""

    consultation_id: UUID
    outcome: str


@dataclass(frozen=True)
class BranchFellShort(DomainEvent):
    """Often enough for somebody to mend it. `node`: the branch's id in the chart, empty for the page as a whole."""

    pathway: str
    version: int
    node: str
    count: int


@dataclass(frozen=True)
class VideoProposed(DomainEvent):
    consultation_id: UUID
    meeting_id: UUID


@dataclass(frozen=True)
class VideoBooked(DomainEvent):
    """A time is agreed on, or moved; or somebody calls at once (`now`)."""

    consultation_id: UUID
    meeting_id: UUID
    now: bool = False


@dataclass(frozen=True)
class VideoCancelled(DomainEvent):
    consultation_id: UUID
    meeting_id: UUID
    reason: str


@dataclass(frozen=True)
class VideoReminded(DomainEvent):
    """A booked call comes near. `soon`: in minutes, not tomorrow."""

    consultation_id: UUID
    meeting_id: UUID
    soon: bool


@dataclass(frozen=True)
class VideoHeld(DomainEvent):
    """The call is over. `outcome`: how far down the ladder it went, or why nobody met."""

    consultation_id: UUID
    meeting_id: UUID
    outcome: str


@dataclass(frozen=True)
class OpinionAsked(DomainEvent):
    consultation_id: UUID
    opinion_id: UUID
    specialist_id: UUID


@dataclass(frozen=True)
class OpinionGiven(DomainEvent):
    consultation_id: UUID
    opinion_id: UUID
    agrees: bool


@dataclass(frozen=True)
class OpinionDeclined(DomainEvent):
    consultation_id: UUID
    opinion_id: UUID
    reason: str


@dataclass(frozen=True)
class ConsultationConverted(DomainEvent):
    """To become a referral, in the same transaction: whoever receives this creates it, or the act is refused.
    `service_id`: where the child is to go; None: to the service that was asked."""

    consultation_id: UUID
    reason: str
    priority: int
    service_id: UUID | None = None


@dataclass(frozen=True)
class ReviewReminded(DomainEvent):
    consultation_id: UUID
    number: int


@dataclass(frozen=True)
class ConsultationLapsed(DomainEvent):
    """Closed because nobody reviewed the answer; counted apart."""

    consultation_id: UUID


@dataclass(frozen=True)
class ConsultationEscalated(DomainEvent):
    """A leg's time runs out, or is over. `number`: the step of the escalation, at `percent` of the target; it tells
    `tell` (casework's Tell). The last one hands the ball to the coordinator."""

    consultation_id: UUID
    leg: str
    number: int
    tell: str
    percent: int
    last: bool


@dataclass(frozen=True)
class OutcomeAsked(DomainEvent):
    """The asking clinic is asked what became of a child; `number` counts the reminders."""

    consultation_id: UUID
    outcome_id: UUID
    number: int


@dataclass(frozen=True)
class OutcomePassedOn(DomainEvent):
    """Nobody told: the coordinator asks."""

    consultation_id: UUID
    outcome_id: UUID


@dataclass(frozen=True)
class OutcomeTold(DomainEvent):
    """`outcome` and `advice_fit`: codes of `models.outcomes`."""

    consultation_id: UUID
    outcome_id: UUID
    outcome: str
    advice_fit: str


@dataclass(frozen=True)
class OutcomeMissed(DomainEvent):
    consultation_id: UUID
    outcome_id: UUID
    reason: str


@dataclass(frozen=True)
class AnswerToRate(DomainEvent):
    """An answer of the month's sample was given to a rater."""

    review_id: UUID
    rater_id: UUID


@dataclass(frozen=True)
class AnswerRated(DomainEvent):
    """`concern`: the rater fears that the answer may harm."""

    review_id: UUID
    consultation_id: UUID
    concern: bool


@dataclass(frozen=True)
class RatingLate(DomainEvent):
    review_id: UUID
    rater_id: UUID
