"""What happened to notices and pages."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class PageStarted(DomainEvent):
    page_id: UUID
    subject_type: str
    subject_id: str


@dataclass(frozen=True)
class PageAcknowledged(DomainEvent):
    """Somebody has taken it. The feature that paged decides what follows."""

    page_id: UUID
    user_id: UUID
    subject_type: str
    subject_id: str


@dataclass(frozen=True)
class PageExhausted(DomainEvent):
    """Everybody was called and nobody answered."""

    page_id: UUID
    subject_type: str
    subject_id: str
