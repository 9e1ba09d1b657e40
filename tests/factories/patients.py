"""Children, guardians, consents, pathways and grants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from consortium.clinical.units import KINDS
from consortium.kernel import clock
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
from consortium.patients.states import ConsentKind, ConsentStatus, GrantReason, Relation, Sex
from consortium.people.models import Institution, User
from tests.factories.people import number


def make_patient(institution: Institution, name: str = "Lin Xiaoyu", *, record: str = "", **fields: Any) -> Patient:
    """A girl of seven months, known at `institution` by a record number of its own."""
    plain = {
        "birth_date": clock.today() - timedelta(days=210),
        "sex": Sex.FEMALE,
        "registered_at": institution,
        "created_at": clock.now(),
    }
    patient: Patient = Patient.unscoped.create(name=name, **{**plain, **fields})
    make_record_number(patient, institution, record)
    return patient


def make_record_number(patient: Patient, institution: Institution, text: str = "") -> RecordNumber:
    made: RecordNumber = RecordNumber.unscoped.create(
        patient=patient, institution=institution, number=text or f"R{number():06d}", created_at=clock.now()
    )
    return made


def make_guardian(patient: Patient, name: str = "Chen Mei", **fields: Any) -> Guardian:
    plain = {"relation": Relation.MOTHER, "phone": "13800000000"}
    made: Guardian = Guardian.unscoped.create(patient=patient, name=name, **{**plain, **fields})
    return made


def make_consent(
    patient: Patient, by: User, kind: str = ConsentKind.SHARE, status: str = ConsentStatus.ACTIVE
) -> Consent:
    made: Consent = Consent.unscoped.create(
        patient=patient, kind=kind, status=status, how="spoken", recorded_at=clock.now(), recorded_by=by
    )
    return made


def make_pathway(patient: Patient, *institutions: Institution, closed: date | None = None) -> Pathway:
    """A pathway that each of `institutions` is on as a whole."""
    pathway: Pathway = Pathway.unscoped.create(
        patient=patient, number=f"T{number():06d}", opened_at=clock.now(), closed_at=closed
    )
    for institution in institutions:
        make_pathway_member(pathway, institution)
    return pathway


def make_pathway_member(
    pathway: Pathway, institution: Institution, user: User | None = None, **fields: Any
) -> PathwayMember:
    made: PathwayMember = PathwayMember.unscoped.create(
        pathway=pathway, institution=institution, user=user, since=clock.now(), **fields
    )
    return made


def make_grant(patient: Patient, user: User, institution: Institution, **fields: Any) -> AccessGrant:
    """A break-the-glass grant that runs for three hours from now."""
    plain = {
        "reason": GrantReason.EMERGENCY,
        "granted_at": clock.now(),
        "expires_at": clock.now() + timedelta(hours=3),
        "created_by": user,
    }
    made: AccessGrant = AccessGrant.unscoped.create(
        patient=patient, user=user, institution=institution, **{**plain, **fields}
    )
    return made


def make_measured(
    patient: Patient, *, at: datetime | None = None, position: str = "", estimated: bool = False, **values: str
) -> list[Measurement]:
    """One act of measuring, now unless told: numbers in their kind's first unit (`weight="6.8"`), signs by word."""
    at = at or clock.now()
    measured = MeasurementSet.unscoped.create(patient=patient, taken_at=at, recorded_at=max(at, clock.now()))
    return [
        Measurement.unscoped.create(
            measured=measured, patient=patient, kind=kind, taken_at=at,
            value=Decimal(text) if kind in KINDS else None, base=Decimal(text) if kind in KINDS else None,
            unit=KINDS[kind].base.code if kind in KINDS else "", code="" if kind in KINDS else text,
            position=position if kind == "length" else "", estimated=estimated,
        )
        for kind, text in values.items()
    ]  # fmt: skip
