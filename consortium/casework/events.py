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


@dataclass(frozen=True)
class WentOffDuty(DomainEvent):
    """A person's duty for a service is over: what they did not hand over goes back to its queue."""

    service_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class HandoverOffered(DomainEvent):
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class HandoverTaken(DomainEvent):
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class HandoverLapsed(DomainEvent):
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class ItemTakenOver(DomainEvent):
    """One open thing passes from one person to the next. `kind` says whose business it is: case, page ..."""

    handover_id: UUID
    kind: str
    item_id: UUID
    service_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class DutyEnding(DomainEvent):
    """A shift ends soon and its holder has open work."""

    shift_id: UUID
    service_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class SwapOffered(DomainEvent):
    swap_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class SwapAccepted(DomainEvent):
    swap_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class SwapDeclined(DomainEvent):
    swap_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class SwapOverruled(DomainEvent):
    swap_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True)
class BookingMade(DomainEvent):
    """`case_id` is None for what is about no case."""

    booking_id: UUID
    kind: str
    case_id: UUID | None


@dataclass(frozen=True)
class BookingConfirmed(BookingMade):
    pass


@dataclass(frozen=True)
class BookingMoved(BookingMade):
    pass


@dataclass(frozen=True)
class BookingCancelled(BookingMade):
    pass


@dataclass(frozen=True)
class BookingAttended(BookingMade):
    pass


@dataclass(frozen=True)
class BookingUnattended(BookingMade):
    pass


@dataclass(frozen=True)
class BookingExpired(BookingMade):
    pass


@dataclass(frozen=True)
class WorkingTimeChanged(DomainEvent):
    """Hours or days of a working calendar changed; open routine deadlines were moved in the same transaction."""

    calendar_id: UUID
    moved: int
