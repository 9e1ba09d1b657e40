"""The demonstration's people approve what is shipped, marked so; what is still to be verified stays a draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from consortium.demo.operations.approving import APPROVERS, approve_manual
from consortium.demo.operations.settling import World
from consortium.people.models import Institution
from consortium.people.states import Role
from decision_manual.library import Library, from_bundle
from decision_manual.models import VersionState
from decision_manual.operations import loading
from tests.decision_manual.small import small
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
ROLES = (Role.MANUAL_EDITOR, Role.CLINICAL_REVIEWER, Role.PHARMACIST)


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped library is two small pathways; in one something is still to be verified."""
    marked = small()
    marked["pathway"] |= {"id": "marked", "bands": "marked", "verify": ["the dose"]}
    made = {"small": from_bundle(small()), "marked": from_bundle(marked)}
    monkeypatch.setattr(f"{loading.__name__}.load", lambda: Library(made))


@pytest.fixture
def world(hospital: Institution) -> World:
    people = {name: make_staff(name, hospital, role) for name, role in zip(APPROVERS, ROLES, strict=True)}
    return World(people=people)


def steps() -> dict[str, str]:
    return {state.version.pathway: state.shown_step for state in VersionState.objects.select_related("version")}


def test_what_is_whole_is_approved_as_a_demonstration(two: None, world: World, settings: Any) -> None:
    settings.DEMO_MODE = True
    approve_manual(world)

    assert steps() == {"small": "demonstration", "marked": "draft"}


def test_without_the_demonstration_none_of_it_is_shown_as_approved(two: None, world: World, settings: Any) -> None:
    settings.DEMO_MODE = True
    approve_manual(world)
    settings.DEMO_MODE = False

    assert set(steps().values()) == {"draft"}


def test_approving_again_does_nothing(two: None, world: World, settings: Any) -> None:
    settings.DEMO_MODE = True
    approve_manual(world)
    approve_manual(world)

    assert VersionState.objects.count() == 2


def test_a_database_of_other_people_is_left_alone(two: None, settings: Any) -> None:
    settings.DEMO_MODE = True
    call_command("load_demo", manual=True)

    assert steps() == {}
