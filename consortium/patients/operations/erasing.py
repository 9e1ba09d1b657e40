"""Erasing a record: its key is destroyed, what stood in plain is blanked, and the journal's chain still verifies."""

from typing import Any
from uuid import UUID

import pgtrigger
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import erase_key, record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.events import AccessEnded, PatientErased
from consortium.patients.models import (
    AccessGrant,
    Consent,
    Guardian,
    Measurement,
    MeasurementSet,
    Pathway,
    PathwayMember,
    Patient,
    RecordNumber,
)
from consortium.patients.policies import may_erase
from consortium.patients.states import Sex

WHY = "erasing a record"


@transaction.atomic
def erase_patient(*, actor: Actor, patient_id: UUID, reason: str, proven: bool) -> Patient:
    """Erase a child's record and those merged into it, for good; other features blank what they hold when they hear it.

    `reason` stands in the journal in plain and must not identify; `proven`: shown just now who they are.
    """
    require(may_erase(actor, patient_id, proven=proven))
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why the record is erased, without naming the child.")})
    patient: Patient | None = _rows(Patient).select_for_update(of=("self",)).filter(pk=patient_id).first()
    if patient is None:
        raise NotVisible
    if patient.erased_at is not None or patient.merged_into_id is not None:
        raise WrongStep(_("This record is erased or merged already."))
    for each in [patient, *_absorbed(patient)]:
        _erase(actor, each, reason.strip())
    return patient


def _rows(model: Any) -> Any:
    return unfiltered(model, why=WHY)


def _absorbed(patient: Patient) -> list[Patient]:
    """Records merged into this one, and into those."""
    found = list(_rows(Patient).select_for_update(of=("self",)).filter(merged_into=patient))
    return [each for one in found for each in (one, *_absorbed(one))]


def _erase(actor: Actor, patient: Patient, reason: str) -> None:
    at = clock.now()
    _end_access(actor, patient)
    _rows(Guardian).filter(patient=patient).update(name="", phone="", language="")
    _rows(Consent).filter(patient=patient).update(how="")
    _rows(RecordNumber).filter(patient=patient).delete()
    _forget_measurements(patient)
    patient.name = patient.baby_of = patient.allergies = ""
    patient.birth_date, patient.birth_time = patient.birth_date.replace(month=1, day=1), None
    patient.birth_order, patient.sex, patient.gestation_weeks = None, Sex.UNKNOWN, None
    patient.identity_sealed = patient.identity_hash = None
    patient.erased_at, patient.version = at, patient.version + 1
    patient.save()
    record(
        actor=actor, verb="blank", subject=patient, patient_id=patient.pk, facts={"reason": reason},
        event=PatientErased(patient.pk),
    )  # fmt: skip
    erase_key(actor=actor, subject=patient, patient_id=patient.pk, reason=reason)


def _forget_measurements(patient: Patient) -> None:
    """The one way in which what was measured goes: dates and growth together may point at a child."""
    with pgtrigger.ignore("patients.Measurement:measurement_kept", "patients.MeasurementSet:measured_kept"):
        _rows(Measurement).filter(patient=patient).delete()
        _rows(MeasurementSet).filter(patient=patient).delete()


def _end_access(actor: Actor, patient: Patient) -> None:
    """Pathways close at once and grants end; whoever looks at the record now loses it."""
    at = clock.now()
    running = _rows(AccessGrant).filter(patient=patient, ended_at=None)
    holders = set(running.values_list("user_id", flat=True))
    running.update(ended_at=at)
    members = _rows(PathwayMember).filter(pathway__patient=patient).running()
    holders |= set(members.exclude(user=None).values_list("user_id", flat=True))
    members.update(ends_at=at)
    _rows(Pathway).filter(patient=patient, closed_at=None).update(closed_at=at)
    for user_id in sorted(holders):
        record(
            actor=actor, verb="end-access", subject=patient, patient_id=patient.pk,
            event=AccessEnded(patient.pk, user_id),
        )  # fmt: skip
