"""Down again: which centre can carry the plan, the back-referral with its visits, and the take-over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.casework.models import Service
from consortium.casework.states import Ball, Leg
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from consortium.people.states import Capability, capability_groups
from referrals.models import CareDraft, FollowUp, Offer, Referral
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.following import visit_missed
from referrals.operations.letters import save_letter
from referrals.operations.outcomes import acknowledge
from referrals.operations.returning import MOST_VISITS, Plan, PlannedVisit, back_refer, take_over
from referrals.queries import referral_for
from referrals.queries.matching import Match, matches
from referrals.states import DeclineReason, FollowUpStep, Kind, Letter, OfferStep, Reason, Step
from tests.cast import client_for
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.factories.people import make_institution
from tests.referrals.cared import admitted, ended_at, followed, fresh, holder, plan, running, sent_back, told, visits
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(community: Institution, respiratory: Specialty) -> Service:
    """What the community centre can take: the children of its doctors."""
    return make_service(community, respiratory)


@pytest.fixture
def inside(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return admitted(asker, specialist, patient, service)


@pytest.fixture
def back(inside: Referral, specialist: User, centre: Service) -> Referral:
    return sent_back(inside, specialist, centre)


# --- which centre -----------------------------------------------------------------------------------------------------


def found(user: User, referral: Referral, *needs: str) -> list[Match]:
    made: list[Match] = by(user, lambda actor: matches(referral_for(referral.pk).case, needs))
    return made


def test_the_centre_that_sent_the_child_comes_first(
    inside: Referral, specialist: User, centre: Service, district: Institution, respiratory: Specialty
) -> None:
    elsewhere = make_service(make_institution("Alpha Centre"), respiratory)
    near = make_service(district, respiratory)
    assert [m.service for m in found(specialist, inside)] == [centre, near, elsewhere]


def test_it_says_why(inside: Referral, specialist: User, centre: Service, community: Institution) -> None:
    community.capabilities = [Capability.OXYGEN]
    community.save()
    match = found(specialist, inside, Capability.OXYGEN, Capability.XRAY)[0]
    assert match.reasons == ("sent the child", "has Oxygen", "lacks X-ray")
    assert match.words == "Yanghang Community Centre, Respiratory medicine · sent the child · has Oxygen · lacks X-ray"


def test_who_can_carry_the_plan_comes_before_who_is_nearer(
    inside: Referral, specialist: User, centre: Service, district: Institution, respiratory: Specialty
) -> None:
    able = make_service(district, respiratory)
    district.capabilities = [Capability.OXYGEN]
    district.save()
    assert [(m.service, m.fits) for m in found(specialist, inside, Capability.OXYGEN)] == [
        (able, True), (centre, False),
    ]  # fmt: skip


def test_who_does_not_take_children_of_that_age_does_not_fit(
    inside: Referral, specialist: User, centre: Service
) -> None:
    Service.objects.filter(pk=centre.pk).update(below_days=28)
    match = found(specialist, inside)[0]
    assert (match.fits, "28 days" in match.words) == (False, True)


def test_only_lower_tiers_that_are_open_are_offered(
    inside: Referral, specialist: User, centre: Service, other_service: Service
) -> None:
    Service.objects.filter(pk=centre.pk).update(is_open=False)
    assert found(specialist, inside) == []


def test_a_decline_for_want_of_means_is_remembered(
    inside: Referral, back: Referral, asker: User, specialist: User, centre: Service
) -> None:
    by(asker, decline, case_id=back.pk, reason=DeclineReason.NO_CAPABILITY)
    match = found(specialist, inside)[0]
    assert (match.declined, match.reasons[-1]) == (1, "declined 1 child for want of means")


def test_the_match_takes_as_many_queries_for_many_as_for_one(
    inside: Referral, specialist: User, centre: Service, respiratory: Specialty
) -> None:
    def counted() -> int:
        case = by(specialist, lambda actor: referral_for(inside.pk)).case
        with CaptureQueriesContext(connection) as asked:
            by(specialist, lambda actor: matches(case, [Capability.OXYGEN]))
        return sum("casework_service" in q["sql"] or "referrals_offer" in q["sql"] for q in asked.captured_queries)

    assert counted() == 2
    for _ in range(2):
        make_service(make_institution(), respiratory)
    assert counted() == 2


# --- sent back --------------------------------------------------------------------------------------------------------


def test_it_is_a_referral_of_its_own_on_the_same_pathway(
    inside: Referral, back: Referral, specialist: User, hospital: Institution
) -> None:
    made = fresh(back)
    assert (made.kind, made.step, made.parent_id, made.reason) == (
        Kind.BACK, Step.REQUESTED, inside.pk, Reason.FOLLOW_UP,
    )  # fmt: skip
    assert made.case.pathway_id == fresh(inside).case.pathway_id
    assert (made.case.asker_id, made.case.asking_institution_id) == (specialist.pk, hospital.pk)


def test_the_plan_goes_with_it(back: Referral) -> None:
    made = fresh(back)
    assert made.plan == "Watch at home; come back with stridor at rest."
    assert (made.plan_medicines, made.guardian_agreed, made.question) == ("None.", True, made.plan)


def test_its_visits_are_numbered_by_their_day(inside: Referral, specialist: User, centre: Service) -> None:
    today = clock.today()
    days = ((today + timedelta(days=9), "Second."), (today, "First."))
    back = sent_back(inside, specialist, centre, visits=days)
    assert [(v.number, v.due_on, v.task, v.step) for v in visits(back)] == [
        (1, today, "First.", FollowUpStep.PLANNED),
        (2, today + timedelta(days=9), "Second.", FollowUpStep.PLANNED),
    ]


def test_the_centre_has_the_turn(back: Referral) -> None:
    assert (holder(back)[0], len(running(back))) == (Ball.RESPONDER, 1)


def test_the_hospital_goes_on_as_it_was(inside: Referral, back: Referral, specialist: User) -> None:
    assert (fresh(inside).step, running(inside)) == (Step.UNDER_CARE, [Leg.INTERIM_NOTE])
    assert holder(inside) == (Ball.RESPONDER, specialist.pk)
    assert Entry.unscoped.get(verb="back_refer").facts["back"] == str(back.pk)


def test_the_final_diagnosis_goes_with_it(
    asker: User, specialist: User, patient: Patient, service: Service, centre: Service
) -> None:
    back = sent_back(told(asker, specialist, patient, service), specialist, centre)
    assert (fresh(back).diagnosis_code, fresh(back).working_diagnosis) == ("J05.0", "Croup")


def test_from_a_closed_loop_too(
    asker: User, specialist: User, patient: Patient, service: Service, centre: Service
) -> None:
    over = told(asker, specialist, patient, service)
    by(asker, acknowledge, case_id=over.pk, usefulness=4, concordance="same")
    back = sent_back(over, specialist, centre)
    assert (fresh(over).step, fresh(back).step) == (Step.CLOSED, Step.REQUESTED)
    assert ended_at(back) is None


def test_twice_with_one_key_is_one_back_referral(inside: Referral, specialist: User, centre: Service) -> None:
    key = uuid4()
    first, second = (by(specialist, back_refer, case_id=inside.pk, plan=plan(centre), key=key) for _ in range(2))
    assert (first.pk, len(visits(first))) == (second.pk, 2)


def test_the_draft_of_the_plan_is_gone(inside: Referral, specialist: User, centre: Service) -> None:
    by(specialist, save_letter, case_id=inside.pk, letter=Letter.PLAN, fields={"plan": "Watch."})
    sent_back(inside, specialist, centre)
    assert not CareDraft.unscoped.exists()


def refused(user: User, referral: Referral, what: Plan) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        by(user, back_refer, case_id=referral.pk, plan=what)
    return list(error.value.fields)


def test_what_is_wrong_is_named(inside: Referral, specialist: User, centre: Service, other_service: Service) -> None:
    today = clock.today()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"service_id": None}, "service_id"),
        ({"service_id": uuid4()}, "service_id"),
        ({"service_id": other_service.pk}, "service_id"),
        ({"plan": " "}, "plan"),
        ({"medicines": ""}, "medicines"),
        ({"needs": ("magic",)}, "needs"),
        ({"guardian_agreed": None}, "guardian_agreed"),
        ({"guardian_agreed": False}, "guardian_agreed"),
        ({"visits": ()}, "visits"),
        ({"visits": ((today, "Weigh."),) * (MOST_VISITS + 1)}, "visits"),
        ({"visits": ((today - timedelta(days=1), "Weigh."),)}, "visits"),
        ({"visits": ((today, " "),)}, "visits"),
        ({"visits": ((today, "x" * 501),)}, "visits"),
    ]
    assert [refused(specialist, inside, plan(centre, **fields)) for fields, _name in wrong] == [[n] for _f, n in wrong]


def test_only_a_doctor_of_the_hospital_sends_back(inside: Referral, asker: User, centre: Service) -> None:
    with pytest.raises(NotPermitted):
        sent_back(inside, asker, centre)


def test_nobody_is_sent_back_before_care_begins(
    asker: User, specialist: User, patient: Patient, service: Service, centre: Service
) -> None:
    waiting = sent(asker, patient, service)
    with pytest.raises(WrongStep):
        sent_back(waiting, specialist, centre)


# --- taken over -------------------------------------------------------------------------------------------------------


def test_a_doctor_of_the_centre_takes_over(back: Referral, asker: User) -> None:
    followed(back, asker)
    over = fresh(back)
    assert (over.step, over.case.responder_id, over.accepted_at is None) == (Step.FOLLOWING, asker.pk, False)
    assert holder(back) == (Ball.RESPONDER, asker.pk)
    assert [o.step for o in Offer.unscoped.filter(case_id=back.pk)] == [OfferStep.ACCEPTED]


def test_the_clock_runs_until_the_first_visit_is_over(back: Referral, asker: User) -> None:
    followed(back, asker)
    first = visits(back)[0]
    assert running(back) == [Leg.FOLLOW_UP]
    due, end = fresh(back).case.due_at, clock.midnight(first.due_on + timedelta(days=1))
    assert abs(due - end) < timedelta(seconds=5)


def test_a_first_visit_that_is_past_leaves_a_day(back: Referral, asker: User) -> None:
    with clock.moved(timedelta(days=30)):
        followed(back, asker)
        left = fresh(back).case.due_at - clock.now()
    assert timedelta(hours=23) < left <= timedelta(days=1)


def test_after_it_was_seen_and_accepted_too(back: Referral, asker: User) -> None:
    by(asker, open_referral, case_id=back.pk)
    by(asker, accept, case_id=back.pk)
    assert running(back) == [Leg.TAKE_OVER]
    followed(back, asker)
    assert (fresh(back).step, running(back)) == (Step.FOLLOWING, [Leg.FOLLOW_UP])


def test_a_nurse_does_not_take_over(back: Referral, nurse: User) -> None:
    with pytest.raises(NotPermitted):
        followed(back, nurse)


def test_the_hospital_does_not_take_over_its_own(back: Referral, specialist: User) -> None:
    with pytest.raises(NotPermitted):
        followed(back, specialist)


def test_an_up_referral_is_accepted_not_taken_over(inside: Referral, specialist: User) -> None:
    with pytest.raises(NotPermitted, match="Only a back-referral"):
        by(specialist, take_over, case_id=inside.pk)


def test_nobody_takes_over_twice(back: Referral, asker: User) -> None:
    followed(back, asker)
    with pytest.raises((WrongStep, NotPermitted)):
        followed(back, asker)


def test_a_decline_sends_it_to_the_coordinator(back: Referral, asker: User) -> None:
    by(asker, decline, case_id=back.pk, reason=DeclineReason.NO_CAPABILITY)
    assert (fresh(back).step, holder(back)) == (Step.DECLINED, (Ball.COORDINATOR, None))
    assert running(back) == [Leg.REDIRECTION]


def test_a_doctor_of_another_centre_sees_none_of_it(back: Referral, stranger: User) -> None:
    assert by(stranger, lambda actor: Referral.objects.count()) == 0


# --- medicines, staff, and what a visit takes


def test_medicines_and_trained_staff_count_as_equipment_does(
    inside: Referral, specialist: User, centre: Service, community: Institution
) -> None:
    community.capabilities = [Capability.MED_ANTIEPILEPTIC]
    community.save()
    match = found(specialist, inside, Capability.MED_ANTIEPILEPTIC, Capability.STAFF_EPILEPSY)[0]
    assert match.reasons[1:] == ("has Antiepileptic medicines", "lacks Staff trained in epilepsy care")
    assert match.fits is False


def test_a_visit_names_what_it_takes_and_the_centre_must_have_it(
    inside: Referral, specialist: User, centre: Service
) -> None:
    day = clock.today() + timedelta(days=3)
    visits = (PlannedVisit(day, "Drug level.", (Capability.LABORATORY,)), (day, "Weigh."))
    made = sent_back(inside, specialist, centre, visits=visits, needs=(Capability.OXYGEN,))
    rows = FollowUp.unscoped.filter(case_id=made.pk).order_by("number")
    assert list(rows.values_list("task", "needs")) == [("Drug level.", ["laboratory"]), ("Weigh.", [])]
    assert fresh(made).needs_capabilities == ["oxygen", "laboratory"]


def test_what_no_list_knows_is_no_need_of_a_visit(inside: Referral, specialist: User, centre: Service) -> None:
    visits = (PlannedVisit(clock.today(), "Weigh.", ("magic",)),)
    with pytest.raises(InvalidInput) as refused:
        sent_back(inside, specialist, centre, visits=visits)
    assert list(refused.value.fields) == ["needs"]


def test_the_second_try_of_a_visit_takes_the_same(
    inside: Referral, asker: User, specialist: User, centre: Service
) -> None:
    day = clock.today()
    made = sent_back(inside, specialist, centre, visits=(PlannedVisit(day, "Level.", (Capability.LABORATORY,)),))
    by(asker, take_over, case_id=made.pk)
    for _ in range(2):
        by(asker, visit_missed, case_id=made.pk, recall_on=day)
    newest = FollowUp.unscoped.filter(case_id=made.pk).order_by("number").last()
    assert newest is not None and newest.needs == ["laboratory"]


def test_the_page_says_what_the_centre_lacks(inside: Referral, asker: User, specialist: User, centre: Service) -> None:
    visits = (PlannedVisit(clock.today(), "Level.", (Capability.LABORATORY,)),)
    made = sent_back(inside, specialist, centre, visits=visits)
    page = client_for(asker).get(f"/referrals/{made.pk}/").content.decode()
    assert "Laboratory day and night · lacks Laboratory day and night" in page
    assert "Needs Laboratory day and night." in page


def test_every_capability_stands_in_one_group() -> None:
    offered = [code for _name, rows in capability_groups() for code, _label in rows]
    assert sorted(offered) == sorted(Capability.values)
    assert [str(name) for name, _rows in capability_groups()] == [
        "Equipment and wards", "Medicines at hand", "Trained staff",
    ]  # fmt: skip
