"""Worklists: what stands in each list, in which order, and that none shows more than its reader may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from consortium.casework.models import Case, Service
from consortium.casework.queries.worklists import Desk, Narrow, Tab, order_of, ranges, worklist
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput
from consortium.kernel.pagination import write_cursor
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consultations import operations
from tests.cast import actor_for
from tests.consultations.cases import answered, by, claimed, drafted, submitted
from tests.factories.patients import make_patient


def ids(user: User, tab: Tab, **narrow: Any) -> list[UUID]:
    actor = actor_for(user)
    with acting_as(actor):
        page = worklist(Desk.of(actor), tab, narrow=Narrow(**narrow))
    return [item["id"] for item in page.items]


@pytest.fixture
def closed(asker: User, specialist: User, patient: Patient, service: Service) -> Case:
    made = answered(asker, specialist, patient, service)
    case: Case = by(asker, operations.close_out, case_id=made.pk, change="treatment", referral_avoided=True).case
    return case


@pytest.mark.parametrize(
    ("who", "tabs"),
    [
        ("asker", [Tab.MINE, Tab.ASKED, Tab.DRAFTS, Tab.CLOSED]),
        ("specialist", [Tab.MINE, Tab.QUEUE, Tab.CLOSED]),
        ("lead", [Tab.MINE, Tab.QUEUE, Tab.SERVICE, Tab.CLOSED]),
        ("coordinator", [Tab.QUEUE, Tab.SERVICE]),
        ("nurse", [Tab.ASKED, Tab.CLOSED]),
        ("auditor", []),
    ],
)
def test_each_role_lands_on_what_waits_for_it(
    who: str, tabs: list[Tab], service: Service, request: pytest.FixtureRequest
) -> None:
    actor = actor_for(request.getfixturevalue(who))
    with acting_as(actor):
        assert Desk.of(actor).tabs() == tabs


def test_where_a_case_stands_at_each_step(
    asker: User, colleague: User, specialist: User, other_specialist: User, lead: User, coordinator: User, nurse: User,
    patient: Patient, service: Service,
) -> None:  # fmt: skip
    draft = drafted(asker, patient, service).pk
    assert (ids(asker, Tab.DRAFTS), ids(colleague, Tab.DRAFTS), ids(asker, Tab.MINE)) == ([draft], [], [])
    by(asker, operations.submit, case_id=draft)
    assert ids(asker, Tab.DRAFTS) == ids(asker, Tab.MINE) == []
    for user in (asker, colleague, nurse):
        assert ids(user, Tab.ASKED) == [draft]
    for user in (specialist, other_specialist, lead):
        assert ids(user, Tab.MINE) == ids(user, Tab.QUEUE) == [draft]
    assert ids(coordinator, Tab.QUEUE) == ids(coordinator, Tab.SERVICE) == [draft]
    by(specialist, operations.claim, case_id=draft)
    assert ids(specialist, Tab.MINE) == [draft]
    assert ids(other_specialist, Tab.MINE) == ids(specialist, Tab.QUEUE) == ids(coordinator, Tab.QUEUE) == []
    assert ids(lead, Tab.SERVICE) == [draft]
    by(specialist, operations.ask_information, case_id=draft, text="Photo?")
    assert (ids(specialist, Tab.MINE), ids(asker, Tab.MINE)) == ([], [draft])
    by(asker, operations.withdraw, case_id=draft, reason="resolved")
    assert ids(asker, Tab.ASKED) == ids(asker, Tab.MINE) == ids(lead, Tab.SERVICE) == []
    assert ids(asker, Tab.CLOSED) == ids(nurse, Tab.CLOSED) == ids(specialist, Tab.CLOSED) == [draft]
    by(asker, operations.enter_in_error, case_id=draft, reason="wrong_child")
    assert ids(asker, Tab.CLOSED) == ids(specialist, Tab.CLOSED) == []


def test_no_list_shows_what_its_reader_may_not_see(
    asker: User, colleague: User, specialist: User, other_specialist: User, lead: User, coordinator: User, nurse: User,
    stranger: User, district_doctor: User, patient: Patient, service: Service, other_service: Service,
    district: Institution, closed: Case,
) -> None:  # fmt: skip
    """Every range is narrower than `Case.visible_to`: the lists do not pay for that rule, so this holds them to it."""
    theirs = make_patient(district, "Zhao Yi")
    drafted(asker, patient, service)
    submitted(asker, patient, service)
    claimed(asker, other_specialist, patient, service)
    answered(asker, specialist, patient, service)
    submitted(district_doctor, theirs, other_service)
    seen_by_anyone = 0
    for user in (asker, colleague, specialist, other_specialist, lead, coordinator, nurse, stranger, district_doctor):
        actor = actor_for(user)
        with acting_as(actor):
            visible = set(Case.objects.values_list("pk", flat=True))
            desk = Desk.of(actor)
            for tab in desk.tabs():
                shown = {pk for part in ranges(desk, tab, Narrow()) for pk in part.values_list("pk", flat=True)}
                assert shown <= visible, (user.username, tab)
                seen_by_anyone += len(shown)
            assert (user is stranger) <= (visible == set())
    assert seen_by_anyone > 20


def test_most_urgent_first_then_what_is_due_first(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = {}
    for at, priority in enumerate((Priority.ROUTINE, Priority.URGENT, Priority.STAT, Priority.URGENT)):
        with clock.moved(timedelta(seconds=-at)):
            made[at] = submitted(asker, patient, service, priority=priority).pk
    assert ids(specialist, Tab.MINE) == [made[2], made[3], made[1], made[0]]
    assert ids(specialist, Tab.MINE, priority=Priority.URGENT.value) == [made[3], made[1]]


def test_narrowed_to_a_service(
    asker: User, coordinator: User, patient: Patient, service: Service, other_service: Service
) -> None:
    first, second = submitted(asker, patient, service).pk, submitted(asker, patient, other_service).pk
    assert set(ids(coordinator, Tab.QUEUE)) == {first, second}
    assert ids(coordinator, Tab.QUEUE, service_id=other_service.pk) == [second]


@pytest.mark.parametrize("tab", [Tab.MINE, Tab.CLOSED])
def test_pages_follow_each_other_without_gap_or_repeat(
    tab: Tab, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    for _ in range(7):
        made = claimed(asker, specialist, patient, service)
        if tab is Tab.CLOSED:
            by(asker, operations.withdraw, case_id=made.pk, reason="resolved")
        else:
            submitted(asker, patient, service, priority=Priority.ROUTINE)
    actor = actor_for(specialist)
    with acting_as(actor):
        desk, after, seen = Desk.of(actor), "", []
        while True:
            page = worklist(desk, tab, narrow=Narrow(), after=after, size=3)
            seen += [item["id"] for item in page.items]
            if not (after := page.next_cursor):
                break
    assert seen == ids(specialist, tab)
    assert len(seen) == len(set(seen)) == (7 if tab is Tab.CLOSED else 14)


@pytest.mark.parametrize(
    "cursor", ["x", "%%%", write_cursor([1]), write_cursor(["a", "b", "c"]), write_cursor([[1], {}, 3]),
               write_cursor([1, "2026-01-01", "no-uuid"]), write_cursor([10**12, "2026-01-01T00:00Z", None])]
)  # fmt: skip
def test_a_cursor_that_somebody_made_up_is_refused_in_plain_words(cursor: str, specialist: User) -> None:
    actor = actor_for(specialist)
    with acting_as(actor), pytest.raises(InvalidInput):
        worklist(Desk.of(actor), Tab.MINE, narrow=Narrow(), after=cursor)


@pytest.mark.parametrize(
    ("tab", "who", "index"),
    [
        (Tab.MINE, "asker", "casework_case_mine"),
        (Tab.QUEUE, "specialist", "casework_case_"),
        (Tab.SERVICE, "lead", "casework_case_service"),
        (Tab.ASKED, "nurse", "casework_case_asked"),
        (Tab.DRAFTS, "asker", "casework_case_drafts"),
        (Tab.CLOSED, "nurse", "casework_case_asked_over"),
    ],
)
def test_each_list_is_one_range_of_its_own_index(
    tab: Tab, who: str, index: str, service: Service, request: pytest.FixtureRequest
) -> None:
    """The planner takes the list's own index, in its order, without a sort, also from the middle."""
    actor = actor_for(request.getfixturevalue(who))
    order = order_of(tab)
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        part = ranges(Desk.of(actor), tab, Narrow())[0].order_by(*order)
        plan = part.values("id")[:26].explain()
    assert index in plan, plan
    assert "Sort" not in plan, plan
