"""Who builds courses and who takes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from consortium.kernel.actors import acting_as, system
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Course, CourseVersion
from tests.courses.library.making import draft, published
from tests.factories.people import make_staff


@pytest.fixture(autouse=True)
def looking() -> Iterator[None]:
    """What a test reads by itself it reads as the system; who acts says so (`making.as_`)."""
    with acting_as(system("a test looks")):
        yield


@pytest.fixture
def trainer(hospital: Institution) -> User:
    """Builds the children's hospital's courses."""
    return make_staff("trainer", hospital, Role.TRAINING_ADMIN)


@pytest.fixture
def other_trainer(unrelated: Institution) -> User:
    """Builds those of a hospital of another region."""
    return make_staff("other-trainer", unrelated, Role.TRAINING_ADMIN)


@pytest.fixture
def learner(community: Institution) -> User:
    """A doctor of the community centre."""
    return make_staff("learner", community, Role.ASKER)


@pytest.fixture
def begun(trainer: User, hospital: Institution) -> CourseVersion:
    """A draft without lessons."""
    return draft(trainer, hospital)


@pytest.fixture
def course(trainer: User, hospital: Institution) -> Course:
    """Published, with two readings."""
    return published(trainer, hospital)
