"""Who can no longer act gives back what they hold, urgent first; a shift hands referrals over by name; and no open
referral is ever without who has it and a clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consortium.casework.models import BallSpell, Case, Clock, Service, ServiceMember
from consortium.casework.operations import go_off_duty, leave_service, offer_handover, take_over
from consortium.casework.queries.open_items import open_items
from consortium.casework.queries.stranded import held_by_nobody
from consortium.casework.states import Ball, CaseKind, Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import PathwayMember, Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.operations import suspend_person
from consultations.models import Consultation
from referrals.models import Referral
from referrals.operations.handing import hand_on
from referrals.queries.holding import can_hold, referrals_in_hand, stranded
from referrals.states import Step
from referrals.tasks import pass_on
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.factories.patients import make_pathway_member
from tests.factories.people import make_specialty
from tests.referrals.rows import referral_at

pytestmark = pytest.mark.django_db
Held = Callable[..., Referral]


@pytest.fixture
def held(asker: User, patient: Patient, service: Service, specialist: User) -> Held:
    """A referral that the specialist has accepted."""

    def made(step: str = Step.ACCEPTED, **how: Any) -> Referral:
        plain = {"ball": Ball.RESPONDER, "ball_user": specialist, "responder": specialist}
        return referral_at(step, patient, asker, service, **{**plain, **how})

    return made


def case_of(referral: Referral) -> Case:
    found: Case = Case.unscoped.get(pk=referral.pk)
    return found


def turn(referral: Referral) -> tuple[str, Any]:
    case = case_of(referral)
    return case.ball, case.ball_user_id


def slip(user: User, **where: Any) -> None:
    """The seats are suspended as if by another hand: nobody hears of it."""
    now = clock.now()
    Membership.unscoped.filter(user=user, **where).update(suspended_at=now, suspended_by=user)


# --- who can no longer act --------------------------------------------------------------------------------------------


def test_suspended_they_give_back_what_they_accepted(held: Held, admin: User, specialist: User, lead: User) -> None:
    made = held()
    by(admin, suspend_person, user_id=specialist.pk, institution_id=admin_place(admin))
    assert (case_of(made).responder_id, turn(made)) == (None, (Ball.RESPONDER, None))


def admin_place(admin: User) -> Any:
    return Membership.unscoped.get(user=admin).institution_id


def test_what_the_family_has_keeps_its_turn_but_no_holder(
    held: Held, admin: User, specialist: User, lead: User
) -> None:
    made = held(Step.SCHEDULED, ball=Ball.FAMILY, ball_user=None)
    by(admin, suspend_person, user_id=specialist.pk, institution_id=admin_place(admin))
    assert (case_of(made).responder_id, turn(made)) == (None, (Ball.FAMILY, None))


def test_with_nobody_left_in_the_service_the_coordinator_has_it(held: Held, admin: User, specialist: User) -> None:
    made = held()
    by(admin, suspend_person, user_id=specialist.pk, institution_id=admin_place(admin))
    assert turn(made) == (Ball.COORDINATOR, None)


def test_the_most_urgent_goes_back_first(held: Held, admin: User, specialist: User, lead: User) -> None:
    routine, stat = held(), held(priority=Priority.STAT)
    by(admin, suspend_person, user_id=specialist.pk, institution_id=admin_place(admin))
    order = Entry.unscoped.filter(verb="hand_on").order_by("pk").values_list("subject_id", flat=True)
    assert list(order) == [str(stat.pk), str(routine.pk)]


def test_the_clocks_run_on(held: Held, admin: User, specialist: User, lead: User) -> None:
    made = held()
    before = list(Clock.unscoped.filter(case_id=made.pk).values())
    by(admin, suspend_person, user_id=specialist.pk, institution_id=admin_place(admin))
    assert list(Clock.unscoped.filter(case_id=made.pk).values()) == before


def test_who_left_the_service_no_longer_follows_the_child(held: Held, specialist: User, service: Service) -> None:
    made = held()
    assert made.case.pathway is not None
    make_pathway_member(made.case.pathway, service.institution, specialist)
    by(specialist, leave_service, service_id=service.pk, user_id=specialist.pk)
    assert case_of(made).responder_id is None
    assert PathwayMember.unscoped.get(user=specialist).ends_at is not None


def test_off_duty_they_give_back_what_they_have_to_act_on(
    held: Held, specialist: User, lead: User, service: Service
) -> None:
    now_theirs, coming = held(), held(Step.EN_ROUTE, ball=Ball.TRANSPORT, ball_user=None)
    booked = held(Step.SCHEDULED, ball=Ball.FAMILY, ball_user=None)
    by(specialist, go_off_duty, service_id=service.pk, user_id=specialist.pk)
    assert [case_of(each).responder_id for each in (now_theirs, coming, booked)] == [None, None, specialist.pk]
    assert turn(coming) == (Ball.TRANSPORT, None)


def test_what_is_finished_stays_theirs(held: Held, specialist: User, lead: User, service: Service) -> None:
    made = held(Step.OUTCOME_SENT, ball=Ball.ASKER, ball_user=None)
    by(specialist, leave_service, service_id=service.pk, user_id=specialist.pk)
    assert case_of(made).responder_id == specialist.pk


def test_a_sender_who_is_gone_passes_the_turn_to_a_colleague_then_to_the_office(
    held: Held, asker: User, colleague: User, community_admin: User, community: Institution
) -> None:
    made = held(Step.OUTCOME_SENT, ball=Ball.ASKER, ball_user=asker)
    by(community_admin, suspend_person, user_id=asker.pk, institution_id=community.pk)
    assert turn(made) == (Ball.ASKER, None)
    by(community_admin, suspend_person, user_id=colleague.pk, institution_id=community.pk)
    assert turn(made) == (Ball.COORDINATOR, None)


def test_a_lead_of_another_house_keeps_what_they_may(held: Held, specialist: User) -> None:
    assert can_hold(specialist.pk, held())
    slip(specialist)
    assert not can_hold(specialist.pk, held())


def test_a_child_that_is_there_may_be_any_doctors_of_the_house(
    held: Held, specialist: User, hospital: Institution
) -> None:
    ServiceMember.objects.filter(user=specialist).update(left_at=clock.now())
    assert can_hold(specialist.pk, held(Step.UNDER_CARE))
    assert not can_hold(specialist.pk, held(Step.ACCEPTED))


# --- the sweep --------------------------------------------------------------------------------------------------------


def test_where_everybody_can_act_nothing_is_found(held: Held, coordinator: User) -> None:
    for step in (Step.ACCEPTED, Step.UNDER_CARE):
        held(step)
    held(Step.OUTCOME_SENT, ball=Ball.ASKER, ball_user=None)
    held(Step.DECLINED, ball=Ball.COORDINATOR, ball_user=None, responder=None)
    assert stranded() == []
    assert pass_on() == 0


def test_the_sweep_finds_in_one_query_and_passes_on(
    held: Held, specialist: User, lead: User, django_assert_num_queries: Any
) -> None:
    made = [held(), held(Step.SCHEDULED, ball=Ball.FAMILY, ball_user=None)]
    slip(specialist)
    with django_assert_num_queries(1):
        assert len(stranded()) == 2
    assert pass_on() == 2
    assert [case_of(each).responder_id for each in made] == [None, None]
    assert pass_on() == 0


def test_the_sweep_passes_on_a_sender_who_slipped_away_and_back(
    held: Held, asker: User, community: Institution
) -> None:
    made = held(Step.OUTCOME_SENT, ball=Ball.ASKER, ball_user=asker)
    slip(asker)
    assert pass_on() == 1
    assert turn(made) == (Ball.COORDINATOR, None)
    Membership.unscoped.filter(user=asker).update(suspended_at=None, suspended_by=None)
    assert pass_on() == 1
    assert turn(made) == (Ball.ASKER, asker.pk)


def test_close_to_home_any_doctor_of_the_centre_may_hold_it(
    patient: Patient, specialist: User, colleague: User, community: Institution, asker: User
) -> None:
    centre = make_service(community, make_specialty("general"))
    made = referral_at(
        Step.FOLLOWING, patient, asker, centre, responder=colleague, ball_user=colleague, ball=Ball.RESPONDER
    )
    assert stranded() == []
    slip(colleague)
    assert stranded() == [made.pk]


def test_a_question_that_is_stranded_is_not_this_sweeps(held: Held, given: Consultation, asker: User) -> None:
    slip(asker)
    assert given.pk not in stranded()


# --- from shift to shift ----------------------------------------------------------------------------------------------


def test_a_hand_over_lists_referrals_beside_questions(held: Held, specialist: User, service: Service) -> None:
    made = held()
    held(Step.SCHEDULED, ball=Ball.FAMILY, ball_user=None)
    (item,) = open_items(specialist.pk, service.pk)
    assert (item.kind, item.item_id) == ("referral", made.pk)


def test_no_referral_stands_twice_in_the_list(held: Held, specialist: User, service: Service) -> None:
    made = held()
    Clock.unscoped.filter(case_id=made.pk).update(leg="information")
    assert [item.kind for item in open_items(specialist.pk, service.pk)] == ["referral"]


def test_what_is_in_hand_is_one_query(
    held: Held, specialist: User, service: Service, django_assert_num_queries: Any
) -> None:
    held(), held()
    with django_assert_num_queries(1):
        assert len(referrals_in_hand(specialist.pk, service.pk)) == 2


def test_taken_over_by_name_it_is_the_next_ones(
    held: Held, specialist: User, other_specialist: User, service: Service
) -> None:
    made = held()
    offered = by(specialist, offer_handover, service_id=service.pk, to_user_id=other_specialist.pk)
    by(other_specialist, take_over, handover_id=offered.pk)
    assert case_of(made).responder_id == other_specialist.pk
    assert turn(made) == (Ball.RESPONDER, other_specialist.pk)
    assert Entry.unscoped.get(verb="hand_on").actor_id == other_specialist.pk


def test_who_no_longer_holds_it_hands_nothing_on(held: Held, specialist: User, other_specialist: User) -> None:
    made = held()
    with acting_as(system("test")) as itself:
        hand_on(actor=itself, case_id=made.pk, from_id=other_specialist.pk, to_id=other_specialist.pk)
    assert case_of(made).responder_id == specialist.pk


# --- the invariant ----------------------------------------------------------------------------------------------------


def test_an_open_referral_has_one_holder_and_a_clock(held: Held, django_assert_num_queries: Any) -> None:
    for step in (Step.SEEN, Step.ACCEPTED, Step.UNDER_CARE, Step.FOLLOWING):
        held(step)
    with django_assert_num_queries(1):
        assert held_by_nobody(CaseKind.REFERRAL) == []


def test_one_without_a_clock_is_found(held: Held) -> None:
    made = held(clocked=False)
    assert held_by_nobody(CaseKind.REFERRAL) == [made.pk]


def test_one_whose_spell_is_over_is_found(held: Held) -> None:
    made = held()
    BallSpell.unscoped.filter(case_id=made.pk).update(until=clock.now())
    assert held_by_nobody(CaseKind.REFERRAL) == [made.pk]


def test_one_whose_spell_is_anothers_is_found(held: Held, other_specialist: User) -> None:
    made = held()
    BallSpell.unscoped.filter(case_id=made.pk, until=None).update(user=other_specialist)
    assert held_by_nobody(CaseKind.REFERRAL) == [made.pk]


def test_it_stands_after_every_way_of_giving_back(
    held: Held, specialist: User, other_specialist: User, asker: User, service: Service
) -> None:
    held(), held(Step.EN_ROUTE, ball=Ball.TRANSPORT, ball_user=None)
    by(specialist, go_off_duty, service_id=service.pk, user_id=specialist.pk)
    slip(asker)
    pass_on()
    assert held_by_nobody(CaseKind.REFERRAL) == []
