"""Rules the database holds about people, what their rows say, and who is behind a session."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import translation

from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS
from consortium.kernel.errors import DomainError, database_rules
from consortium.people.models import (
    ApiToken,
    Department,
    Institution,
    Invitation,
    Membership,
    Region,
    ResetLink,
    Specialty,
    User,
)
from consortium.people.queries import able_to_act, actor_of
from consortium.people.queries.actors import LOCKED, SHARED, TOUCHED, is_locked, lacks_second_factor
from consortium.people.states import Role, Standing
from tests.factories.people import make_department, make_institution, make_region, make_seat

DAY = timedelta(days=1)


def refused(rule: str, act: Any) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        act()


# -- places


def test_one_region_of_a_name(region: Region) -> None:
    refused("people_region_name", lambda: make_region("East"))


def test_one_specialty_of_a_code(respiratory: Specialty) -> None:
    refused("code", lambda: Specialty.objects.create(code="respiratory", name_en="x"))


def test_one_institution_of_a_name(hospital: Institution) -> None:
    refused("people_institution_name", lambda: make_institution("Children's Hospital"))


def test_a_tier_that_is_none(region: Region) -> None:
    refused("people_institution_tier", lambda: make_institution("X", tier=4, region=region))


def test_one_department_of_a_name_in_a_house(hospital: Institution) -> None:
    make_department(hospital, "Ward 1")
    refused("people_department_name", lambda: make_department(hospital, "Ward 1"))


def test_the_same_name_in_another_house(hospital: Institution, district: Institution) -> None:
    make_department(hospital, "Ward 1")
    assert make_department(district, "Ward 1").name == "Ward 1"


def test_a_name_that_is_taken_is_told_in_plain_words(hospital: Institution) -> None:
    with pytest.raises(DomainError, match="institution of this name"), database_rules(), transaction.atomic():
        make_institution("Children's Hospital")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_place_s_name_is_the_reader_s(hospital: Institution, language: str) -> None:
    with translation.override(language):
        assert hospital.name == (hospital.name_zh if language == "zh-hans" else hospital.name_en)


def test_a_place_without_a_chinese_name_says_the_other() -> None:
    with translation.override("zh-hans"):
        assert Department(name_en="Ward 1").name == "Ward 1"


def test_a_place_says_its_name(hospital: Institution) -> None:
    assert str(hospital) == "Children's Hospital"


# -- seats


def test_one_running_seat_of_a_role(specialist: User, hospital: Institution) -> None:
    refused("people_membership_once", lambda: make_seat(specialist, hospital, Role.SPECIALIST))


def test_after_it_ended_another(specialist: User, hospital: Institution) -> None:
    Membership.unscoped.filter(user=specialist).update(ends_on=clock.today())
    assert make_seat(specialist, hospital, Role.SPECIALIST).ends_on is None


def test_another_role_beside_it(specialist: User, hospital: Institution) -> None:
    assert make_seat(specialist, hospital, Role.LECTURER).role == Role.LECTURER


def test_a_seat_does_not_end_before_it_begins(specialist: User) -> None:
    refused("people_membership_period", lambda: Membership.unscoped.update(ends_on=clock.today() - 30 * DAY))


def test_suspended_at_a_time_by_a_person(specialist: User) -> None:
    refused("people_membership_suspended_pair", lambda: Membership.unscoped.update(suspended_at=clock.now()))


def test_a_role_that_is_none(asker: User) -> None:
    refused("people_membership_role", lambda: Membership.unscoped.update(role="king"))


def test_a_second_seat_is_told_in_plain_words(specialist: User, hospital: Institution) -> None:
    with pytest.raises(DomainError, match="already holds this role"), database_rules(), transaction.atomic():
        make_seat(specialist, hospital, Role.SPECIALIST)


def standing(**fields: Any) -> str:
    return Membership(starts_on=clock.today(), **fields).standing


def test_who_works_here() -> None:
    assert standing() == Standing.ACTIVE


def test_who_is_suspended() -> None:
    assert standing(suspended_at=clock.now()) == Standing.SUSPENDED


def test_who_left_today() -> None:
    assert standing(ends_on=clock.today()) == Standing.LEFT


def test_who_leaves_tomorrow_works_here_today() -> None:
    assert standing(ends_on=clock.today() + DAY) == Standing.ACTIVE


def test_a_seat_in_words(specialist: User) -> None:
    assert Membership.unscoped.get().words() == "Specialist, Children's Hospital"


def test_a_seat_of_a_department_names_it(asker: User, community: Institution) -> None:
    seat = Membership.unscoped.get()
    seat.department = make_department(community, "Ward 1")
    assert "Ward 1" in seat.words()


def test_a_seat_s_row_names_nobody(specialist: User) -> None:
    assert specialist.full_name not in str(Membership.unscoped.get())


# -- links and tokens


def test_a_secret_can_be_typed_from_paper() -> None:
    token = Invitation().token()
    assert len(token) == 26
    assert token == token.lower()


def test_a_secret_is_the_same_whenever_it_is_shown() -> None:
    link = Invitation()
    assert link.token() == link.token()


def test_each_link_has_another_secret() -> None:
    assert Invitation().token() != Invitation().token()


def test_a_reset_and_an_invitation_of_one_id_have_other_secrets() -> None:
    invitation = Invitation()
    assert ResetLink(pk=invitation.pk).token() != invitation.token()


def test_another_master_makes_another_secret(settings: Any) -> None:
    link = Invitation()
    before = link.token()
    settings.SEALING_KEY = "another master secret, as long as it has to be"
    assert link.token() != before


def test_a_secret_typed_in_large_letters_fits() -> None:
    token = Invitation().token()
    assert Invitation.hash_of(token.upper()) == Invitation.hash_of(token)


@pytest.mark.parametrize(
    ("changes", "open_"),
    [({}, True), ({"accepted_at": clock.now()}, False), ({"revoked_at": clock.now()}, False),
     ({"expires_at": clock.now() - DAY}, False)],
    ids=["fresh", "accepted", "revoked", "run out"],
)  # fmt: skip
def test_whether_an_invitation_is_open(changes: dict[str, Any], open_: bool) -> None:
    assert Invitation(**{"expires_at": clock.now() + DAY, **changes}).is_open is open_


def test_an_invitation_ends_after_it_began(hospital: Institution) -> None:
    now = clock.now()
    refused("people_invitation_period", lambda: Invitation.unscoped.create(
        institution=hospital, role=Role.NURSE, token_hash=b"x", created_at=now, expires_at=now))  # fmt: skip


def test_a_reset_link_ends_after_it_began(asker: User) -> None:
    now = clock.now()
    refused("people_reset_period", lambda: ResetLink.unscoped.create(
        user=asker, token_hash=b"x", created_at=now, expires_at=now))  # fmt: skip


def test_a_token_ends_after_it_began(asker: User) -> None:
    now = clock.now()
    refused("people_token_period", lambda: ApiToken.unscoped.create(
        user=asker, token_hash=b"x", password_mark="x", created_at=now, expires_at=now))  # fmt: skip


def test_rows_of_secrets_do_not_say_them() -> None:
    for row in (ResetLink(), ApiToken()):
        assert str(row.pk) in str(row)


def test_an_invitation_says_for_what(hospital: Institution) -> None:
    assert str(Invitation(role=Role.NURSE, institution=hospital)) == f"nurse @ {hospital.pk}"


# -- a person


def test_a_person_has_one_name() -> None:
    assert User(full_name="Dr Wang").get_short_name() == "Dr Wang"


def test_a_person_s_chinese_name_is_for_chinese_readers() -> None:
    user = User(full_name="Dr Wang", full_name_zh="王医生")
    with translation.override("zh-hans"):
        assert user.get_full_name() == "王医生"
    assert user.get_full_name() == "Dr Wang"


def test_a_person_without_a_name_is_called_by_their_sign_in() -> None:
    assert str(User(username="wang")) == "wang"


# -- who is behind a session


def test_a_visitor_is_nobody() -> None:
    assert actor_of(AnonymousUser()) is ANONYMOUS


def test_who_was_shut_out_is_nobody(asker: User) -> None:
    asker.is_active = False
    assert actor_of(asker) is ANONYMOUS


def test_a_person_acts_with_the_seats_of_today(asker: User, community: Institution) -> None:
    assert actor_of(asker).roles == {Role.ASKER}


@pytest.mark.parametrize(
    "changes",
    [{"ends_on": clock.today()}, {"starts_on": clock.today() + DAY}],
    ids=["ended today", "begins tomorrow"],
)
def test_a_seat_that_does_not_run_gives_nothing(asker: User, changes: dict[str, Any]) -> None:
    Membership.unscoped.update(**changes)
    assert actor_of(asker).seats == frozenset()


def test_a_suspended_seat_gives_nothing(asker: User, admin: User) -> None:
    Membership.unscoped.filter(user=asker).update(suspended_at=clock.now(), suspended_by=admin)
    assert actor_of(asker).seats == frozenset()


def test_a_closed_house_gives_nothing(asker: User, community: Institution) -> None:
    Institution.objects.filter(pk=community.pk).update(closed_at=clock.now())
    assert actor_of(asker).seats == frozenset()


def test_the_seats_stay_for_the_words_under_the_name(asker: User, community: Institution) -> None:
    actor_of(asker)
    assert [seat.institution for seat in asker.held_seats] == [community]


def test_reading_who_acts_is_one_query(asker: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        actor_of(asker)


def test_who_may_be_handed_work(specialist: User, hospital: Institution) -> None:
    assert able_to_act(specialist.pk, institution_id=hospital.pk)


def test_who_works_elsewhere_may_not(specialist: User, district: Institution) -> None:
    assert not able_to_act(specialist.pk, institution_id=district.pk)


def test_who_treats_nobody_may_not(admin: User) -> None:
    assert not able_to_act(admin.pk)


def test_asked_for_a_role_that_role_counts(admin: User) -> None:
    assert able_to_act(admin.pk, roles=[Role.INSTITUTION_ADMIN])


def session(**kept: Any) -> dict[str, Any]:
    return {SHARED: True, TOUCHED: clock.now().timestamp(), **kept}


def test_one_s_own_device_does_not_lock() -> None:
    assert not is_locked({LOCKED: True})


def test_a_shared_desktop_where_somebody_is_does_not_lock() -> None:
    assert not is_locked(session())


def test_a_shared_desktop_that_was_told_to_is_locked() -> None:
    assert is_locked(session(**{LOCKED: True}))


def test_a_shared_desktop_where_nobody_was_is_locked() -> None:
    assert is_locked({SHARED: True})


def test_a_shared_desktop_locks_after_its_minutes(settings: Any) -> None:
    settings.SHARED_DESKTOP_LOCK_MINUTES = 10
    with clock.moved(timedelta(minutes=10, seconds=1)):
        later = clock.now().timestamp() - 601
        assert is_locked(session(**{TOUCHED: later}))


@pytest.mark.parametrize(
    ("required", "shown", "roles", "lacks"),
    [(True, False, ["asker"], True), (True, True, ["asker"], False), (False, False, ["asker"], False),
     (True, False, ["lecturer"], False), (True, False, [], False)],
)  # fmt: skip
def test_who_lacks_the_second_factor(settings: Any, required: bool, shown: bool, roles: list[str], lacks: bool) -> None:
    settings.SECOND_FACTOR_REQUIRED = required
    actor: Any = SimpleNamespace(second_factor=shown, has=lambda *asked: bool(set(asked) & set(roles)))
    assert bool(lacks_second_factor(actor)) is lacks
