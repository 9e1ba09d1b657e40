"""Who may let people in, move them and send them away: each policy, each way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, Actor, acting_as, system
from consortium.kernel.policies import Decision
from consortium.people import policies
from consortium.people.models import Institution, Invitation, Membership, ResetLink, User
from consortium.people.states import CLINICAL_ROLES, CONSORTIUM_ROLES, KEEPER_ROLES, SECOND_FACTOR_ROLES, Role
from tests.cast import actor_for
from tests.factories.people import make_seat, make_staff, make_user


def seat(user: User) -> Membership:
    found: Membership = Membership.unscoped.select_related("user").get(user=user)
    return found


# -- managing


def test_the_manager_manages(manager: User) -> None:
    assert policies.is_manager(actor_for(manager))


def test_the_system_manages_for_it_seeds_and_imports() -> None:
    assert policies.is_manager(system("an import"))


@pytest.mark.parametrize("who", ["admin", "auditor", "lead", "asker"])
def test_nobody_else_manages(who: str, request: pytest.FixtureRequest) -> None:
    assert not policies.may_manage_institutions(actor_for(request.getfixturevalue(who))).allowed


def test_who_holds_a_seat_sees_the_staff(asker: User) -> None:
    assert policies.may_see_staff(actor_for(asker)).allowed


def test_who_holds_none_does_not(db: None) -> None:
    assert not policies.may_see_staff(actor_for(make_user())).allowed


def test_the_visitor_does_not_see_the_staff() -> None:
    assert not policies.may_see_staff(ANONYMOUS).allowed


def test_an_admin_manages_the_staff_of_their_house(admin: User, hospital: Institution) -> None:
    assert policies.may_manage_staff(actor_for(admin), hospital.pk).allowed


def test_somebody_of_the_house_is_told_why_not(specialist: User, hospital: Institution) -> None:
    decision = policies.may_manage_staff(actor_for(specialist), hospital.pk)
    assert (decision.allowed, decision.hidden) == (False, False)


def test_for_others_the_page_does_not_exist(asker: User, hospital: Institution) -> None:
    assert policies.may_manage_staff(actor_for(asker), hospital.pk).hidden


def test_an_admin_of_another_house_is_an_other(community_admin: User, hospital: Institution) -> None:
    assert policies.may_manage_staff(actor_for(community_admin), hospital.pk).hidden


def test_the_manager_manages_every_house_s_staff(manager: User, community: Institution) -> None:
    assert policies.may_manage_staff(actor_for(manager), community.pk).allowed


@pytest.mark.parametrize("role", sorted(set(Role) - set(CONSORTIUM_ROLES)))
def test_an_admin_gives_the_roles_of_a_house(admin: User, hospital: Institution, role: str) -> None:
    assert policies.may_grant(actor_for(admin), hospital.pk, role).allowed


@pytest.mark.parametrize("role", CONSORTIUM_ROLES)
def test_an_admin_gives_no_role_over_the_consortium(admin: User, hospital: Institution, role: str) -> None:
    assert not policies.may_grant(actor_for(admin), hospital.pk, role).allowed


@pytest.mark.parametrize("role", CONSORTIUM_ROLES)
def test_the_manager_does(manager: User, hospital: Institution, role: str) -> None:
    assert policies.may_grant(actor_for(manager), hospital.pk, role).allowed


# -- a seat


def test_an_admin_changes_somebody_s_seat(admin: User, specialist: User) -> None:
    assert policies.may_change_seat(actor_for(admin), seat(specialist)).allowed


def test_nobody_changes_their_own(admin: User) -> None:
    decision = policies.may_change_seat(actor_for(admin), seat(admin))
    assert "ask another admin" in str(decision.reason)


def test_an_admin_does_not_change_an_auditor_s(admin: User, auditor: User) -> None:
    assert not policies.may_change_seat(actor_for(admin), seat(auditor)).allowed


def test_everybody_may_leave(specialist: User) -> None:
    assert policies.may_end_seat(actor_for(specialist), seat(specialist)).allowed


def test_an_admin_ends_somebody_s_seat(admin: User, specialist: User) -> None:
    assert policies.may_end_seat(actor_for(admin), seat(specialist)).allowed


def test_a_colleague_does_not(specialist: User, other_specialist: User) -> None:
    assert not policies.may_end_seat(actor_for(specialist), seat(other_specialist)).allowed


# -- a lost password


def reset(actor: User, user: User) -> Decision:
    return policies.may_reset(actor_for(actor), user)


def test_one_s_own_password_is_changed_on_one_s_own_page(admin: User) -> None:
    assert "your account page" in str(reset(admin, admin).reason)


def test_the_manager_resets_anybody_s(manager: User, asker: User) -> None:
    assert reset(manager, asker).allowed


def test_an_admin_resets_who_works_here_alone(admin: User, specialist: User) -> None:
    assert reset(admin, specialist).allowed


def test_an_admin_does_not_reset_who_works_elsewhere_too(admin: User, specialist: User, community: Institution) -> None:
    make_seat(specialist, community)
    assert "works elsewhere too" in str(reset(admin, specialist).reason)


def test_an_admin_does_not_reset_who_has_a_role_over_the_consortium(admin: User, auditor: User) -> None:
    assert not reset(admin, auditor).allowed


def test_somebody_of_another_house_is_hidden(admin: User, asker: User) -> None:
    assert reset(admin, asker).hidden


def test_a_colleague_is_told_why_not(specialist: User, other_specialist: User) -> None:
    decision = reset(specialist, other_specialist)
    assert (decision.allowed, decision.hidden) == (False, False)


def test_who_left_works_nowhere(admin: User, specialist: User) -> None:
    Membership.unscoped.filter(user=specialist).update(ends_on=clock.today())
    assert not reset(admin, specialist).allowed


# -- the vocabulary


@pytest.mark.parametrize("role", CLINICAL_ROLES)
def test_who_treats_children_needs_a_second_factor(role: str) -> None:
    assert role in SECOND_FACTOR_ROLES


@pytest.mark.parametrize("role", KEEPER_ROLES)
def test_who_lets_others_in_needs_a_second_factor(role: str) -> None:
    assert role in SECOND_FACTOR_ROLES


@pytest.mark.parametrize("role", Role.values)
def test_every_role_fits_its_column(role: str) -> None:
    assert len(role) <= (Membership._meta.get_field("role").max_length or 0)


# -- who sees which rows


def seen(model: Any, actor: Actor) -> int:
    with acting_as(actor):
        return int(model.objects.count())


def test_one_s_own_seats_are_seen(specialist: User, admin: User) -> None:
    assert seen(Membership, actor_for(specialist)) == 1


def test_an_admin_sees_the_seats_of_the_house(specialist: User, admin: User, asker: User) -> None:
    assert seen(Membership, actor_for(admin)) == 2


def test_the_manager_sees_every_seat(specialist: User, manager: User, asker: User) -> None:
    assert seen(Membership, actor_for(manager)) == 3


def test_the_auditor_sees_every_seat(specialist: User, auditor: User, asker: User) -> None:
    assert seen(Membership, actor_for(auditor)) == 3


def test_the_privacy_officer_sees_the_seats_of_the_house(privacy: User, asker: User, specialist: User) -> None:
    assert seen(Membership, actor_for(privacy)) == 2


def invitation(institution: Institution, token: bytes = b"x") -> Invitation:
    now = clock.now()
    made: Invitation = Invitation.unscoped.create(
        institution=institution, role=Role.NURSE, full_name="New Nurse", token_hash=token, created_at=now,
        expires_at=now + timedelta(days=7),
    )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("who", "count"), [("admin", 1), ("manager", 1), ("community_admin", 0), ("specialist", 0), ("auditor", 0)]
)
def test_who_sees_an_invitation(who: str, count: int, hospital: Institution, request: pytest.FixtureRequest) -> None:
    invitation(hospital)
    assert seen(Invitation, actor_for(request.getfixturevalue(who))) == count


def test_a_reset_link_is_seen_by_who_issued_it(admin: User, manager: User, specialist: User) -> None:
    now = clock.now()
    ResetLink.unscoped.create(
        user=specialist, token_hash=b"x", created_at=now, expires_at=now + timedelta(days=1), created_by=admin
    )
    assert (seen(ResetLink, actor_for(admin)), seen(ResetLink, actor_for(manager))) == (1, 0)


def test_the_system_s_links_are_nobody_s(specialist: User, admin: User) -> None:
    now = clock.now()
    ResetLink.unscoped.create(user=specialist, token_hash=b"x", created_at=now, expires_at=now + timedelta(days=1))
    assert seen(ResetLink, actor_for(admin)) == 0


def test_a_person_of_two_houses_sees_both_seats(specialist: User, community: Institution) -> None:
    make_seat(specialist, community, Role.ASKER)
    assert seen(Membership, actor_for(specialist)) == 2


def test_a_person_without_a_seat_may_give_none(db: None, hospital: Institution) -> None:
    assert not policies.may_grant(actor_for(make_user()), hospital.pk, Role.NURSE).allowed


def test_two_admins_may_change_each_other(admin: User, hospital: Institution) -> None:
    other = make_staff("other_admin", hospital, Role.INSTITUTION_ADMIN)
    assert policies.may_change_seat(actor_for(admin), seat(other)).allowed
    assert policies.may_change_seat(actor_for(other), seat(admin)).allowed
