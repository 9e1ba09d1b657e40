"""What happened to a file of a case."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class FileAttached(DomainEvent):
    """All bytes of a file have come; it is being checked."""

    case_id: UUID
    attachment_id: UUID


@dataclass(frozen=True)
class FileAccepted(DomainEvent):
    case_id: UUID
    attachment_id: UUID
    kind: str


@dataclass(frozen=True)
class FileRefused(DomainEvent):
    case_id: UUID
    attachment_id: UUID
    fault: str


@dataclass(frozen=True)
class CopyReleased(DomainEvent):
    """A de-identified copy may be taken away now."""

    case_id: UUID
    copy_id: UUID
