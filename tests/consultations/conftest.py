"""One answer, and the rating that is asked for a month later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.models import Consultation, Review
from tests.consultations.cases import answered
from tests.consultations.rated import newest, tended

MONTH = timedelta(days=32)


@pytest.fixture
def made(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return answered(asker, specialist, patient, service)


@pytest.fixture
def review(made: Consultation, other_specialist: User) -> Review:
    """Drawn, and given to the one colleague there is."""
    tended()
    return newest()
