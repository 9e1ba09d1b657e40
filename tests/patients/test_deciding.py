"""Who may do what around a child's record: each policy, each way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.policies import Decision
from consortium.patients import policies
from consortium.patients.models import AccessGrant, PathwayMember, Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.patients import make_grant, make_pathway, make_patient
from tests.factories.people import make_staff


def decides(policy: Callable[..., Decision], user: User | Actor, *about: Any, **more: Any) -> Decision:
    actor = actor_for(user) if isinstance(user, User) else user
    with acting_as(actor):
        return policy(actor, *about, **more)


def may(policy: Callable[..., Decision], user: User | Actor, *about: Any, **more: Any) -> bool:
    return decides(policy, user, *about, **more).allowed


CLINICIANS = ["asker", "nurse", "specialist", "lead"]
OTHERS = ["coordinator", "admin", "manager", "privacy", "auditor"]


@pytest.mark.parametrize("who", CLINICIANS)
def test_clinicians_register(who: str, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_register, request.getfixturevalue(who))


@pytest.mark.parametrize("who", OTHERS)
def test_others_do_not_register(who: str, request: pytest.FixtureRequest) -> None:
    assert not may(policies.may_register, request.getfixturevalue(who))


def test_one_registers_at_one_s_own_house(asker: User, community: Institution, district: Institution) -> None:
    assert may(policies.may_register, asker, community.pk)
    assert not may(policies.may_register, asker, district.pk)


# -- writing


def test_who_knows_the_child_writes(asker: User, patient: Patient) -> None:
    assert may(policies.may_edit, asker, patient)


def test_who_takes_part_writes(district_doctor: User, district: Institution, patient: Patient) -> None:
    make_pathway(patient, district)
    assert may(policies.may_edit, district_doctor, patient)


def test_who_took_part_writes_no_more(district_doctor: User, district: Institution, patient: Patient) -> None:
    make_pathway(patient, district)
    PathwayMember.unscoped.update(ends_at=clock.now() - timedelta(hours=1))
    assert not may(policies.may_edit, district_doctor, patient)


def test_emergency_access_is_for_reading_only(stranger: User, unrelated: Institution, patient: Patient) -> None:
    make_grant(patient, stranger, unrelated)
    assert "reading only" in str(decides(policies.may_edit, stranger, patient).reason)


def test_who_treats_nobody_does_not_write(privacy: User, patient: Patient) -> None:
    assert "Only clinicians" in str(decides(policies.may_edit, privacy, patient).reason)


def test_the_system_keeps_what_was_measured(patient: Patient) -> None:
    assert may(policies.may_measure, system("an import"), patient)


def test_measuring_is_writing(asker: User, stranger: User, patient: Patient) -> None:
    assert may(policies.may_measure, asker, patient)
    assert not may(policies.may_measure, stranger, patient)


def test_two_of_one_s_own_may_be_joined(asker: User, patient: Patient) -> None:
    assert may(policies.may_merge, asker, patient, make_patient(patient.registered_at))


def test_one_of_another_s_may_not(asker: User, patient: Patient, district: Institution) -> None:
    assert not may(policies.may_merge, asker, patient, make_patient(district))


def test_twins_are_two_children(asker: User, patient: Patient) -> None:
    twin = make_patient(patient.registered_at, twin_of=patient)
    assert "twins" in str(decides(policies.may_merge, asker, patient, twin).reason)


def test_two_younger_twins_are_two_children(asker: User, patient: Patient) -> None:
    twins = [make_patient(patient.registered_at, twin_of=patient) for _ in range(2)]
    assert not may(policies.may_merge, asker, *twins)


# -- pathways


def test_a_clinician_begins_an_episode(asker: User, community: Institution) -> None:
    assert may(policies.may_open_pathway, asker, community.pk)


def test_not_for_another_house(asker: User, district: Institution) -> None:
    assert not may(policies.may_open_pathway, asker, district.pk)


def test_the_system_begins_one(community: Institution) -> None:
    assert may(policies.may_open_pathway, system("an import"), community.pk)


def test_who_takes_part_changes_it(asker: User, community: Institution, patient: Patient) -> None:
    assert may(policies.may_change_pathway, asker, make_pathway(patient, community))


def test_who_knows_the_child_and_takes_no_part_does_not(asker: User, patient: Patient) -> None:
    assert not may(policies.may_change_pathway, asker, make_pathway(patient))


def test_who_does_not_know_the_child_sees_no_pathway(stranger: User, community: Institution, patient: Patient) -> None:
    assert decides(policies.may_change_pathway, stranger, make_pathway(patient, community)).hidden


def test_the_system_changes_any(patient: Patient) -> None:
    assert may(policies.may_change_pathway, system("its case was closed"), make_pathway(patient))


# -- emergency access


def test_a_clinician_who_proved_it_breaks_the_glass(stranger: User, unrelated: Institution) -> None:
    assert may(policies.may_break_glass, stranger, unrelated.pk, proven=True)


def test_a_second_factor_is_proof(stranger: User, unrelated: Institution) -> None:
    assert may(policies.may_break_glass, stranger, unrelated.pk, proven=False)


def test_without_either_the_proof_is_asked_for(stranger: User, unrelated: Institution) -> None:
    from consortium.people.queries import actor_of

    decision = decides(policies.may_break_glass, actor_of(stranger), unrelated.pk, proven=False)
    assert "Confirm who you are" in str(decision.reason)


@pytest.mark.parametrize("who", OTHERS)
def test_who_treats_nobody_does_not_break_it(who: str, hospital: Institution, request: pytest.FixtureRequest) -> None:
    assert not may(policies.may_break_glass, request.getfixturevalue(who), hospital.pk, proven=True)


@pytest.fixture
def grant(patient: Patient, stranger: User, unrelated: Institution) -> AccessGrant:
    return make_grant(patient, stranger, unrelated)


def test_its_holder_gives_it_back(grant: AccessGrant, stranger: User) -> None:
    assert may(policies.may_end_grant, stranger, grant)


def test_a_privacy_officer_takes_it_away(grant: AccessGrant, privacy: User) -> None:
    assert may(policies.may_end_grant, privacy, grant)


def test_the_clock_ends_it(grant: AccessGrant) -> None:
    assert may(policies.may_end_grant, system("its time is over"), grant)


def test_others_do_not_end_it(grant: AccessGrant, asker: User) -> None:
    assert not may(policies.may_end_grant, asker, grant)


def test_a_privacy_officer_reviews_it(grant: AccessGrant, privacy: User) -> None:
    assert may(policies.may_review_grant, privacy, grant)


def test_nobody_reviews_their_own(patient: Patient, privacy: User, community: Institution) -> None:
    own = make_grant(patient, privacy, community)
    assert "their own" in str(decides(policies.may_review_grant, privacy, own).reason)


def test_an_auditor_reviews_none(grant: AccessGrant, auditor: User) -> None:
    assert not may(policies.may_review_grant, auditor, grant)


@pytest.mark.parametrize(
    ("who", "allowed"), [("privacy", True), ("auditor", True), ("asker", False), ("manager", False)]
)
def test_who_lists_emergency_access(who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_list_grants, request.getfixturevalue(who)) is allowed


# -- who read a record


def test_the_auditor_sees_who_read_any(auditor: User, patient: Patient) -> None:
    assert may(policies.may_audit, auditor, patient.pk)


def test_the_privacy_officer_of_a_house_that_knows_the_child_does(privacy: User, patient: Patient) -> None:
    assert may(policies.may_audit, privacy, patient.pk)


def test_another_house_s_privacy_officer_sees_no_such_child(patient: Patient, district: Institution) -> None:
    theirs = make_staff("theirs", district, Role.PRIVACY_OFFICER)
    assert decides(policies.may_audit, theirs, patient.pk).hidden


def test_a_clinician_who_knows_the_child_is_told_why_not(asker: User, patient: Patient) -> None:
    decision = decides(policies.may_audit, asker, patient.pk)
    assert (decision.allowed, decision.hidden) == (False, False)


def test_a_stranger_sees_no_such_child(stranger: User, patient: Patient) -> None:
    assert decides(policies.may_audit, stranger, patient.pk).hidden


# -- erasing


def test_a_privacy_officer_who_proved_it_erases(privacy: User, patient: Patient) -> None:
    assert may(policies.may_erase, privacy, patient.pk, proven=True)


def test_without_a_fresh_proof_nobody_erases(privacy: User, patient: Patient) -> None:
    assert "Confirm who you are" in str(decides(policies.may_erase, privacy, patient.pk, proven=False).reason)


def test_another_house_s_privacy_officer_does_not(patient: Patient, district: Institution) -> None:
    theirs = make_staff("theirs", district, Role.PRIVACY_OFFICER)
    assert decides(policies.may_erase, theirs, patient.pk, proven=True).hidden


@pytest.mark.parametrize(
    ("who", "hidden"), [("asker", False), ("auditor", False), ("stranger", True), ("manager", True)]
)
def test_others_do_not_erase(who: str, hidden: bool, patient: Patient, request: pytest.FixtureRequest) -> None:
    decision = decides(policies.may_erase, request.getfixturevalue(who), patient.pk, proven=True)
    assert (decision.allowed, decision.hidden) == (False, hidden)


def test_where_a_child_is_known(asker: User, patient: Patient, community: Institution) -> None:
    assert policies.known_at(actor_for(asker), patient.pk) == [community.pk]


def test_where_a_child_is_known_for_one_role(asker: User, patient: Patient) -> None:
    assert policies.known_at(actor_for(asker), patient.pk, Role.PRIVACY_OFFICER) == []


def test_where_a_child_is_not_known(stranger: User, patient: Patient) -> None:
    assert policies.known_at(actor_for(stranger), patient.pk) == []
