"""Who gives lectures and who comes to them."""

from __future__ import annotations

import pytest

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Lecture
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff


@pytest.fixture
def lecturer(hospital: Institution) -> User:
    """Plans lectures of the children's hospital, and gives them."""
    return make_staff("lecturer", hospital, Role.LECTURER)


@pytest.fixture
def listener(community: Institution) -> User:
    """A doctor of the community centre."""
    return make_staff("listener", community, Role.ASKER)


@pytest.fixture
def lecture(hospital: Institution, lecturer: User) -> Lecture:
    """Announced for tomorrow, given by `lecturer`."""
    return given_by(lecture_at(hospital), lecturer)
