"""Registering a child, changing what is written down, and linking a record that another institution made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record, seal_text
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.patients.events import PatientRegistered
from consortium.patients.models import READING_ROLES, Patient, RecordNumber
from consortium.patients.operations.rules import told
from consortium.patients.policies import known_at, may_edit, may_register, may_register_for_caller
from consortium.patients.queries.search import identity_hash
from consortium.patients.states import Sex

_OLDEST_YEARS = 25


@dataclass(frozen=True, slots=True)
class Details:
    """What is written down about a child; dates and times in the consortium's zone."""

    birth_date: date
    sex: str
    name: str = ""
    baby_of: str = ""
    birth_order: int | None = None
    birth_time: time | None = None
    gestation_weeks: int | None = None
    allergies: str = ""

    @classmethod
    def of(cls, patient: Patient) -> "Details":
        return cls(**{f.name: getattr(patient, f.name) for f in fields(cls)})

    @classmethod
    def given(cls, values: Mapping[str, Any]) -> "Details":
        """Out of validated input that holds more than the details."""
        return cls(**{f.name: values[f.name] for f in fields(cls) if f.name in values})


def _check(details: Details) -> None:
    wrong: dict[str, Any] = {}
    if not (details.name.strip() or details.baby_of.strip()):
        wrong["name"] = _("Give the child's name, or for a newborn the mother's.")
    if details.birth_date > clock.today():
        wrong["birth_date"] = _("This day lies ahead.")
    elif details.birth_date.year < clock.today().year - _OLDEST_YEARS:
        wrong["birth_date"] = _("This is not a child's date of birth.")
    if details.sex not in Sex.values:
        wrong["sex"] = _("Choose one of the list.")
    if wrong:
        raise InvalidInput(wrong)


def _write(patient: Patient, details: Details) -> None:
    for name, value in asdict(details).items():
        setattr(patient, name, value.strip() if isinstance(value, str) else value)


def set_identity(patient: Patient, number: str) -> None:
    """Seal the identity number with the child's own key, and keep its hash to find it by; "" takes it away."""
    number = number.strip()
    patient.identity_sealed = seal_text(patient.pk, number)
    patient.identity_hash = identity_hash(number) if number else None


def locked_patient(patient_id: UUID) -> Patient:
    """The record's row, locked, as far as the actor sees it; NotVisible for merged and erased ones too.

    Entries of the journal, which refer to it, may be written meanwhile: who holds a case need not wait for the record.
    """
    rows = Patient.objects.current().select_for_update(of=("self",), no_key=True)
    patient: Patient | None = rows.filter(pk=patient_id).first()
    if patient is None:
        raise NotVisible
    return patient


@transaction.atomic
def register_patient(
    *,
    actor: Actor,
    institution_id: UUID,
    details: Details,
    record_number: str = "",
    identity_number: str = "",
    twin_of_id: UUID | None = None,
    key: UUID | None = None,
) -> tuple[Patient, bool]:
    """Begin a child's record at one's own institution: (patient, whether it is new); the same `key` twice is one row.

    Raises RecordExists (409) when the identity number is known already, wherever that is.
    """
    require(may_register(actor, institution_id))
    return _registered(actor, institution_id, details, record_number, identity_number, twin_of_id, key)


@transaction.atomic
def register_for_caller(*, actor: Actor, institution_id: UUID, details: Details, key: UUID | None = None) -> Patient:
    """Begin a child's record at the institution that calls by telephone; it stays hidden from who writes it down."""
    require(may_register_for_caller(actor))
    patient, _fresh = _registered(actor, institution_id, details, "", "", None, key)
    return patient


def _registered(
    actor: Actor, institution_id: UUID, details: Details, record_number: str, identity_number: str,
    twin_of_id: UUID | None, key: UUID | None,
) -> tuple[Patient, bool]:  # fmt: skip
    _check(details)
    key = key or uuid4()

    def make() -> Patient:
        patient = Patient(registered_at_id=institution_id, created_at=clock.now(), twin_of_id=twin_of_id,
                          created_by_id=actor.author_id, request_key=key)  # fmt: skip
        _write(patient, details)
        set_identity(patient, identity_number)
        patient.save(force_insert=True)
        add_record_number(patient, institution_id, record_number)
        return patient

    with told():
        patient, fresh = once(Patient, actor=actor, key=key, make=make)
    if fresh:
        record(
            actor=actor, verb="register", subject=patient, patient_id=patient.pk, institution_id=institution_id,
            facts={"version": patient.version}, event=PatientRegistered(patient.pk, institution_id),
        )  # fmt: skip
    return patient, fresh


def add_record_number(patient: Patient, institution_id: UUID, number: str) -> RecordNumber:
    """That an institution knows the child; the caller checks the right and records."""
    row = RecordNumber(patient=patient, institution_id=institution_id, number=number.strip(), created_at=clock.now())
    row.save(force_insert=True)
    return row


@transaction.atomic
def edit_patient(
    *,
    actor: Actor,
    patient_id: UUID,
    details: Details,
    version: int | None,
    identity_number: str | None = None,
    record_number: str | None = None,
) -> Patient:
    """Change what is written down. Raises StaleVersion (409) when somebody else did since `version`.

    `identity_number` and `record_number` (the one of the actor's institution): None leaves them, "" takes them away.
    """
    patient = locked_patient(patient_id)
    require(may_edit(actor, patient))
    check_version(patient, version)
    _check(details)
    changes = _changes(Details.of(patient), details)
    _write(patient, details)
    with told(), transaction.atomic():
        if identity_number is not None and identity_hash(identity_number) != _hash_of(patient):
            changes["identity_number"] = ["", ""]
            set_identity(patient, identity_number)
        if record_number is not None and (old := _renumber(actor, patient, record_number.strip())) is not None:
            changes["record_number"] = [old, record_number.strip()]
        if not changes:
            return patient
        patient.version += 1
        patient.save()
    record(
        actor=actor, verb="edit", subject=patient, patient_id=patient.pk, changes=changes,
        facts={"version": patient.version, "fields": sorted(changes)},
    )  # fmt: skip
    return patient


def _hash_of(patient: Patient) -> bytes | None:
    return bytes(patient.identity_hash) if patient.identity_hash else None


def _changes(before: Details, after: Details) -> dict[str, Any]:
    old, new = asdict(before), asdict(after)
    return {
        name: ["" if old[name] is None else str(old[name]), "" if new[name] is None else str(new[name])]
        for name in old
        if old[name] != new[name]
    }


def _renumber(actor: Actor, patient: Patient, number: str) -> str | None:
    """Set the number at the actor's institution; returns the old one, None when nothing changed."""
    places = known_at(actor, patient.pk, *READING_ROLES)
    row: RecordNumber | None = RecordNumber.objects.filter(patient=patient, institution_id__in=places[:1]).first()
    if row is None or row.number == number:
        return None
    old, row.number = row.number, number
    row.save(update_fields=["number"])
    return old


@transaction.atomic
def register_twin(*, actor: Actor, patient_id: UUID, key: UUID | None = None) -> tuple[Patient, bool]:
    """A twin of a child on record, by one act: birth, mother and guardians are taken over, the sex is left open."""
    first = locked_patient(patient_id)
    require(may_edit(actor, first))
    places = known_at(actor, first.pk, *READING_ROLES)
    if not places:
        raise InvalidInput({"institution": _("A twin is registered where the first child is known.")})
    eldest = first.twin_of_id or first.pk
    details = Details(
        birth_date=first.birth_date, sex=Sex.UNKNOWN, baby_of=_mother_of(first), birth_order=_next_in_order(eldest),
        gestation_weeks=first.gestation_weeks,
    )  # fmt: skip
    twin, fresh = register_patient(
        actor=actor, institution_id=places[0], details=details, twin_of_id=eldest, key=key
    )  # fmt: skip
    if fresh:
        _take_over_guardians(actor, first, twin)
        Patient.objects.filter(pk=eldest, birth_order=None).update(birth_order=1)
    return twin, fresh


def _mother_of(patient: Patient) -> str:
    mother = patient.guardians.filter(relation="mother").values_list("name", flat=True).first()
    return patient.baby_of or mother or patient.name


def _next_in_order(eldest: UUID) -> int:
    twins = unfiltered(Patient, why="the order of birth").filter(twin_of_id=eldest)
    latest: int | None = twins.aggregate(latest=Max("birth_order"))["latest"]
    return max(latest or 1, 1) + 1


def _take_over_guardians(actor: Actor, first: Patient, twin: Patient) -> None:
    for guardian in first.guardians.order_by("id"):
        guardian.pk, guardian.patient, guardian.version = uuid4(), twin, 1
        guardian.request_key, guardian.created_by_id = uuid4(), actor.author_id
        guardian.save(force_insert=True)


@transaction.atomic
def note_unseen(*, actor: Actor, patient_id: UUID, by: str) -> None:
    """Keep in the child's own journal that somebody who does not see the record found it by an exact number."""
    subject = Patient(pk=patient_id)
    record(actor=actor, verb="search-hit", subject=subject, patient_id=patient_id, facts={"by": by})
