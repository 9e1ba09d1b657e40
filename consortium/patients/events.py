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


@dataclass(frozen=True)
class SharingEnded(DomainEvent):
    """The guardian withdrew the consent to share: these persons, and everybody of these institutions, read no more."""

    patient_id: UUID
    user_ids: list[str]
    institution_ids: list[str]


@dataclass(frozen=True)
class PathwayOpened(DomainEvent):
    pathway_id: UUID
    patient_id: UUID
    institution_id: UUID


@dataclass(frozen=True)
class PathwayJoined(DomainEvent):
    """An institution, or one person when `user_id` is given, takes part from now on."""

    pathway_id: UUID
    patient_id: UUID
    institution_id: UUID
    user_id: UUID | None


@dataclass(frozen=True)
class PathwayClosed(DomainEvent):
    pathway_id: UUID
    patient_id: UUID


@dataclass(frozen=True)
class PathwayReopened(DomainEvent):
    pathway_id: UUID
    patient_id: UUID


@dataclass(frozen=True)
class PatientRegistered(DomainEvent):
    patient_id: UUID
    institution_id: UUID


@dataclass(frozen=True)
class RecordLinked(DomainEvent):
    """Another institution knows the child from now on, with the guardian's consent."""

    patient_id: UUID
    institution_id: UUID


@dataclass(frozen=True)
class PatientsMerged(DomainEvent):
    """Everything that named `absorbed_id` names `patient_id` now."""

    merge_id: UUID
    patient_id: UUID
    absorbed_id: UUID


@dataclass(frozen=True)
class MergeUndone(DomainEvent):
    merge_id: UUID
    patient_id: UUID
    absorbed_id: UUID


@dataclass(frozen=True)
class PatientErased(DomainEvent):
    """The record was erased: whoever keeps free text about the child must blank it."""

    patient_id: UUID


@dataclass(frozen=True)
class VitalSignsRecorded(DomainEvent):
    """Vital signs were kept or corrected; `level` is the National PEWS level (0 none to 4 emergency), at least."""

    measured_id: UUID
    patient_id: UUID
    level: int
