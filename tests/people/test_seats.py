"""Seats: who may change them, what is lost with them, and that somebody always stays who can let people in."""

import pytest
from django.db import connection

from consortium.journal.models import Entry
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.people.models import Institution, Membership, User
from consortium.people.operations import (
    change_role,
    end_seat,
    give_seat,
    move_seat,
    suspend_person,
    unsuspend_person,
)
from consortium.people.queries import able_to_act, actor_of
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.people import make_department, make_seat, make_staff


def seat_of(user: User, role: str = "") -> Membership:
    rows = Membership.unscoped.filter(user=user, ends_on=None)
    found: Membership = (rows.filter(role=role) if role else rows).get()
    return found


def test_a_suspended_person_cannot_act_and_comes_back(
    admin: User, specialist: User, hospital: Institution, django_assert_num_queries: object
) -> None:
    suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    assert not actor_for(specialist).seats
    assert not able_to_act(specialist.pk)
    unsuspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    assert able_to_act(specialist.pk, institution_id=hospital.pk)


def test_suspending_is_journalled_without_naming_anybody(admin: User, specialist: User, hospital: Institution) -> None:
    suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    entry = Entry.unscoped.get(verb="suspend")
    assert entry.facts == {"user": str(specialist.pk), "role": "specialist"}
    assert entry.event == "people.SeatLost"
    assert specialist.full_name not in str(entry.facts)


def test_suspending_twice_is_one_loss(admin: User, specialist: User, hospital: Institution) -> None:
    for _ in range(2):
        suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    assert Entry.unscoped.filter(event="people.SeatLost").count() == 1


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("nurse_here", NotPermitted), ("community_admin", NotVisible), ("stranger", NotVisible), ("asker", NotVisible)],
)
def test_only_an_admin_of_the_place_may_suspend(
    who: str,
    refusal: type[DomainError],
    request: pytest.FixtureRequest,
    specialist: User,
    hospital: Institution,
) -> None:
    actor = make_staff("nurse2", hospital, Role.NURSE) if who == "nurse_here" else request.getfixturevalue(who)
    with pytest.raises(refusal):
        suspend_person(actor=actor_for(actor), user_id=specialist.pk, institution_id=hospital.pk)
    assert able_to_act(specialist.pk)


def test_nobody_suspends_themselves(admin: User, hospital: Institution) -> None:
    make_seat(make_staff("other", hospital), hospital, Role.INSTITUTION_ADMIN)
    with pytest.raises(NotPermitted):
        suspend_person(actor=actor_for(admin), user_id=admin.pk, institution_id=hospital.pk)


def test_an_admin_cannot_touch_a_manager(admin: User, manager: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted, match="manager"):
        suspend_person(actor=actor_for(admin), user_id=manager.pk, institution_id=hospital.pk)


def test_the_last_admin_stays(admin: User, hospital: Institution) -> None:
    with pytest.raises(WrongStep, match="last admin"):
        end_seat(actor=actor_for(admin), seat_id=seat_of(admin).pk)


def test_an_admin_may_leave_when_another_is_there(admin: User, hospital: Institution) -> None:
    make_staff("second", hospital, Role.INSTITUTION_ADMIN)
    assert end_seat(actor=actor_for(admin), seat_id=seat_of(admin).pk).ends_on is not None


def test_a_manager_may_end_the_last_admin(admin: User, manager: User) -> None:
    end_seat(actor=actor_for(manager), seat_id=seat_of(admin).pk)
    assert not actor_for(admin).seats


def test_the_last_manager_stays_whoever_asks(manager: User) -> None:
    for actor in (actor_for(manager), system("test")):
        with pytest.raises(WrongStep, match="last consortium manager"):
            end_seat(actor=actor, seat_id=seat_of(manager).pk)


def test_everybody_may_leave(nurse: User) -> None:
    end_seat(actor=actor_for(nurse), seat_id=seat_of(nurse).pk)
    assert not actor_for(nurse).seats


def test_ending_twice_is_no_error(nurse: User) -> None:
    seat = seat_of(nurse)
    first = end_seat(actor=actor_for(nurse), seat_id=seat.pk)
    assert end_seat(actor=actor_for(nurse), seat_id=seat.pk).version == first.version


def test_an_edit_over_unseen_work_is_refused(admin: User, specialist: User) -> None:
    seat = seat_of(specialist)
    change_role(actor=actor_for(admin), seat_id=seat.pk, role=Role.NURSE, version=seat.version)
    fresh = seat_of(specialist)
    Membership.unscoped.filter(pk=fresh.pk).update(version=7)
    with pytest.raises(StaleVersion):
        end_seat(actor=actor_for(admin), seat_id=fresh.pk, version=1)


def test_a_changed_role_ends_one_seat_and_begins_another(admin: User, specialist: User) -> None:
    old = seat_of(specialist)
    fresh = change_role(actor=actor_for(admin), seat_id=old.pk, role=Role.SERVICE_LEAD)
    old.refresh_from_db()
    assert (old.ends_on is not None, fresh.role, fresh.ends_on) == (True, "service_lead", None)


def test_an_admin_gives_no_consortium_role(admin: User, nurse: User, specialist: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        change_role(actor=actor_for(admin), seat_id=seat_of(specialist).pk, role=Role.CONSORTIUM_MANAGER)
    with pytest.raises(NotPermitted):
        give_seat(
            actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk, role=Role.CONSORTIUM_MANAGER
        )


def test_a_second_role_given_twice_is_one_seat(admin: User, specialist: User, hospital: Institution) -> None:
    given = [
        give_seat(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk, role=Role.LECTURER)
        for _ in range(2)
    ]
    assert given[0].pk == given[1].pk
    assert actor_for(specialist).roles == {"specialist", "lecturer"}


def test_an_admin_cannot_seat_somebody_from_elsewhere(admin: User, asker: User, hospital: Institution) -> None:
    with pytest.raises(NotVisible):
        give_seat(actor=actor_for(admin), user_id=asker.pk, institution_id=hospital.pk, role=Role.NURSE)


def test_nobody_gives_themselves_a_role(admin: User, manager: User, hospital: Institution) -> None:
    with pytest.raises(WrongStep):
        give_seat(actor=actor_for(admin), user_id=admin.pk, institution_id=hospital.pk, role=Role.PRIVACY_OFFICER)


def test_moving_to_another_institution_takes_rights_in_both(
    admin: User, manager: User, specialist: User, district: Institution
) -> None:
    seat = seat_of(specialist)
    with pytest.raises(NotVisible):
        move_seat(actor=actor_for(admin), seat_id=seat.pk, institution_id=district.pk)
    moved = move_seat(actor=actor_for(manager), seat_id=seat.pk, institution_id=district.pk)
    assert moved.institution_id == district.pk
    assert actor_for(specialist).institution_ids() == {district.pk}


def test_moving_within_keeps_the_seat(admin: User, specialist: User, hospital: Institution) -> None:
    ward = make_department(hospital)
    seat = seat_of(specialist)
    moved = move_seat(actor=actor_for(admin), seat_id=seat.pk, institution_id=hospital.pk, department_id=ward.pk)
    assert (moved.pk, moved.department_id) == (seat.pk, ward.pk)


def test_a_department_of_another_institution_is_refused(
    admin: User, specialist: User, hospital: Institution, district: Institution
) -> None:
    with pytest.raises(DomainError, match="another institution"):
        move_seat(
            actor=actor_for(admin),
            seat_id=seat_of(specialist).pk,
            institution_id=hospital.pk,
            department_id=make_department(district).pk,
        )


def test_moving_onto_a_seat_held_already_is_refused(manager: User, specialist: User, district: Institution) -> None:
    make_seat(specialist, district, Role.SPECIALIST)
    with pytest.raises(WrongStep, match="already holds"):
        move_seat(
            actor=actor_for(manager),
            seat_id=Membership.unscoped.get(user=specialist, institution__tier=3).pk,
            institution_id=district.pk,
        )


def test_a_suspended_seat_stays_suspended_when_it_moves(
    manager: User, specialist: User, hospital: Institution, district: Institution
) -> None:
    suspend_person(actor=actor_for(manager), user_id=specialist.pk, institution_id=hospital.pk)
    moved = move_seat(actor=actor_for(manager), seat_id=seat_of(specialist).pk, institution_id=district.pk)
    assert moved.suspended_at is not None
    assert not actor_for(specialist).seats


def test_the_list_of_seats_is_scoped(asker: User, specialist: User, admin: User, manager: User) -> None:
    def seen_by(actor: Actor) -> set[object]:
        with acting_as(actor):
            return set(Membership.objects.values_list("user_id", flat=True))

    assert seen_by(actor_for(asker)) == {asker.pk}
    assert seen_by(actor_for(admin)) == {specialist.pk, admin.pk, manager.pk}
    assert seen_by(actor_for(manager)) == {asker.pk, specialist.pk, admin.pk, manager.pk}


def test_the_person_is_locked_while_their_seat_is_lost(admin: User, specialist: User, hospital: Institution) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as queries:
        suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    assert any("people_user" in q["sql"] and "FOR NO KEY UPDATE" in q["sql"] for q in queries)


def test_without_their_places_the_seats_are_the_same(specialist: User, hospital: Institution) -> None:
    make_seat(specialist, hospital, Role.NURSE, department=make_department(hospital))
    lean = User.objects.get(pk=specialist.pk)
    assert actor_of(lean, with_places=False) == actor_of(specialist)
    assert not hasattr(lean, "held_seats")
