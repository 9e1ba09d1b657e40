"""The radar finds the children without a next step, all of them and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.casework.models import Case, Clock, Service
from consortium.casework.queries.worklists import URGENT_FIRST
from consortium.casework.states import Ball, Leg, Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from referrals.models import Referral, Transport, Unwatched
from referrals.queries.radar import LOST, lost_ranges, radar, radar_panel
from referrals.states import DAY_STEPS, OPEN_STEPS, Mode, Step
from tests.cast import actor_for, client_for
from tests.factories.cases import make_asked, make_service
from tests.factories.people import make_staff
from tests.referrals.rows import referral_at, way_to
from tests.referrals.watched import wrongly_watched

pytestmark = pytest.mark.django_db
LATE, AHEAD = timedelta(hours=-2), timedelta(hours=2)
Plant = Callable[..., Referral]


@pytest.fixture
def plant(asker: User, patient: Patient, service: Service, coordinator: User) -> Plant:
    def made(step: str, **how: Any) -> Referral:
        return referral_at(step, patient, asker, service, **how)

    return made


def found(user: User, **how: Any) -> list[Any]:
    actor = actor_for(user)
    with acting_as(actor):
        return [item["id"] for item in radar(actor, **how).items]


#: what is lost: (step, how)
PLANTED: list[tuple[str, dict[str, Any]]] = [
    (Step.REQUESTED, {}),
    (Step.SEEN, {}),
    (Step.DECLINED, {"ball": Ball.COORDINATOR}),
    (Step.ACCEPTED, {}),
    (Step.SCHEDULED, {"ball": Ball.FAMILY, "escalates": AHEAD}),
    (Step.UNATTENDED, {}),
    (Step.EN_ROUTE, {"ball": Ball.TRANSPORT, "escalates": AHEAD}),
    (Step.UNDER_CARE, {}),
    (Step.OUTCOME_SENT, {"ball": Ball.COORDINATOR}),
    (Step.FOLLOWING, {"escalates": AHEAD}),
]


def test_it_finds_exactly_the_ten_planted(plant: Plant, coordinator: User) -> None:
    lost = {plant(step, due=LATE, **how).pk for step, how in PLANTED}
    for step in OPEN_STEPS:
        plant(step, due=AHEAD, escalates=AHEAD)
        if step not in DAY_STEPS:
            plant(step, due=LATE, escalates=AHEAD)
    for step in (Step.CLOSED, Step.FOLLOWED, Step.CANCELLED, Step.ENDED):
        plant(step, due=LATE)
    assert len(lost) == 10
    assert set(found(coordinator, size=200)) == lost


def test_one_without_any_clock_is_lost(plant: Plant, coordinator: User) -> None:
    made = plant(Step.SEEN, due=LATE, clocked=False)
    assert found(coordinator) == [made.pk]


def test_a_paused_clock_is_no_next_step(plant: Plant, coordinator: User) -> None:
    made = plant(Step.SEEN, due=LATE, escalates=AHEAD)
    Clock.unscoped.filter(case_id=made.pk).update(paused_at=clock.now(), pause_reason="information")
    assert found(coordinator) == [made.pk]


def test_whoever_moves_it_takes_it_off(plant: Plant, coordinator: User) -> None:
    made = plant(Step.SEEN, due=LATE)
    assert found(coordinator) == [made.pk]
    Case.unscoped.filter(pk=made.pk).update(due_at=clock.now() + AHEAD)
    assert found(coordinator) == []


def test_the_most_urgent_first_then_the_longest_overdue(plant: Plant, coordinator: User) -> None:
    routine = plant(Step.SEEN, due=timedelta(days=-9))
    older, newer = plant(Step.SEEN, due=timedelta(days=-3)), plant(Step.SEEN, due=timedelta(days=-1))
    stat = plant(Step.SEEN, due=LATE, priority=Priority.STAT)
    assert found(coordinator) == [stat.pk, routine.pk, older.pk, newer.pk]


def test_page_by_page_it_shows_each_once(plant: Plant, coordinator: User) -> None:
    made = {plant(Step.SEEN, due=timedelta(hours=-n)).pk for n in range(1, 6)}
    actor, after, seen = actor_for(coordinator), "", []
    with acting_as(actor):
        while True:
            page = radar(actor, after=after, size=2)
            seen += [item["id"] for item in page.items]
            if not (after := page.next_cursor):
                break
    assert len(seen) == 5
    assert set(seen) == made


def test_the_office_that_sent_the_child_sees_it_too(plant: Plant, community: Institution) -> None:
    near = make_staff("near", community, Role.COORDINATOR)
    made = plant(Step.FOLLOWING, due=LATE)
    assert found(near) == [made.pk]


def test_an_office_of_both_sides_sees_it_once(plant: Plant, coordinator: User, community: Institution) -> None:
    both = make_staff("both", community, Role.COORDINATOR)
    Membership.unscoped.filter(user=coordinator).update(user=both)
    made = plant(Step.SEEN, due=LATE)
    assert found(both) == [made.pk]


def test_another_office_sees_nothing(plant: Plant, unrelated: Institution) -> None:
    plant(Step.SEEN, due=LATE)
    assert found(make_staff("far", unrelated, Role.COORDINATOR)) == []


def test_who_coordinates_nothing_asks_nothing(asker: User, django_assert_num_queries: Any) -> None:
    actor = actor_for(asker)
    with acting_as(actor), django_assert_num_queries(0):
        assert radar(actor).items == []
        assert radar_panel(actor) is None


@pytest.mark.parametrize("many", [1, 3])
def test_one_query_finds_them_however_many(
    plant: Plant, coordinator: User, many: int, django_assert_num_queries: Any
) -> None:
    for _each in range(many):
        plant(Step.SEEN, due=LATE)
    actor = actor_for(coordinator)
    with acting_as(actor), django_assert_num_queries(1) as asked:
        assert len(radar(actor).items) == many
    assert "referrals_unwatched" in asked[0]["sql"]


def test_every_open_step_has_its_words() -> None:
    assert set(LOST) == set(OPEN_STEPS)
    assert all(way_to(step) for step in OPEN_STEPS)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_lost_what_next_and_whom_to_call(plant: Plant, coordinator: User) -> None:
    made = plant(Step.EN_ROUTE, due=LATE, escalates=AHEAD, leg=Leg.ARRIVAL)
    Transport.unscoped.create(case=made.case, mode=Mode.RETRIEVAL, phone="139 0000 0001", arranged_at=clock.now())
    text = client_for(coordinator).get("/referrals/radar/").content.decode()
    assert "On the way, and not arrived" in text
    assert "Call the vehicle, then the receiving hospital" in text
    for number in ("139 0000 0001", "021 5555 0142", "021 5555 0100"):
        assert number in text


def test_the_page_names_no_child_to_who_may_not_know_it(plant: Plant, coordinator: User, patient: Patient) -> None:
    plant(Step.SEEN, due=LATE)
    text = client_for(coordinator).get("/referrals/radar/").content.decode()
    assert "Girl, " in text
    assert patient.name not in text


def test_looking_is_one_entry_of_the_readers_own(plant: Plant, coordinator: User) -> None:
    plant(Step.SEEN, due=LATE)
    client_for(coordinator).get("/referrals/radar/")
    assert Entry.unscoped.filter(actor_id=coordinator.pk, verb="list-read", facts__what="radar").count() <= 1


def test_an_empty_radar_says_so(coordinator: User, service: Service) -> None:
    assert "No child is lost" in client_for(coordinator).get("/referrals/radar/").content.decode()


def test_it_follows_the_queues_and_what_the_own_house_sent(
    plant: Plant, coordinator: User, service: Service, hospital: Institution
) -> None:
    """As a worklist does: by the bells of every act on a case that it may show."""
    text = client_for(coordinator).get("/referrals/radar/").content.decode()
    assert f"queue:{service.pk}@" in text and f"asked:{hospital.pk}@" in text


def test_htmx_gets_the_list_alone(plant: Plant, coordinator: User) -> None:
    made = plant(Step.SEEN, due=LATE)
    text = client_for(coordinator).get("/referrals/radar/", headers={"HX-Request": "true"}).content.decode()
    assert str(made.pk) in text and "<html" not in text


def test_the_radar_is_the_coordinators(asker: User) -> None:
    assert client_for(asker).get("/referrals/radar/").status_code == 403


def test_a_cursor_of_somebodys_own_making_is_refused(coordinator: User, service: Service) -> None:
    assert client_for(coordinator).get("/referrals/radar/?after=nonsense").status_code == 422


def test_it_is_linked_from_the_coordinators_start(plant: Plant, coordinator: User) -> None:
    plant(Step.DECLINED, due=LATE, ball=Ball.COORDINATOR)
    text = client_for(coordinator).get(reverse("casework:worklist")).content.decode()
    assert "/referrals/radar/" in text
    assert "Declined, and no other place was found" in text


# --- what it reads


def test_each_range_is_read_in_the_order_of_its_index(hospital: Institution) -> None:
    """Of each side and urgency, without a sort and up to the present only."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        parts = lost_ranges([hospital.pk])
        plans = [part.order_by(*URGENT_FIRST).values("pk")[:26].explain() for part in parts]
    assert len(plans) == 2 * len(Priority)
    for plan in plans:
        assert "Index Only Scan using referrals_radar_" in plan, plan
        assert "due_at <" in plan and "priority =" in plan and "Filter" not in plan and "Sort" not in plan, plan


def test_its_indexes_are_of_both_sides(hospital: Institution) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        plans = [part.order_by(*URGENT_FIRST).values("pk").explain() for part in lost_ranges([hospital.pk])]
    assert [plan.count("referrals_radar_received") for plan in plans] == [1, 1, 1, 0, 0, 0]
    assert [plan.count("referrals_radar_sent") for plan in plans] == [0, 0, 0, 1, 1, 1]


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in _nodes(part))]


def _read_of(nodes: list[dict[str, Any]], table: str) -> int:
    """How many rows of `table` were looked at."""
    own = [node for node in nodes if node.get("Relation Name") == table]
    return sum(
        round((n["Actual Rows"] + n.get("Rows Removed by Filter", 0)) * n["Actual Loops"]) for n in own
    )  # fmt: skip


def test_a_page_reads_as_many_rows_as_it_shows(plant: Plant, coordinator: User) -> None:
    """However many others are late and told of, or wait for a day that is still to come."""
    for _each in range(4):
        plant(Step.SEEN, due=LATE, escalates=AHEAD)
        plant(Step.SCHEDULED, due=AHEAD, escalates=AHEAD)
    lost = {plant(Step.SEEN, due=LATE).pk for _each in range(3)}
    actor = actor_for(coordinator)
    with acting_as(actor), CaptureQueriesContext(connection) as asked:
        assert {item["id"] for item in radar(actor).items} == lost
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked[0]['sql']}")
        nodes = _nodes(cursor.fetchone()[0][0]["Plan"])
    assert _read_of(nodes, "referrals_unwatched") == len(lost)
    assert _read_of(nodes, "casework_clock") == len(lost)
    assert _read_of(nodes, "casework_case") <= 2 * len(lost)


# --- its rows, which the database keeps


def test_the_rows_are_the_rule_for_every_step_and_clock(plant: Plant) -> None:
    for step in (*OPEN_STEPS, Step.CLOSED, Step.CANCELLED):
        plant(step)
        plant(step, clocked=False)
        plant(step, escalates=AHEAD)
    assert wrongly_watched() == []
    assert Unwatched.unscoped.count() == 2 * len(OPEN_STEPS) + len(DAY_STEPS)


@pytest.mark.parametrize(
    ("of", "change", "stands"),
    [
        (Case, {"priority": Priority.URGENT}, True),
        (Case, {"due_at": datetime(2030, 1, 1, tzinfo=UTC)}, True),
        (Case, {"submitted_at": None}, False),
        (Case, {"is_open": False, "ball": Ball.NONE, "closed_at": datetime(2030, 1, 1, tzinfo=UTC)}, False),
        (Clock, {"escalates_at": datetime(2030, 1, 1, tzinfo=UTC)}, False),
        (Clock, {"stopped_at": datetime(2030, 1, 1, tzinfo=UTC)}, True),
    ],
)
def test_whatever_is_written_of_it_they_follow(plant: Plant, of: Any, change: dict[str, Any], stands: bool) -> None:
    made = plant(Step.SEEN)
    of.unscoped.filter(**{"pk" if of is Case else "case_id": made.pk}).update(**change)
    assert Unwatched.unscoped.filter(pk=made.pk).exists() is stands
    assert wrongly_watched() == []


def test_they_follow_the_services_that_are_asked(plant: Plant, service: Service, unrelated: Institution) -> None:
    made, elsewhere = plant(Step.SEEN), make_service(unrelated, service.specialty)
    Case.unscoped.filter(pk=made.pk).update(service=elsewhere)
    assert Unwatched.unscoped.get(pk=made.pk).receiver_id == unrelated.pk


def test_they_follow_the_step_alone(plant: Plant) -> None:
    made = plant(Step.ACCEPTED, escalates=AHEAD)
    assert not Unwatched.unscoped.exists()
    Referral.unscoped.filter(pk=made.pk).update(step=Step.SCHEDULED)
    assert Unwatched.unscoped.filter(pk=made.pk).exists()


def test_they_go_with_what_they_are_of(plant: Plant) -> None:
    made, other = plant(Step.SEEN), plant(Step.ACCEPTED, escalates=AHEAD)
    Clock.unscoped.filter(case_id=other.pk).delete()
    assert Unwatched.unscoped.filter(pk=other.pk).exists()
    Referral.unscoped.filter(pk=made.pk).delete()
    assert set(Unwatched.unscoped.values_list("pk", flat=True)) == {other.pk}


def test_a_question_never_stands_there(patient: Patient, asker: User, community: Institution, service: Service) -> None:
    asked = make_asked(patient, asker, community, service)
    Clock.unscoped.filter(case_id=asked.pk).update(escalates_at=None)
    assert not Unwatched.unscoped.exists()


def test_they_say_which_referral_and_from_when(plant: Plant) -> None:
    made = plant(Step.SEEN)
    row = Unwatched.unscoped.get()
    assert str(row) == f"{made.pk} from {row.due_at:%F %R}"
