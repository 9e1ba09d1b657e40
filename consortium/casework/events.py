"""What happened to any case, whatever its kind."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class BallPassed(DomainEvent):
    """It is somebody else's turn. `user_id` is None while a service's whole queue holds it."""

    case_id: UUID
    party: str
    user_id: UUID | None
    priority: int


@dataclass(frozen=True)
class MessagePosted(DomainEvent):
    case_id: UUID
    message_id: UUID
    author_id: UUID


@dataclass(frozen=True)
class WorkReturned(DomainEvent):
    """A person who can no longer act gave a case back to its service's queue."""

    case_id: UUID
    user_id: UUID
    why: str


@dataclass(frozen=True)
class ServiceLeft(DomainEvent):
    """A person no longer answers for a service."""

    service_id: UUID
    user_id: UUID
