"""What became of a lecture's recommendation."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class RecommendationSent(DomainEvent):
    """It waits for the doctor who brought the case; again, when it was written anew."""

    recommendation_id: UUID


@dataclass(frozen=True)
class RecommendationAnswered(DomainEvent):
    """It was followed, or it was not and why."""

    recommendation_id: UUID


@dataclass(frozen=True)
class RecommendationDue(DomainEvent):
    """Its day has come, and nobody has answered it."""

    recommendation_id: UUID
