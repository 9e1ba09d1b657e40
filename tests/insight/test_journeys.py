"""One row of numbers out of a referral's rows: each leg, and each question with its answer or none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from consortium.casework.models import Case, Service
from consortium.insight.models import Journey
from consortium.insight.operations import gather
from consortium.insight.states import Stage
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Referral
from referrals.operations.outcomes import acknowledge
from referrals.states import Destination, FollowUpStep, Kind, Place, Step
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.factories.people import make_specialty
from tests.insight.conftest import NOW, Consortium, ago
from tests.insight.ways import Way
from tests.referrals import cared

pytestmark = pytest.mark.django_db
HOUR, DAY = 60, 1440


def row(way: Way) -> Journey:
    """Counted; its numbers."""
    with acting_as(system("test")):
        gather([way.case.pk])
    return Journey.unscoped.get(pk=way.case.pk)


def minutes(seconds: int | None) -> int | None:
    return None if seconds is None else seconds // 60


@pytest.fixture
def whole(told: Consortium) -> Way:
    """Seen after 10 minutes, accepted after 30, booked, departed, arrived, noted, discharged, told, acknowledged."""
    way = Way(told, ago(20), Step.CLOSED, indication_pathway="cough", indication_version=3, indication_id="danger")
    way.seen(10).accepted(30).booked(50).travelled(100, 160).arrived(160).stayed(170, 3 * DAY)
    return way.noted(400).told(3 * DAY + 90, appropriateness="too_late").acknowledged(4 * DAY + 90, "different", 4)


def test_each_leg_is_from_one_act_to_the_next(whole: Way) -> None:
    found = row(whole)
    assert {stage: minutes(getattr(found, stage)) for stage in Stage.values} == {
        "seeing": 10, "accepting": 20, "booking": 20, "coming": 130, "travelling": 60, "noting": 240, "reporting": 90,
        "acknowledging": DAY, "taking_over": None, "to_arrival": 160, "to_close": 9 * DAY,
    }  # fmt: skip


def test_what_became_of_the_child_is_yes_or_no(whole: Way) -> None:
    found = row(whole)
    assert all((found.dated, found.arrived, found.left_care, found.returned, found.acknowledged, found.admitted))
    assert not any((found.home_in_day, found.avoidable, found.sent_back, found.incident, found.ran_over))


def test_what_both_sides_said_stands_in_it(whole: Way) -> None:
    found = row(whole)
    assert (found.appropriateness, found.concordance, found.usefulness) == ("too_late", "different", 4)


def test_the_indication_is_page_and_row_of_the_manual(whole: Way) -> None:
    assert row(whole).indication == "cough:danger"


def test_without_an_indication_none_is_cited(told: Consortium) -> None:
    assert row(Way(told, ago(1))).indication == ""


def test_the_month_is_that_of_the_sending_in_the_consortium_s_zone(told: Consortium) -> None:
    midnight = NOW.replace(month=10, day=1, hour=0, minute=5)
    assert row(Way(told, midnight)).month == midnight.date()


def test_service_institution_and_region_are_the_case_s(told: Consortium) -> None:
    found = row(Way(told, ago(1), service="heart", who="plum"))
    plum = told.places["plum"]
    assert (found.service_id, found.institution_id, found.region_id) == (
        told.services["heart"].pk, plum.pk, plum.region_id,
    )  # fmt: skip


def test_what_has_not_come_yet_has_no_time(told: Consortium) -> None:
    found = row(Way(told, ago(1)))
    assert [stage for stage in Stage.values if getattr(found, stage) is not None] == []


def test_accepted_in_one_act_it_was_seen_by_it(told: Consortium) -> None:
    found = row(Way(told, ago(1), Step.ACCEPTED).accepted(7))
    assert (minutes(found.seeing), found.accepting) == (7, 0)


def test_what_is_still_owed_has_no_time_yet(told: Consortium) -> None:
    found = row(Way(told, ago(3), Step.UNDER_CARE).accepted(5).arrived(60).stayed(60, 300))
    assert (found.booking, found.noting, found.reporting, found.acknowledging) == (None, None, None, None)


def test_the_first_service_that_looks_counts(told: Consortium) -> None:
    way = Way(told, ago(1), Step.SEEN).declined(5, "heart").seen(40)
    assert minutes(row(way).seeing) == 5


def test_a_visit_booked_before_the_acceptance_made_nobody_wait(told: Consortium) -> None:
    assert row(Way(told, ago(3), Step.SCHEDULED).booked(5).accepted(60)).booking == 0


def test_who_arrived_before_acceptance_has_no_way_from_it(told: Consortium) -> None:
    found = row(Way(told, ago(3), Step.UNDER_CARE).arrived(30).accepted(60))
    assert (found.coming, minutes(found.to_arrival)) == (None, 30)


def test_the_outcome_is_the_first_word_where_no_note_was_written(told: Consortium) -> None:
    way = Way(told, ago(3), Step.OUTCOME_SENT).accepted(5).arrived(60).stayed(60, 90).told(100)
    assert minutes(row(way).noting) == 40


def test_a_corrected_outcome_was_told_when_it_first_was(told: Consortium) -> None:
    way = Way(told, ago(9), Step.OUTCOME_SENT).accepted(5).arrived(60).stayed(60, 100)
    way.told(160).told(5 * HOUR, destination=Destination.DIED, appropriateness="too_early")
    found = row(way)
    assert (minutes(found.reporting), found.appropriateness) == (60, "too_early")


# -- came in time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent_days_ago", "came_on_day", "expected"),
    [
        (29, None, (None, None)), (31, None, (False, None)), (91, None, (False, False)), (91, 29, (True, True)),
        (91, 31, (False, True)), (100, 91, (False, False)), (29, 3, (None, None)),
    ],
)  # fmt: skip
def test_whether_it_came_is_asked_when_the_days_are_over(
    told: Consortium, sent_days_ago: int, came_on_day: int | None, expected: Any
) -> None:
    way = Way(told, ago(sent_days_ago), Step.OUTCOME_SENT)
    if came_on_day is not None:
        way.arrived(came_on_day * DAY)
    found = row(way)
    assert (found.attended_30, found.attended_90) == expected


def test_a_cancelled_one_did_not_come(told: Consortium) -> None:
    assert row(Way(told, ago(40), Step.CANCELLED)).attended_30 is False


def test_the_answer_comes_with_the_days(told: Consortium) -> None:
    way = Way(told, ago(29))
    assert row(way).attended_30 is None
    with clock.moved(NOW + timedelta(days=2) - clock.now()):
        assert row(way).attended_30 is False


# -- the stay ----------------------------------------------------------------------------------------------------------


def stay(world: Consortium, hours: int, place: str = Place.WARD, **letter: Any) -> Journey:
    way = Way(world, ago(9), Step.OUTCOME_SENT).accepted(5).arrived(60)
    way.stayed(60, 60 + hours * HOUR, place).told(90 + hours * HOUR, **letter)
    return row(way)


@pytest.mark.parametrize(("hours", "expected"), [(23, True), (24, True), (25, False)])
def test_home_within_a_day_of_arrival(told: Consortium, hours: int, expected: bool) -> None:
    assert stay(told, hours).home_in_day is expected


def test_who_died_within_a_day_did_not_go_home(told: Consortium) -> None:
    assert stay(told, 5, destination=Destination.DIED).home_in_day is False


def test_what_was_avoidable_is_the_outcome_s_own_word(told: Consortium) -> None:
    assert stay(told, 5, avoidable=True, special_care=False).avoidable is True
    assert stay(told, 5).avoidable is False


def test_a_visit_to_the_clinic_is_no_transfer(told: Consortium) -> None:
    found = stay(told, 1, Place.CLINIC)
    assert (found.admitted, found.home_in_day) == (False, None)


def test_who_is_still_there_has_not_left(told: Consortium) -> None:
    found = row(Way(told, ago(2), Step.UNDER_CARE).accepted(5).arrived(60).stayed(60))
    assert (found.arrived, found.left_care, found.returned) == (True, False, False)


def test_who_was_discharged_and_not_told_of_is_an_outcome_that_is_owed(told: Consortium) -> None:
    found = row(Way(told, ago(2), Step.UNDER_CARE).accepted(5).arrived(60).stayed(60, 300))
    assert (found.left_care, found.returned) == (True, False)


def test_between_two_wards_nobody_has_left(told: Consortium) -> None:
    found = row(Way(told, ago(2), Step.UNDER_CARE).arrived(60).stayed(60, 300).stayed(300))
    assert found.left_care is False


@pytest.mark.parametrize("incident", [False, True])
def test_an_incident_on_the_way(told: Consortium, incident: bool) -> None:
    found = row(Way(told, ago(1), Step.EN_ROUTE).travelled(10, incident=incident))
    assert (found.transported, found.incident) == (True, incident)


def test_without_a_transport_there_is_none_to_ask_about(told: Consortium) -> None:
    found = row(Way(told, ago(1)))
    assert (found.transported, found.incident) == (False, None)


# -- other roads -------------------------------------------------------------------------------------------------------


def test_the_service_that_declined_last_is_named(told: Consortium) -> None:
    way = Way(told, ago(1), Step.SEEN).declined(5, "lungs").declined(9, "heart").seen(12)
    assert row(way).declined_by_id == told.services["heart"].pk


def test_a_dispute_is_one(told: Consortium) -> None:
    way = Way(told, ago(1), Step.SEEN, disputed_at=NOW, dispute_reason="She cannot wait.")
    assert row(way).disputed is True


def test_a_leg_that_ran_over_is_told(told: Consortium) -> None:
    assert row(Way(told, ago(1)).escalated()).ran_over is True


def test_a_child_who_came_unannounced_was_not_sent(told: Consortium) -> None:
    found = row(Way(told, ago(60), Step.UNDER_CARE, unannounced=True).accepted(0).stayed(0))
    assert found.unannounced is True
    assert (found.dated, found.attended_30, found.seeing, found.to_arrival) == (None, None, None, None)
    assert found.arrived is True


@pytest.fixture
def centre(told: Consortium) -> Service:
    return make_service(told.places["willow"], make_specialty("general"))


def back(world: Consortium, centre: Service, parent: Case | None = None, **more: Any) -> Way:
    return Way(world, ago(9), Step.FOLLOWING, kind=Kind.BACK, to=centre, who="plum", parent=parent, **more)


def test_a_back_referral_is_no_coming_up(told: Consortium, centre: Service) -> None:
    found = row(back(told, centre).seen(5).accepted(9).taken_over(30))
    assert minutes(found.taking_over) == 30
    asked_of_others = ("seeing", "accepting", "dated", "attended_30", "arrived", "left_care", "sent_back")
    assert [name for name in asked_of_others if getattr(found, name) is not None] == []


def test_who_was_sent_back_is_told_of_the_referral_above(told: Consortium, centre: Service, whole: Way) -> None:
    assert row(whole).sent_back is False
    back(told, centre, whole.case)
    assert row(whole).sent_back is True


def test_a_back_referral_in_error_sent_nobody_back(told: Consortium, centre: Service, whole: Way) -> None:
    wrong = back(told, centre, whole.case)
    Case.unscoped.filter(pk=wrong.case.pk).update(entered_in_error_at=NOW)
    assert row(whole).sent_back is False


@pytest.mark.parametrize(
    ("step", "done", "expected"),
    [
        (FollowUpStep.DONE, NOW, (1, 1)), (FollowUpStep.DONE, NOW + timedelta(days=1), (1, 0)),
        (FollowUpStep.MISSED, None, (1, 0)), (FollowUpStep.RECALL, None, (1, 0)), (FollowUpStep.WORSENED, None, (1, 0)),
        (FollowUpStep.PLANNED, None, (0, 0)), (FollowUpStep.CANCELLED, None, (0, 0)),
    ],
)  # fmt: skip
def test_a_follow_up_is_on_time_on_its_day(
    told: Consortium, centre: Service, step: str, done: datetime | None, expected: Any
) -> None:
    found = row(back(told, centre).follow_up(NOW.date(), step, done))
    assert (found.visits_over, found.visits_on_time) == expected


# -- which count -------------------------------------------------------------------------------------------------------


def test_a_draft_has_no_row(told: Consortium) -> None:
    way = Way(told, ago(1), Step.DRAFT)
    Case.unscoped.filter(pk=way.case.pk).update(submitted_at=None)
    with acting_as(system("test")):
        assert gather([way.case.pk]) == set()
    assert not Journey.unscoped.filter(pk=way.case.pk).exists()


def test_what_was_entered_in_error_loses_its_row(whole: Way) -> None:
    row(whole)
    Case.unscoped.filter(pk=whole.case.pk).update(entered_in_error_at=NOW)
    with acting_as(system("test")):
        assert gather([whole.case.pk]) == {whole.sent.date().replace(day=1)}
    assert not Journey.unscoped.filter(pk=whole.case.pk).exists()


def test_the_same_referral_twice_is_one_row(whole: Way) -> None:
    first = row(whole)
    second = row(whole)
    assert {f.name: getattr(first, f.attname) for f in Journey._meta.fields} == {
        f.name: getattr(second, f.attname) for f in Journey._meta.fields
    }


def test_a_question_is_no_referral(told: Consortium) -> None:
    assert not Journey.unscoped.filter(pk__in=[case.pk for case in told.cases]).exists()


def test_the_operations_themselves_make_a_whole_row(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    """From the sending to the acknowledgement by the product's own acts, not by rows of a test."""
    referral: Referral = cared.told(asker, specialist, patient, service, special_care=False)
    by(asker, acknowledge, case_id=referral.pk, usefulness=5, concordance="partly")
    with acting_as(system("test")):
        gather([referral.pk])
    found = Journey.unscoped.get(pk=referral.pk)
    assert (found.step, found.returned, found.acknowledged, found.avoidable) == ("closed", True, True, True)
    made = {stage for stage in Stage.values if getattr(found, stage) is not None}
    assert made == {
        "seeing", "accepting", "coming", "noting", "reporting", "acknowledging", "to_arrival", "to_close",
    }  # fmt: skip


def test_a_row_names_itself(whole: Way) -> None:
    assert str(row(whole)).endswith("2026-09")
