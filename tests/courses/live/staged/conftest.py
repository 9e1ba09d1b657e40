"""A live lecture whose case is told in three stages; a lecturer, and two who watch."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from consortium.casework.models import Case, Service
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Lecture, TeachingCase
from courses.live.states.lectures import Part
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.staged.cases import taught_case
from tests.courses.live.teaching import agreed
from tests.factories.cases import make_asked
from tests.factories.patients import make_guardian
from tests.factories.people import make_institution, make_staff


@pytest.fixture(autouse=True)
def redis(valkey: object) -> None:
    """What the room's board is kept in."""


@pytest.fixture(autouse=True)
def manual(settings: LazySettings) -> None:
    """One page of it."""
    settings.MANUAL_CITED = "tests.courses.live.staged.cases.Manual"


@pytest.fixture
def moderator(hospital: Institution) -> User:
    return make_staff("moderator", hospital, Role.SPECIALIST)


@pytest.fixture
def viewer() -> User:
    """Of a health centre that has nothing to do with the child."""
    return make_staff("viewer", make_institution("Far away"), Role.ASKER)


@pytest.fixture
def lecture(hospital: Institution, lecturer: User, moderator: User) -> Lecture:
    made = lecture_at(hospital, hours=0, step="live")
    given_by(made, lecturer)
    return given_by(made, moderator, Part.MODERATOR)


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    make_guardian(patient, "Chen Mei")
    agreed(patient, asker)
    found: Case = make_asked(patient, asker, community, service).case
    return found


@pytest.fixture
def taught(asker: User, colleague: User, case: Case, lecture: Lecture) -> TeachingCase:
    return taught_case(asker, colleague, case, lecture)
