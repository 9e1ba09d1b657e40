"""Consultations brought to a step by their own operations, for tests of what is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation
from consultations.operations import Advice
from tests.cast import actor_for

QUESTION = "Can she wait for the morning?"


def by(user: User, operation: Callable[..., Any], **words: Any) -> Any:
    """Do it as `user`, with the seats they hold at this moment."""
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def drafted(asker: User, patient: Patient, service: Service, **fields: Any) -> Consultation:
    plain = {
        "patient_id": patient.pk, "service_id": service.pk, "priority": Priority.URGENT, "weight_grams": 6800,
        "question": QUESTION, "situation": "Barking cough since an hour.", "consent_given": True,
    }  # fmt: skip
    made: Consultation = by(asker, operations.save_draft, fields={**plain, **fields})
    return made


def submitted(asker: User, patient: Patient, service: Service, **fields: Any) -> Consultation:
    made: Consultation = by(asker, operations.submit, case_id=drafted(asker, patient, service, **fields).pk)
    return made


def claimed(asker: User, specialist: User, patient: Patient, service: Service, **fields: Any) -> Consultation:
    made: Consultation = by(specialist, operations.claim, case_id=submitted(asker, patient, service, **fields).pk)
    return made


def answered(asker: User, specialist: User, patient: Patient, service: Service, **fields: Any) -> Consultation:
    advice = Advice("Severe croup.", "Dexamethasone 4.1 mg by mouth.")
    case_id = claimed(asker, specialist, patient, service, **fields).pk
    made: Consultation = by(specialist, operations.answer, case_id=case_id, advice=advice)
    return made
