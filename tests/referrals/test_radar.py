"""The radar finds the children without a next step, all of them and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
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
from referrals.models import Referral, Transport
from referrals.queries.radar import DAY_STEPS, LOST, lost_ranges, radar, radar_panel
from referrals.states import OPEN_STEPS, Mode, Step
from tests.cast import actor_for, client_for
from tests.factories.people import make_staff
from tests.referrals.rows import referral_at, way_to

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
    with acting_as(actor), django_assert_num_queries(2) as asked:
        assert len(radar(actor).items) == many
    assert sum("referrals_referral" in query["sql"] for query in asked) == 1


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


def test_each_range_is_read_in_the_order_of_its_index(service: Service, coordinator: User) -> None:
    """By service and by sending house, without a sort, also from the middle."""
    actor = actor_for(coordinator)
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        for part in lost_ranges([service], actor.institution_ids(Role.COORDINATOR)):
            plan = part.order_by(*URGENT_FIRST).values("id")[:26].explain()
            assert "casework_case_" in plan, plan
            assert "Sort" not in plan, plan
