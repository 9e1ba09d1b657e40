"""A lecture that is live, with its crew, and two who watch."""

from __future__ import annotations

import pytest

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Lecture
from courses.live.states.lectures import Part
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff


@pytest.fixture
def moderator(hospital: Institution) -> User:
    return make_staff("moderator", hospital, Role.SPECIALIST)


@pytest.fixture
def typist(hospital: Institution) -> User:
    return make_staff("typist", hospital, Role.NURSE)


@pytest.fixture
def viewer(community: Institution) -> User:
    return make_staff("viewer", community, Role.ASKER)


@pytest.fixture
def other_viewer(community: Institution) -> User:
    return make_staff("other-viewer", community, Role.ASKER)


@pytest.fixture
def lecture(hospital: Institution, lecturer: User, moderator: User, typist: User) -> Lecture:
    """For the whole consortium."""
    made = lecture_at(hospital, hours=0, step="live")
    for user, part in ((lecturer, Part.LECTURER), (moderator, Part.MODERATOR), (typist, Part.TYPIST)):
        given_by(made, user, part)
    return made
