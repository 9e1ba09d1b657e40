"""A question of the cast at the steps that most tests begin from: asked, held by the specialist, answered."""

from __future__ import annotations

import pytest

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.models import Consultation
from tests.consultations.cases import answered, claimed, submitted


@pytest.fixture
def asked(asker: User, patient: Patient, service: Service) -> Consultation:
    """It waits in the service's queue."""
    return submitted(asker, patient, service)


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    """The specialist has taken it."""
    return claimed(asker, specialist, patient, service)


@pytest.fixture
def given(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    """Answered, and not yet closed out."""
    return answered(asker, specialist, patient, service)
