"""One child's record, as its page shows it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from consortium.journal.queries import open_text
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapters
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import AccessGrant, Consent, Guardian, Merge, Pathway, Patient, RecordNumber
from consortium.patients.states import ConsentKind, ConsentStatus


def identity_of(patient: Patient) -> str:
    """The identity number in plain, "" when there is none or the record was erased."""
    return open_text(patient.pk, patient.identity_sealed)


def patient_for(patient_id: UUID) -> Patient:
    """The record, or NotVisible. A merged record is the actor's where the one it was merged into is."""
    patient: Patient | None = Patient.objects.select_related("registered_at").filter(pk=patient_id).first()
    if patient is not None and patient.merged_into_id is None:
        return patient
    into = unfiltered(Patient, why="where a merged record went").filter(pk=patient_id).values_list("merged_into_id")
    target = into.first()
    if not target or target[0] is None:
        raise NotVisible
    return patient_for(target[0])


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What counts for one kind of consent now, with all decisions, the newest first."""

    kind: str
    label: Any
    history: list[Consent]

    @property
    def newest(self) -> Consent | None:
        return self.history[0] if self.history else None

    @property
    def given(self) -> bool:
        return self.newest is not None and self.newest.status == ConsentStatus.ACTIVE


def consent_states(patient: Patient) -> list[ConsentState]:
    """All four kinds, each with its history. One query."""
    rows = Consent.objects.filter(patient=patient).select_related("guardian", "recorded_by")
    decisions = list(rows.order_by("-recorded_at", "-id"))
    return [ConsentState(k.value, k.label, [c for c in decisions if c.kind == k.value]) for k in ConsentKind]


def has_consent(patient_id: UUID, kind: ConsentKind) -> bool:
    """Whether the newest decision of this kind is that it is given. One query."""
    return _newest(patient_id, kind) == ConsentStatus.ACTIVE


def consent_withheld(patient_id: UUID, kind: ConsentKind) -> bool:
    """Whether the newest decision of this kind is a refusal or a withdrawal; nothing decided yet is neither."""
    return _newest(patient_id, kind) in (ConsentStatus.REJECTED, ConsentStatus.INACTIVE)


def _newest(patient_id: UUID, kind: ConsentKind) -> str | None:
    rows = unfiltered(Consent, why="is there a consent?").filter(patient_id=patient_id, kind=kind)
    newest: str | None = rows.order_by("-recorded_at", "-id").values_list("status", flat=True).first()
    return newest


@dataclass(frozen=True, slots=True)
class RecordView:
    """Everything that the page of one child shows, read in six queries and one for each panel."""

    patient: Patient
    identity: str
    numbers: list[RecordNumber]
    guardians: list[Guardian]
    consents: list[ConsentState]
    pathways: list[Pathway]
    merges: list[Merge]
    twins: list[Patient]
    grant: AccessGrant | None
    panels: list[dict[str, Any]]


def record_view(actor: Actor, patient: Patient) -> RecordView:
    return RecordView(
        patient=patient,
        identity=identity_of(patient),
        numbers=list(RecordNumber.objects.filter(patient=patient).select_related("institution").order_by("created_at")),
        guardians=list(Guardian.objects.filter(patient=patient).order_by("id")),
        consents=consent_states(patient),
        pathways=list(Pathway.objects.filter(patient=patient).order_by("-opened_at")[:20]),
        merges=list(Merge.objects.filter(patient=patient, undone_at=None).order_by("-merged_at")),
        twins=twins_of(patient),
        grant=AccessGrant.objects.running().filter(patient=patient, user_id=actor.user_id).first(),
        panels=[panel(actor, patient) for panel in adapters("PATIENT_PANELS").values()],
    )


def twins_of(patient: Patient) -> list[Patient]:
    """The other children of the same birth, as far as the reader sees them."""
    eldest = patient.twin_of_id or patient.pk
    born = Patient.objects.current().filter(twin_of_id=eldest) | Patient.objects.current().filter(pk=eldest)
    return list(born.exclude(pk=patient.pk).order_by("birth_order", "id"))
