"""What happened around a patient's record."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class GlassBroken(DomainEvent):
    grant_id: UUID
    patient_id: UUID
    user_id: UUID
    institution_ids: list[str]


@dataclass(frozen=True)
class AccessEnded(DomainEvent):
    """A person may no longer read a patient: sockets that show the child must close."""

    patient_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class ConsentChanged(DomainEvent):
    patient_id: UUID
    kind: str
    status: str
