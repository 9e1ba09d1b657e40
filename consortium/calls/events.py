"""What happened in a video call."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class RoomOpened(DomainEvent):
    """People may come in now."""

    room_id: UUID
    case_id: UUID


@dataclass(frozen=True)
class RoomEnded(DomainEvent):
    """A call is over. `outcome` is the best rung that was held ("" when none was), `cause` why it was no better."""

    room_id: UUID
    case_id: UUID
    outcome: str
    cause: str


@dataclass(frozen=True)
class RoomCancelled(DomainEvent):
    """A planned call will not be."""

    room_id: UUID
    case_id: UUID


@dataclass(frozen=True)
class SeatTaken(DomainEvent):
    """Somebody was let in, for the first time or again."""

    room_id: UUID
    case_id: UUID
    seat_id: UUID
    role: str


@dataclass(frozen=True)
class GuestInvited(DomainEvent):
    """A link for the guardian was made."""

    room_id: UUID
    case_id: UUID
    link_id: UUID


@dataclass(frozen=True)
class GuestJoined(DomainEvent):
    """The guardian opened the link, agreed to the video call, and asks to come in; once for each link.

    `language`: in which the page asked them."""

    room_id: UUID
    case_id: UUID
    link_id: UUID
    language: str | None = None


@dataclass(frozen=True)
class AttemptRecorded(DomainEvent):
    """One try at one rung is over. `held`: media flowed."""

    room_id: UUID
    case_id: UUID
    seat_id: UUID
    rung: str
    held: bool
    cause: str
