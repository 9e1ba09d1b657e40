"""What happened to people and their seats."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class SeatLost(DomainEvent):
    """A person may no longer act at an institution (suspended, moved, left): their open work there must go back."""

    user_id: UUID
    institution_id: UUID
    role: str


@dataclass(frozen=True)
class SeatGained(DomainEvent):
    user_id: UUID
    institution_id: UUID
    role: str


@dataclass(frozen=True)
class InvitationAccepted(DomainEvent):
    user_id: UUID
    institution_id: UUID
    invited_by_id: UUID | None


@dataclass(frozen=True)
class SessionsEnded(DomainEvent):
    """Some or all sessions of a person have ended (signed out elsewhere, password changed, locked): sockets close."""

    user_id: UUID
