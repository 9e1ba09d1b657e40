"""Who may act for which side of a case: each policy, each way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from consortium.casework import policies
from consortium.casework.models import Case, Service, ServiceMember
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.cases import make_asked, make_case, make_service_member
from tests.factories.people import make_seat, make_staff


@pytest.fixture
def draft(patient: Patient, asker: User, community: Institution) -> Case:
    return make_case(patient, asker, community)


@pytest.fixture
def asked(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    case: Case = make_asked(patient, asker, community, service).case
    return case


def may(policy: Callable[..., Any], user: User, about: Any) -> bool:
    actor = actor_for(user)
    with acting_as(actor):
        return bool(policy(actor, about))


def seatless(user: User) -> None:
    Membership.unscoped.filter(user=user).delete()


# -- answering for a service


def test_a_member_serves(specialist: User, service: Service) -> None:
    assert may(policies.serves, specialist, service.pk)


def test_a_specialist_of_another_service_does_not(specialist: User, other_service: Service) -> None:
    assert not may(policies.serves, specialist, other_service.pk)


def test_who_left_does_not_serve(specialist: User, service: Service) -> None:
    ServiceMember.objects.update(left_at=clock.now())
    assert not may(policies.serves, specialist, service.pk)


def test_who_lost_the_role_does_not_serve(specialist: User, service: Service) -> None:
    seatless(specialist)
    assert not may(policies.serves, specialist, service.pk)


def test_without_a_service_nobody_serves(specialist: User) -> None:
    assert not may(policies.serves, specialist, None)


def test_a_lead_leads(lead: User, service: Service) -> None:
    assert may(policies.leads, lead, service.pk)


def test_a_member_does_not_lead(specialist: User, service: Service) -> None:
    assert not may(policies.leads, specialist, service.pk)


def test_a_service_lead_who_is_no_lead_here_does_not_lead(hospital: Institution, service: Service) -> None:
    user = make_staff("other_lead", hospital, Role.SERVICE_LEAD)
    make_service_member(service, user)
    assert not may(policies.leads, user, service.pk)


def test_without_a_service_nobody_leads(lead: User) -> None:
    assert not may(policies.leads, lead, None)


# -- the asker's side


def test_the_asker_acts_for_their_side(asker: User, draft: Case) -> None:
    assert may(policies.may_act_for_asker, asker, draft)


def test_a_colleague_does_not_act_on_a_draft(colleague: User, draft: Case) -> None:
    assert not may(policies.may_act_for_asker, colleague, draft)


def test_a_colleague_acts_on_what_was_sent(colleague: User, asked: Case) -> None:
    assert may(policies.may_act_for_asker, colleague, asked)


def test_a_nurse_does_not_act_for_the_asker(nurse: User, asked: Case) -> None:
    assert not may(policies.may_act_for_asker, nurse, asked)


def test_a_doctor_of_another_house_does_not(district_doctor: User, asked: Case) -> None:
    assert not may(policies.may_act_for_asker, district_doctor, asked)


def test_an_asker_who_lost_the_role_does_not(asker: User, asked: Case) -> None:
    seatless(asker)
    assert not may(policies.may_act_for_asker, asker, asked)


def test_the_author_acts_as_author(asker: User, asked: Case) -> None:
    assert may(policies.may_act_as_author, asker, asked)


def test_a_colleague_is_no_author(colleague: User, asked: Case) -> None:
    assert not may(policies.may_act_as_author, colleague, asked)


# -- the responder's side


def test_the_responder_acts(specialist: User, asked: Case) -> None:
    asked.responder = specialist
    assert may(policies.may_act_as_responder, specialist, asked)


def test_another_member_does_not(other_specialist: User, specialist: User, asked: Case) -> None:
    asked.responder = specialist
    assert not may(policies.may_act_as_responder, other_specialist, asked)


def test_a_responder_who_lost_the_role_does_not(specialist: User, asked: Case) -> None:
    asked.responder = specialist
    seatless(specialist)
    assert not may(policies.may_act_as_responder, specialist, asked)


def test_a_member_may_claim(specialist: User, asked: Case) -> None:
    assert may(policies.may_claim, specialist, asked)


def test_a_coordinator_may_not_claim(coordinator: User, asked: Case) -> None:
    assert not may(policies.may_claim, coordinator, asked)


# -- allocating


def test_the_coordinator_of_the_service_s_house_coordinates(coordinator: User, asked: Case) -> None:
    assert may(policies.coordinates, coordinator, asked)


def test_a_coordinator_of_another_house_does_not(district: Institution, asked: Case) -> None:
    assert not may(policies.coordinates, make_staff("theirs", district, Role.COORDINATOR), asked)


def test_without_a_service_nobody_coordinates(coordinator: User, draft: Case) -> None:
    assert not may(policies.coordinates, coordinator, draft)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("coordinator", True), ("lead", True), ("specialist", False), ("asker", False), ("admin", False)],
)
def test_who_may_allocate(who: str, allowed: bool, asked: Case, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_allocate, request.getfixturevalue(who), asked) is allowed


# -- reading


def test_who_asked_knows_the_child(asker: User, asked: Case) -> None:
    assert may(policies.may_read_identity, asker, asked)


def test_before_the_claim_the_queue_does_not(specialist: User, asked: Case) -> None:
    assert not may(policies.may_read_identity, specialist, asked)


def test_before_the_claim_the_thread_is_closed(specialist: User, asked: Case) -> None:
    assert not may(policies.may_read_thread, specialist, asked)


def test_the_refusal_says_what_to_do(specialist: User, asked: Case) -> None:
    actor = actor_for(specialist)
    with acting_as(actor):
        assert "Take the case first" in str(policies.may_read_thread(actor, asked).reason)


def test_the_coordinator_reads_the_thread_without_a_name(coordinator: User, asked: Case) -> None:
    assert may(policies.may_read_thread, coordinator, asked)
    assert not may(policies.may_read_identity, coordinator, asked)


@pytest.mark.parametrize(
    ("who", "clinical"), [("asker", True), ("nurse", True), ("specialist", True), ("lead", True), ("auditor", False),
                          ("manager", False), ("privacy", False)]
)  # fmt: skip
def test_who_is_clinical(who: str, clinical: bool, request: pytest.FixtureRequest) -> None:
    assert policies.is_clinical(actor_for(request.getfixturevalue(who))) is clinical


# -- running a service


def test_the_house_s_admin_runs_its_services(admin: User, hospital: Institution) -> None:
    assert may(policies.may_run_service, admin, hospital.pk)


def test_another_house_s_admin_does_not(community_admin: User, hospital: Institution) -> None:
    assert not may(policies.may_run_service, community_admin, hospital.pk)


def test_the_manager_runs_every_service(manager: User, community: Institution) -> None:
    assert may(policies.may_run_service, manager, community.pk)


def test_a_lead_does_not_run_services(lead: User, hospital: Institution) -> None:
    assert not may(policies.may_run_service, lead, hospital.pk)


@pytest.mark.parametrize(
    ("who", "allowed"), [("specialist", True), ("lead", True), ("coordinator", True), ("admin", True),
                         ("manager", True), ("other_specialist", False), ("asker", False), ("community_admin", False)]
)  # fmt: skip
def test_who_may_change_somebody_s_duty(
    who: str, allowed: bool, specialist: User, request: pytest.FixtureRequest
) -> None:
    member = ServiceMember.objects.get(user=specialist)
    assert may(policies.may_change_duty, request.getfixturevalue(who), member) is allowed


# -- who sees a case at all


def sees(user: User) -> bool:
    with acting_as(actor_for(user)):
        return Case.objects.exists()


@pytest.mark.parametrize("who", ["colleague", "nurse", "specialist", "lead", "coordinator", "stranger", "manager"])
def test_a_draft_is_its_author_s_alone(draft: Case, who: str, request: pytest.FixtureRequest) -> None:
    assert not sees(request.getfixturevalue(who))


@pytest.mark.parametrize("who", ["asker", "colleague", "nurse", "specialist", "lead", "coordinator"])
def test_what_was_sent_is_seen_by_both_sides(asked: Case, who: str, request: pytest.FixtureRequest) -> None:
    assert sees(request.getfixturevalue(who))


@pytest.mark.parametrize("who", ["stranger", "district_doctor", "manager", "admin", "auditor", "privacy"])
def test_what_was_sent_is_not_seen_by_others(asked: Case, who: str, request: pytest.FixtureRequest) -> None:
    assert not sees(request.getfixturevalue(who))


def closed(case: Case) -> None:
    Case.unscoped.filter(pk=case.pk).update(is_open=False, closed_at=clock.now(), ball="none", ball_user=None)


def test_a_closed_case_leaves_the_queue(asked: Case, specialist: User) -> None:
    closed(asked)
    assert not sees(specialist)


def test_a_closed_case_leaves_the_coordinator(asked: Case, coordinator: User) -> None:
    closed(asked)
    assert not sees(coordinator)


def test_a_closed_case_stays_with_who_answered(asked: Case, specialist: User) -> None:
    closed(asked)
    Case.unscoped.filter(pk=asked.pk).update(responder=specialist)
    assert sees(specialist)


def test_a_specialist_who_left_the_service_sees_its_queue_no_more(asked: Case, specialist: User) -> None:
    ServiceMember.objects.update(left_at=clock.now())
    assert not sees(specialist)


def test_the_system_sees_every_case(draft: Case) -> None:
    with acting_as(system("a count")):
        assert Case.objects.count() == 1


# -- sets of rows


def rows(name: str, *arguments: Any) -> int:
    with acting_as(system("a count")):
        found: Any = getattr(Case.objects.all(), name)(*arguments)
        return int(found.count())


def test_a_draft_is_not_open_work(draft: Case) -> None:
    assert rows("open") == 0


def test_what_was_sent_is_open_work(asked: Case) -> None:
    assert rows("open") == 1


def test_what_nobody_took_is_unclaimed(asked: Case) -> None:
    assert rows("unclaimed") == 1


def test_what_somebody_holds_is_theirs(asked: Case, specialist: User) -> None:
    Case.unscoped.update(ball_user=specialist, ball="responder")
    assert (rows("held_by", specialist.pk), rows("held_by", uuid4())) == (1, 0)


def test_what_is_late_is_overdue(asked: Case) -> None:
    assert rows("overdue") == 0
    Case.unscoped.update(due_at=clock.now())
    assert rows("overdue") == 1


def test_what_was_entered_in_error_is_not_shown(asked: Case) -> None:
    Case.unscoped.update(entered_in_error_at=clock.now())
    assert rows("shown") == 0


def test_a_second_seat_opens_a_second_house(
    asker: User, district: Institution, patient: Patient, service: Service
) -> None:
    theirs = make_staff("theirs", district, Role.ASKER)
    make_asked(patient, theirs, district, service)
    assert not sees(asker)
    make_seat(asker, district, Role.NURSE)
    assert sees(asker)
