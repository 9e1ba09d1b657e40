"""Real concurrency: losing a seat and getting work at the same instant, and two admins sending each other away."""

from __future__ import annotations

import pytest

from consortium.casework.models import Case, Service
from consortium.kernel.errors import DomainError
from consortium.patients.models import Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.operations import end_seat, suspend_person, unsuspend_person
from consortium.people.queries import able_to_act
from consortium.people.states import Role
from consultations import operations as consulting
from tests.cast import actor_for
from tests.consultations.test_concurrency import as_user, race
from tests.factories.cases import make_asked
from tests.factories.people import make_seat, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


def test_nobody_is_suspended_with_a_case_in_hand(
    patient: Patient, asker: User, community: Institution, service: Service, specialist: User, admin: User
) -> None:
    """Claim and suspend at once: the case is theirs and they can act, or it waits in the queue."""
    ends = set()
    hospital_id = service.institution_id
    for _ in range(ROUNDS):
        case_id = make_asked(patient, asker, community, service).pk
        claimed, suspended = race(
            [
                as_user(specialist, consulting.claim, case_id=case_id),
                as_user(admin, suspend_person, user_id=specialist.pk, institution_id=hospital_id),
            ]
        )
        assert isinstance(suspended, list)
        case = Case.unscoped.get(pk=case_id)
        assert case.responder_id is None
        assert case.ball_user_id is None
        ends.add("refused" if isinstance(claimed, DomainError) else "claimed, then returned")
        unsuspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital_id)
    print("claim against suspend:", sorted(ends))


def test_allocating_to_somebody_who_is_being_suspended(
    patient: Patient, asker: User, community: Institution, service: Service, specialist: User, admin: User,
    coordinator: User,
) -> None:  # fmt: skip
    hospital_id = service.institution_id
    for _ in range(ROUNDS):
        case_id = make_asked(patient, asker, community, service).pk
        race(
            [
                as_user(coordinator, consulting.allocate, case_id=case_id, responder_id=specialist.pk),
                as_user(admin, suspend_person, user_id=specialist.pk, institution_id=hospital_id),
            ]
        )
        assert Case.unscoped.get(pk=case_id).responder_id is None
        unsuspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital_id)
    assert able_to_act(specialist.pk)


def test_two_admins_who_end_each_other_leave_one(hospital: Institution) -> None:
    for turn in range(ROUNDS):
        one, two = (make_staff(f"admin{turn}-{n}", hospital, Role.INSTITUTION_ADMIN) for n in (1, 2))
        seats = {u.pk: Membership.unscoped.get(user=u) for u in (one, two)}
        results = race(
            [
                as_user(one, end_seat, seat_id=seats[two.pk].pk),
                as_user(two, end_seat, seat_id=seats[one.pk].pk),
            ]
        )
        left = Membership.unscoped.filter(role=Role.INSTITUTION_ADMIN, ends_on=None)
        assert left.count() == 1
        assert sorted(isinstance(r, DomainError) for r in results) == [False, True]
        left.update(ends_on=left.get().starts_on)


def test_ten_suspensions_at_once_are_one(specialist: User, admin: User, hospital: Institution) -> None:
    from consortium.journal.models import Entry

    make_seat(specialist, hospital, Role.LECTURER)
    race([as_user(admin, suspend_person, user_id=specialist.pk, institution_id=hospital.pk) for _ in range(10)])
    assert Entry.unscoped.filter(verb="suspend").count() == 2
