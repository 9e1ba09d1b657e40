"""A case that a specialist has taken, and an open call about it."""

from __future__ import annotations

import pytest

from consortium.calls import operations
from consortium.calls.models import Room, Seat
from consortium.casework.models import Case, Service
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.consultations.cases import by, claimed


@pytest.fixture
def case(asker: User, specialist: User, patient: Patient, service: Service) -> Case:
    made: Case = claimed(asker, specialist, patient, service).case
    return made


@pytest.fixture
def room(case: Case, asker: User) -> Room:
    """Open since now; nobody is inside."""
    made: Room = by(asker, operations.call_now, case_id=case.pk)
    return made


@pytest.fixture
def host(room: Room, specialist: User) -> Seat:
    """The specialist's seat, inside."""
    made: Seat = by(specialist, operations.join, room_id=room.pk)
    return made


@pytest.fixture
def seat(room: Room, host: Seat, asker: User, specialist: User) -> Seat:
    """The asker's seat, inside, beside the specialist's."""
    waits = by(asker, operations.join, room_id=room.pk)
    made: Seat = by(specialist, operations.admit, seat_id=waits.pk)
    return made
