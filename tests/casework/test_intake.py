"""What a service takes: set by its lead, refused with a reason and a suggestion of who does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium.casework.models import Clock, ClockRule, Escalation, Service
from consortium.casework.operations import set_clock_rule, set_intake
from consortium.casework.queries.escalating import rules_of, steps_for
from consortium.casework.queries.intake import ages_words, named, refusal, takers, urgency_words, why_not
from consortium.casework.states import (
    ADULT_DAYS,
    AGE_LIMITS,
    DEFAULT_STEPS,
    MINIMUM,
    MOST_STEPS,
    TARGETS,
    Allocation,
    Datum,
    EscalationStep,
    Leg,
    Priority,
    Symptom,
    Tell,
    data_for,
    datum_label,
    told_for,
)
from consortium.journal.models import Entry
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from consortium.patients.models import Patient
from consortium.patients.states import MeasurementKind
from consortium.people.models import Institution, Specialty, User
from consultations.tasks import escalate
from tests.cast import client_for
from tests.consultations.cases import by, claimed
from tests.factories.cases import make_service, make_service_member
from tests.factories.people import make_specialty

pytestmark = pytest.mark.django_db

RUNS = ("lead", "admin", "manager")
STEPS = [EscalationStep(50, Tell.HOLDER), EscalationStep(200, Tell.COORDINATOR)]


def stored(service: Service) -> Service:
    return Service.objects.get(pk=service.pk)


def intake(user: User, service: Service, **fields: Any) -> Service:
    version = fields.pop("version", None)
    changed: Service = by(user, set_intake, service_id=service.pk, fields=fields, version=version)
    return changed


def rule(user: User, service: Service, steps: Any = STEPS, leg: str = Leg.FIRST_ANSWER, priority: int = 2) -> Any:
    return by(user, set_clock_rule, service_id=service.pk, leg=leg, priority=priority, steps=steps)


# -- the lists are whole ----------------------------------------------------------------------------------------------


def test_every_symptom_but_the_last_names_what_is_needed() -> None:
    assert set(Symptom.values) - set(MINIMUM) == {Symptom.OTHER}


@pytest.mark.parametrize("symptom", sorted(MINIMUM))
def test_what_is_needed_is_measured_or_told(symptom: str) -> None:
    codes = data_for(symptom)
    assert set(codes) <= {*Datum.values, *MeasurementKind.values}
    assert len(set(codes)) == len(codes) <= 6


def test_nothing_is_told_under_the_code_of_a_measurement() -> None:
    assert not set(Datum.values) & set(MeasurementKind.values)


def test_each_thing_that_is_told_is_needed_somewhere() -> None:
    assert {code for codes in MINIMUM.values() for code in codes} >= set(Datum.values)


def test_cough_needs_breathing_rate_oxygen_and_temperature() -> None:
    assert set(data_for(Symptom.COUGH)) >= {"resp_rate", "spo2", "temperature"}


def test_told_are_those_that_are_not_measured() -> None:
    assert told_for(Symptom.EAR) == (Datum.DURATION, Datum.EAR)


def test_something_else_needs_nothing() -> None:
    assert data_for(Symptom.OTHER) == data_for("") == ()


def test_each_has_a_label() -> None:
    assert (datum_label("spo2"), datum_label("duration")) == (
        str(MeasurementKind.SPO2.label), "How long it has lasted",
    )  # fmt: skip


def test_every_clock_has_a_rule() -> None:
    assert set(DEFAULT_STEPS) == set(TARGETS)


@pytest.mark.parametrize("steps", DEFAULT_STEPS.values())
def test_each_step_of_a_default_comes_later(steps: Any) -> None:
    percents = [step.percent for step in steps]
    assert percents == sorted(set(percents))
    assert len(steps) <= MOST_STEPS


@pytest.mark.parametrize("leg", [leg for leg in Leg.values if leg != Leg.REVIEW])
def test_all_but_a_review_end_with_the_coordinator(leg: str) -> None:
    assert all(DEFAULT_STEPS[(leg, p)][-1].tell == Tell.COORDINATOR for p in Priority.values)


def test_a_review_is_reminded_of_twice() -> None:
    assert {len(DEFAULT_STEPS[(Leg.REVIEW, p)]) for p in Priority.values} == {2}


# -- setting it -------------------------------------------------------------------------------------------------------


def test_a_new_service_takes_every_child_at_every_urgency(service: Service) -> None:
    fresh = stored(service)
    assert (fresh.from_days, fresh.below_days, fresh.urgencies) == (0, ADULT_DAYS, [1, 2, 3])
    assert (fresh.allocation, fresh.capacity) == (Allocation.SELF_CLAIM, None)


@pytest.mark.parametrize("who", RUNS)
def test_its_lead_and_who_runs_the_house_set_it(request: pytest.FixtureRequest, service: Service, who: str) -> None:
    assert intake(request.getfixturevalue(who), service, below_days=365).below_days == 365
    assert stored(service).below_days == 365


@pytest.mark.parametrize("who", ["specialist", "coordinator", "asker", "community_admin", "stranger"])
def test_nobody_else_does(request: pytest.FixtureRequest, service: Service, who: str) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        intake(user, service, below_days=365)
    with pytest.raises(NotPermitted):
        rule(user, service)


def test_it_stands_in_the_journal(service: Service, lead: User) -> None:
    intake(lead, service, allocation=Allocation.AUTOMATIC, capacity=5)
    entry = Entry.unscoped.get(subject_id=str(service.pk), verb="intake")
    assert entry.facts["fields"] == ["allocation", "capacity"]


def test_what_stays_leaves_no_entry(service: Service, lead: User) -> None:
    assert intake(lead, service, from_days=0).version == service.version
    assert not Entry.unscoped.filter(subject_id=str(service.pk), verb="intake").exists()


def test_an_old_version_is_refused(service: Service, lead: User) -> None:
    intake(lead, service, capacity=3)
    with pytest.raises(StaleVersion):
        intake(lead, service, capacity=4, version=service.version)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"from_days": 365, "below_days": 365}, "below_days"),
        ({"below_days": ADULT_DAYS + 1}, "below_days"),
        ({"from_days": -1}, "below_days"),
        ({"urgencies": []}, "urgencies"),
        ({"urgencies": [4]}, "urgencies"),
        ({"allocation": "lottery"}, "allocation"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 201}, "capacity"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(service: Service, lead: User, fields: Any, wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        intake(lead, service, **fields)
    assert set(refused.value.fields) == {wrong}


def test_a_capacity_may_be_taken_away(service: Service, lead: User) -> None:
    intake(lead, service, capacity=3)
    assert intake(lead, service, capacity=None).capacity is None


@pytest.mark.parametrize(
    "fields",
    [{"below_days": 0}, {"below_days": 7000}, {"urgencies": []}, {"urgencies": [9]}, {"allocation": "x"},
     {"capacity": 0}],
)  # fmt: skip
def test_the_database_refuses_it_too(service: Service, fields: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(**fields)


# -- why not, and who does --------------------------------------------------------------------------------------------


def test_what_it_takes_has_no_reason_against_it(service: Service) -> None:
    assert why_not(service, 200, Priority.STAT) == ""


def test_too_young(service: Service) -> None:
    service.from_days = 28
    assert why_not(service, 27, 3) == "This service takes children from the age of 28 days."
    assert why_not(service, 28, 3) == ""


def test_too_old(service: Service) -> None:
    service.below_days = 1826
    assert why_not(service, 1826, 3) == "This service takes children below the age of 5 years."
    assert why_not(service, 1825, 3) == ""


def test_an_unusual_border_is_said_in_days(service: Service) -> None:
    service.from_days = 45
    assert "45 days" in str(why_not(service, 3, 3))


def test_an_age_that_is_not_known_is_no_reason(service: Service) -> None:
    service.from_days = 28
    assert why_not(service, None, 3) == ""


def test_an_urgency_it_does_not_take(service: Service) -> None:
    service.urgencies = [Priority.ROUTINE]
    assert "of this urgency: Stat" in str(why_not(service, 200, Priority.STAT))


def test_closed(service: Service) -> None:
    service.is_open = False
    assert "no questions now" in str(why_not(service, 200, 3))


@pytest.fixture
def another(other_service: Service, specialist: User) -> Service:
    """With somebody who answers its questions."""
    make_service_member(other_service, specialist)
    return other_service


def test_the_same_specialty_elsewhere_is_named_before_another_here(
    service: Service, another: Service, district: Institution, respiratory: Specialty, district_doctor: User
) -> None:
    near = make_service(district, respiratory)
    make_service_member(near, district_doctor)
    assert takers(service, 200, 3) == [near, another]


def test_one_that_does_not_take_it_either_is_not_named(service: Service, another: Service) -> None:
    Service.objects.filter(pk=another.pk).update(below_days=100)
    assert takers(service, 200, 3) == []
    assert takers(service, 50, 3) == [another]


def test_nor_is_a_closed_one(service: Service, another: Service) -> None:
    Service.objects.filter(pk=another.pk).update(is_open=False)
    assert takers(service, 200, 3) == []


def test_nor_is_one_close_to_home_that_only_receives_children(
    service: Service, district: Institution, respiratory: Specialty
) -> None:
    make_service(district, respiratory)
    assert takers(service, 200, 3) == []


def test_who_is_on_duty_is_named_first(
    service: Service, hospital: Institution, cardiology: Specialty, specialist: User, other_service: Service
) -> None:
    manned = make_service(hospital, make_specialty("neuro", "Neurology"))
    make_service_member(manned, specialist)
    assert takers(service, 200, 3)[0] == manned


def test_a_refusal_names_them(service: Service, another: Service) -> None:
    service.below_days = 100
    assert named(*refusal(service, 200, 3)) == (
        "This service takes children below the age of 100 days. These take it: Cardiology, Children's Hospital."
    )


def test_where_nobody_takes_it_the_reason_stands_alone(service: Service) -> None:
    service.below_days = 60
    assert named(*refusal(service, 200, 3)) == "This service takes children below the age of 2 months."


def test_stat_is_refused_only_where_somebody_else_takes_it(service: Service, another: Service) -> None:
    service.urgencies = [3]
    assert refusal(service, 200, 1)[1] == [another]
    Service.objects.filter(pk=another.pk).update(urgencies=[3])
    assert refusal(service, 200, 1) == ("", [])


@pytest.mark.parametrize(
    ("ages", "words"),
    [((0, ADULT_DAYS), ""), ((28, 365), "Children from 28 days to below 1 year"), ((0, 28), "Children below 28 days")],
)
def test_its_ages_in_words(service: Service, ages: tuple[int, int], words: str) -> None:
    service.from_days, service.below_days = ages
    assert ages_words(service) == words


def test_its_urgencies_in_words(service: Service) -> None:
    assert urgency_words(service) == ""
    service.urgencies = [3, 2]
    assert urgency_words(service) == "Urgent, Routine"


# -- rules of its own -------------------------------------------------------------------------------------------------


def test_without_one_the_default_holds(service: Service) -> None:
    assert steps_for(service.pk, Leg.REVIEW, 3) == DEFAULT_STEPS[(Leg.REVIEW, 3)]


def test_its_own_goes_before(service: Service, lead: User) -> None:
    rule(lead, service)
    assert steps_for(service.pk, Leg.FIRST_ANSWER, 2) == tuple(STEPS)


def test_none_returns_to_the_default(service: Service, lead: User) -> None:
    rule(lead, service)
    assert rule(lead, service, []) == []
    assert steps_for(service.pk, Leg.FIRST_ANSWER, 2) == DEFAULT_STEPS[(Leg.FIRST_ANSWER, 2)]


def test_the_same_again_changes_nothing(service: Service, lead: User) -> None:
    rule(lead, service)
    rule(lead, service)
    assert Entry.unscoped.filter(subject_id=str(service.pk), verb="rule").count() == 1


def test_a_service_that_is_not_there_has_none(lead: User) -> None:
    from uuid import uuid4

    with pytest.raises(NotVisible):
        by(lead, set_clock_rule, service_id=uuid4(), leg=Leg.FIRST_ANSWER, priority=2, steps=STEPS)


@pytest.mark.parametrize(
    "steps",
    [
        [EscalationStep(9, Tell.HOLDER)],
        [EscalationStep(1001, Tell.HOLDER)],
        [EscalationStep(100, "everybody")],
        [EscalationStep(100, Tell.HOLDER), EscalationStep(100, Tell.LEAD)],
        [EscalationStep(100, Tell.COORDINATOR), EscalationStep(200, Tell.LEAD)],
        [EscalationStep(p, Tell.HOLDER) for p in (10, 20, 30, 40, 50, 60)],
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(service: Service, lead: User, steps: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        rule(lead, service, steps)
    assert set(refused.value.fields) == {"steps"}


@pytest.mark.parametrize(("leg", "priority"), [("lunch", 2), (Leg.REVIEW, 2), (Leg.FIRST_ANSWER, 7)])
def test_there_is_no_such_rule(service: Service, lead: User, leg: str, priority: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        rule(lead, service, leg=leg, priority=priority)
    assert set(refused.value.fields) == {"leg"}


def test_clocks_that_run_follow_it(
    service: Service, lead: User, asker: User, specialist: User, patient: Patient
) -> None:
    held = claimed(asker, specialist, patient, service)
    rule(lead, service, [EscalationStep(25, Tell.HOLDER)])
    assert escalate() == 0
    running = Clock.unscoped.get(case_id=held.pk, stopped_at=None)
    assert running.escalates_at is not None
    assert (running.escalates_at - running.started_at).total_seconds() == 1800


@pytest.mark.parametrize(
    "fields", [{"percent": 9}, {"percent": 1001}, {"number": 0}, {"tell": "x"}, {"leg": "x"}, {"priority": 9}]
)
def test_the_database_refuses_a_step_out_of_range(service: Service, fields: Any) -> None:
    plain = {"leg": Leg.FIRST_ANSWER, "priority": 2, "number": 1, "percent": 100, "tell": Tell.LEAD}
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockRule.objects.create(service=service, **{**plain, **fields})


def test_the_database_knows_one_step_of_a_number(service: Service, lead: User) -> None:
    rule(lead, service)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockRule.objects.create(service=service, leg=Leg.FIRST_ANSWER, priority=2, number=1, percent=70, tell="lead")


def test_the_database_keeps_an_escalation_once_and_never_early(
    service: Service, asker: User, specialist: User, patient: Patient
) -> None:
    held = claimed(asker, specialist, patient, service)
    running = Clock.unscoped.get(case_id=held.pk, stopped_at=None)
    at = running.started_at
    plain = {"case_id": held.pk, "clock": running, "number": 1, "tell": "lead", "due_at": at, "taken_at": at}
    Escalation.unscoped.create(**plain)
    for wrong in ({}, {"number": 2, "due_at": running.case.due_at}, {"number": 0}, {"number": 3, "tell": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Escalation.unscoped.create(**{**plain, **wrong})


def test_all_rules_are_one_query(service: Service, lead: User, django_assert_num_queries: Any) -> None:
    rule(lead, service)
    with django_assert_num_queries(1):
        rules = rules_of(service)
    assert [r.own for r in rules].count(True) == 1
    assert len(rules) == len(TARGETS)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_lead_sets_it_on_the_page(service: Service, lead: User) -> None:
    said = {
        "from_days": "28", "below_days": "365", "urgencies": ["2", "3"], "allocation": "automatic", "capacity": "8",
        "version": service.version,
    }  # fmt: skip
    reply = client_for(lead).post(reverse("casework:edit_intake", args=[service.pk]), said)
    assert reply.status_code == 302
    fresh = stored(service)
    assert (fresh.from_days, fresh.below_days, fresh.urgencies, fresh.capacity) == (28, 365, [2, 3], 8)


def test_what_is_wrong_is_shown_with_what_was_typed(service: Service, lead: User) -> None:
    said = {"from_days": "365", "below_days": "28", "urgencies": ["3"], "allocation": "automatic"}
    reply = client_for(lead).post(reverse("casework:edit_intake", args=[service.pk]), said)
    assert reply.status_code == 422
    assert "end after they begin" in reply.content.decode()


def test_an_unusual_border_is_not_lost_by_opening_the_form(service: Service, lead: User) -> None:
    intake(lead, service, from_days=45)
    page = client_for(lead).get(reverse("casework:edit_intake", args=[service.pk])).content.decode()
    assert '<option value="45" selected>45 days</option>' in page


def test_the_service_s_page_says_what_it_takes(service: Service, lead: User, asker: User) -> None:
    intake(lead, service, below_days=28, urgencies=[3], allocation=Allocation.AUTOMATIC, capacity=1)
    page = client_for(asker).get(reverse("casework:service", args=[service.pk])).content.decode()
    for words in ("Children below 28 days", "Routine", "By itself", "1 case for one specialist"):
        assert words in page


def test_who_works_there_sees_its_open_cases_with_clock_and_holder(
    service: Service, lead: User, asker: User, specialist: User, patient: Patient
) -> None:
    claimed(asker, specialist, patient, service)
    page = client_for(lead).get(reverse("casework:service", args=[service.pk])).content.decode()
    assert f"With {specialist.get_full_name()}" in page
    assert 'class="clock' in page


def test_nobody_else_does_there(service: Service, asker: User, specialist: User, patient: Patient) -> None:
    claimed(asker, specialist, patient, service)
    page = client_for(asker).get(reverse("casework:service", args=[service.pk])).content.decode()
    assert "Open questions of the service" not in page


def test_a_colleague_s_share_of_the_shift_is_shown(
    service: Service, lead: User, asker: User, specialist: User, patient: Patient
) -> None:
    intake(lead, service, capacity=8)
    claimed(asker, specialist, patient, service)
    page = client_for(lead).get(reverse("casework:service", args=[service.pk])).content.decode()
    assert "1 of 8 in this shift" in page


def test_everybody_reads_the_rules(service: Service, asker: User) -> None:
    page = client_for(asker).get(reverse("casework:rules", args=[service.pk])).content.decode()
    legs = len(Leg.values)
    # the review has no third step; in the green channel seen and acceptance go by minutes; three stand in the words
    assert page.count("150 %") == 3 * (legs - 1) - 2 + 3
    assert reverse("casework:edit_rule", args=[service.pk, "first_answer", "stat"]) not in page


def test_its_lead_is_offered_to_change_all_but_the_review(service: Service, lead: User) -> None:
    page = client_for(lead).get(reverse("casework:rules", args=[service.pk])).content.decode()
    assert reverse("casework:edit_rule", args=[service.pk, "first_answer", "stat"]) in page
    assert reverse("casework:edit_rule", args=[service.pk, "review", "stat"]) not in page


def test_the_lead_writes_a_rule_on_the_page(service: Service, lead: User) -> None:
    url = reverse("casework:edit_rule", args=[service.pk, "first_answer", "urgent"])
    said = {
        "percent_1": "60",
        "tell_1": "lead",
        "percent_2": "",
        "tell_2": "",
        "percent_3": "120",
        "tell_3": "coordinator",
    }
    assert client_for(lead).post(url, said).status_code == 302
    assert [step.percent for step in steps_for(service.pk, Leg.FIRST_ANSWER, 2)] == [60, 120]


def test_a_rule_that_goes_backwards_is_shown_again(service: Service, lead: User) -> None:
    url = reverse("casework:edit_rule", args=[service.pk, "first_answer", "urgent"])
    reply = client_for(lead).post(url, {"percent_1": "60", "tell_1": "lead", "percent_2": "50", "tell_2": "lead"})
    assert reply.status_code == 422
    assert "later than the one before" in reply.content.decode()


def test_a_rule_that_is_no_number_is_shown_again(service: Service, lead: User) -> None:
    url = reverse("casework:edit_rule", args=[service.pk, "first_answer", "urgent"])
    assert client_for(lead).post(url, {"percent_1": "soon", "tell_1": "lead"}).status_code == 422


@pytest.mark.parametrize(("leg", "urgency"), [("lunch", "stat"), ("review", "stat"), ("first_answer", "soon")])
def test_there_is_no_such_page(service: Service, lead: User, leg: str, urgency: str) -> None:
    assert client_for(lead).get(reverse("casework:edit_rule", args=[service.pk, leg, urgency])).status_code == 404


# -- API --------------------------------------------------------------------------------------------------------------


def test_the_api_tells_what_it_takes(service: Service, asker: User) -> None:
    told = client_for(asker).get(f"/api/v1/services/{service.pk}/intake/").json()
    assert (told["urgencies"], told["allocation"], told["capacity"]) == (
        ["stat", "urgent", "routine"],
        "self_claim",
        None,
    )


def test_the_api_sets_it(service: Service, lead: User) -> None:
    reply = client_for(lead).patch(
        f"/api/v1/services/{service.pk}/intake/", {"urgencies": ["routine"], "version": service.version},
        content_type="application/json",
    )  # fmt: skip
    assert (reply.status_code, stored(service).urgencies) == (200, [3])


def test_the_api_tells_and_sets_the_rules(service: Service, lead: User) -> None:
    client, url = client_for(lead), f"/api/v1/services/{service.pk}/escalation/"
    said = {"leg": "information", "urgency": "routine", "steps": [{"percent": 90, "tell": "lead"}]}
    told = client.put(url, said, content_type="application/json").json()
    assert (told["own"], told["steps"]) == (True, [{"percent": 90, "tell": "lead"}])
    listed = client.get(url).json()["results"]
    assert [row["own"] for row in listed].count(True) == 1


def test_usual_borders_lie_in_order() -> None:
    assert list(AGE_LIMITS) == sorted(AGE_LIMITS)
