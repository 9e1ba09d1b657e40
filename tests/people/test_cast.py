"""The cast itself: who acts, and that a browser knows them."""

import pytest

from consortium.people.models import Institution, User
from consortium.people.states import Role
from tests.cast import actor_for, client_for
from tests.factories.cases import make_asked
from tests.factories.patients import make_patient


def test_an_actor_holds_the_seats_of_today(specialist: User, hospital: Institution) -> None:
    assert actor_for(specialist).has(Role.SPECIALIST, institution_id=hospital.pk)


def test_a_client_is_signed_in(asker: User) -> None:
    assert client_for(asker).session["_auth_user_id"] == str(asker.pk)


@pytest.mark.usefixtures("admin", "community_admin", "manager", "privacy", "auditor", "nurse", "coordinator", "lead")
def test_a_case_may_wait_in_the_queue(asker: User, community: Institution, service: object) -> None:
    asked = make_asked(make_patient(community), asker, community, service)  # type: ignore[arg-type]
    assert asked.case.is_open
