"""What happened to the votes about a case."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class CaseVoteClosed(DomainEvent):
    """A vote about a case was closed: what was answered counts for its question in the bank."""

    lecture_id: UUID
    poll_id: UUID
