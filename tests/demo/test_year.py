"""The year of the demonstration: believable by its plan, told by the users' operations, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from consortium.calls.events import RoomEnded
from consortium.casework.models import Case
from consortium.casework.states import Priority
from consortium.demo import tasks
from consortium.demo.operations import load, tell_piece
from consortium.demo.operations.history import month_of, tell_once
from consortium.demo.operations.planning import Plan, plans_of
from consortium.demo.operations.settling import World, found_again
from consortium.demo.story import year
from consortium.journal.queries import chain_faults
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consultations.models import Consultation, Meeting, OutcomeChase
from consultations.receivers.meeting import note_room_ended
from consultations.states import Step

WINTER, SUMMER = date(2026, 1, 1), date(2026, 7, 1)
YEAR = [plan for months_ago in range(12) for plan in plans_of(date(2026, 12 - months_ago, 1), months_ago)]


def test_a_year_has_hundreds_of_questions_over_all_services() -> None:
    assert 300 < len(YEAR) < 600
    assert {plan.service for plan in YEAR} == set(year.BY_MONTH)


def test_the_same_month_is_the_same_story() -> None:
    assert plans_of(WINTER, 3) == plans_of(WINTER, 3)


def test_coughs_come_in_winter_and_skins_in_summer() -> None:
    winter, summer = (Counter(plan.service for plan in plans_of(month, 0)) for month in (WINTER, SUMMER))
    assert winter["respiratory"] > summer["respiratory"]
    assert winter["dermatology"] < summer["dermatology"]


def test_every_question_has_a_key_of_its_own() -> None:
    assert len({plan.key for plan in YEAR}) == len(YEAR)


def test_routine_questions_are_sent_on_working_days_by_day() -> None:
    routine = [plan for plan in YEAR if plan.priority == Priority.ROUTINE]
    assert {plan.sent.weekday() for plan in routine} <= set(range(5))
    assert {plan.sent.hour for plan in routine} <= set(range(8, 18))


def test_nobody_answers_a_routine_question_at_night() -> None:
    routine = [plan for plan in YEAR if plan.priority == Priority.ROUTINE]
    assert {(plan.sent + plan.answered).hour for plan in routine} <= set(range(8, 18))


def test_what_is_urgent_comes_at_any_hour() -> None:
    assert [p for p in YEAR if p.priority < Priority.ROUTINE and not 7 <= p.sent.hour < 19]


def test_people_were_slower_at_the_beginning() -> None:
    def middle(months_ago: int) -> timedelta:
        urgent = sorted(p.answered for p in plans_of(WINTER, months_ago) if p.priority == Priority.URGENT)
        return urgent[len(urgent) // 2]

    assert middle(12) > middle(0)


@pytest.mark.parametrize("name", ["informed", "declined", "disputed", "opinion", "video", "second", "corrected"])
def test_every_turn_is_taken_by_some_and_not_by_most(name: str) -> None:
    some = [plan for plan in YEAR if getattr(plan, name)]
    assert 0 < len(some) < len(YEAR) / 3


def test_every_end_is_met() -> None:
    assert {plan.end for plan in YEAR} == {"close_out", "lapse", "withdraw"}


def test_a_question_is_answered_after_it_was_taken() -> None:
    assert [plan for plan in YEAR if plan.answered <= plan.taken] == []


@pytest.mark.parametrize(("this", "ago", "first"), [(0, 0, date(2026, 3, 1)), (0, 3, date(2025, 12, 1))])
def test_months_are_counted_back_over_the_new_year(this: int, ago: int, first: date) -> None:
    from datetime import UTC, datetime

    with clock.moved(datetime(2026, 3, 9, 12, tzinfo=UTC) - clock.now()):
        assert month_of(ago) == first


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The demonstration, loaded once for these tests."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        load()
        with acting_as(system("test")):
            yield found_again()
        transaction.set_rollback(True)


def some_plan(**changes: Any) -> Plan:
    """A question of three months ago that took no turn, but those asked for."""
    plain = {
        "informed": False, "declined": False, "disputed": False, "opinion": "", "second": False, "corrected": False,
        "video": "",
        "end": "close_out", "priority": Priority.ROUTINE, "service": "respiratory", "specialist": "gulan",
        "place": "willow", "born": None,
    }  # fmt: skip
    plan = plans_of(month_of(3), 3)[0]
    return replace(plan, **{**plain, **changes})


def told(world: World, plan: Plan) -> Consultation:
    with acting_as(system("test")):
        assert tell_once(world, plan)
        found: Consultation = Consultation.unscoped.select_related("case").get(case__request_key=plan.key)
    return found


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, Step.CLOSED), ({"end": "lapse"}, Step.CLOSED_UNREVIEWED), ({"end": "withdraw"}, Step.WITHDRAWN),
        ({"informed": True, "second": True}, Step.CLOSED), ({"corrected": True}, Step.CLOSED),
        ({"opinion": "qianwen"}, Step.CLOSED), ({"declined": True}, Step.CLOSED),
        ({"declined": True, "disputed": True}, Step.CLOSED),
    ],
)  # fmt: skip
def test_each_way_is_gone_to_its_end(world: World, changes: dict[str, Any], step: Step) -> None:
    assert told(world, some_plan(**changes)).step == step


def test_it_happened_when_the_plan_says(world: World) -> None:
    plan = some_plan()
    case = told(world, plan).case
    assert case.submitted_at is not None
    assert abs(case.submitted_at - plan.sent) < timedelta(seconds=30)


def called(world: World, video: str, hours: float) -> Meeting:
    """The call of a question that was answered so many hours after it was taken."""
    taken = timedelta(minutes=9)
    plan = some_plan(video=video, taken=taken, answered=taken + timedelta(hours=hours))
    found: Meeting = Meeting.unscoped.select_related("room").get(case=told(world, plan).case)
    return found


@pytest.mark.parametrize("hours", [0.5, 3])
@pytest.mark.parametrize("rung", ["video", "audio", "stills", "written"])
def test_a_call_is_held_as_far_down_the_ladder_as_the_plan_says(world: World, rung: str, hours: float) -> None:
    meeting = called(world, rung, hours)
    assert (meeting.step, meeting.outcome, meeting.absent) == ("ended", rung, "")
    assert (meeting.booking_id is not None) == (hours > 1)


@pytest.mark.parametrize("who", ["asker", "specialist"])
def test_a_call_to_which_one_side_did_not_come_is_missed(world: World, who: str) -> None:
    meeting = called(world, f"no_{who}", 3)
    assert (meeting.step, meeting.absent) == ("missed", who)


def test_a_call_that_was_called_off_had_nobody(world: World) -> None:
    meeting = called(world, "cancelled", 3)
    assert (meeting.step, meeting.room.step if meeting.room else "") == ("cancelled", "cancelled")


@pytest.mark.parametrize(("video", "hours"), [("cancelled", 0.5), ("video", 0.1), ("", 3)])
def test_some_questions_need_or_have_time_for_none(world: World, video: str, hours: float) -> None:
    with pytest.raises(Meeting.DoesNotExist):
        called(world, video, hours)


def test_the_call_happened_in_its_time(world: World) -> None:
    """What the room tells after the commit finds it told: nothing of last spring ends today."""
    meeting = called(world, "video", 3)
    assert meeting.ended_at is not None
    assert meeting.ended_at < clock.now() - timedelta(days=20)
    assert meeting.room is not None
    note_room_ended(0, RoomEnded(meeting.room.pk, meeting.case_id, "video", "completed"))
    before, after = meeting.ended_at, Meeting.unscoped.get(pk=meeting.pk).ended_at
    assert before == after


def test_more_calls_succeed_than_in_the_trial_and_not_all() -> None:
    tried = [plan.video for plan in YEAR if plan.video and plan.video != "cancelled"]
    assert 40 < len(tried) < 120
    assert 0.6 < tried.count("video") / len(tried) < 0.9


def test_a_disputed_decline_ends_with_the_lead(world: World) -> None:
    found = told(world, some_plan(declined=True, disputed=True))
    assert found.case.responder_id == world.people["lead"].pk
    assert found.disputed_at is not None


@pytest.mark.parametrize(("avoided", "outcome"), [(True, "resolved"), (False, "improved")])
def test_three_weeks_later_the_clinic_tells_how_the_child_is(world: World, avoided: bool, outcome: str) -> None:
    chase = OutcomeChase.unscoped.get(case=told(world, some_plan(avoided=avoided)).case)
    assert (chase.step, chase.outcome) == ("known", outcome)


def test_what_was_closed_lately_is_asked_for_later(world: World) -> None:
    lately = clock.now() - timedelta(days=6)
    case = told(world, some_plan(sent=lately, taken=timedelta(minutes=9), answered=timedelta(hours=1))).case
    assert OutcomeChase.unscoped.get(case=case).step == "pending"


def test_a_question_is_told_once(world: World) -> None:
    plan = some_plan()
    told(world, plan)
    with acting_as(system("test")):
        assert tell_once(world, plan) is False
    assert Case.unscoped.filter(request_key=plan.key).count() == 1


def test_what_would_end_today_is_not_told(world: World) -> None:
    with acting_as(system("test")):
        assert tell_once(world, replace(some_plan(), sent=clock.now() - timedelta(hours=3))) is False


def test_what_can_no_longer_happen_was_never_asked(world: World) -> None:
    plan = some_plan(specialist="community")
    with acting_as(system("test")):
        assert tell_once(world, plan) is False
    assert not Case.unscoped.filter(request_key=plan.key).exists()


def test_a_piece_of_a_month_and_the_chains_hold(world: World) -> None:
    before = Case.unscoped.count()
    with acting_as(system("test")):
        assert tell_piece(4, 0, -1) == 1
    assert Case.unscoped.count() == before + 1
    assert list(chain_faults()) == []


def test_a_month_ends(world: World) -> None:
    last = len(plans_of(month_of(4), 4)) - 1
    with acting_as(system("test")):
        assert tell_piece(4, last, -1) is None


def asked_after(monkeypatch: pytest.MonkeyPatch, piece: Any, month: int, start: int) -> Any:
    """What the task asks for when its piece gives, or raises, that."""
    asked: list[Any] = []

    def told(months_ago: int, start: int, seconds: float) -> Any:
        if isinstance(piece, Exception):
            raise piece
        return piece

    monkeypatch.setattr(tasks, "tell_piece", told)
    monkeypatch.setattr(tasks.history, "apply_async", lambda args, countdown: asked.append(args))
    monkeypatch.setattr(tasks.settle_inboxes, "apply_async", lambda countdown: asked.append("inboxes"))
    tasks.history(month, start)
    return asked


@pytest.mark.parametrize(
    ("piece", "month", "start", "asked"),
    [
        (7, 0, 3, (0, 7)), (None, 0, 3, (1, 0)), (None, 12, 3, "inboxes"), (SoftTimeLimitExceeded(), 2, 3, (2, 3)),
        (ValueError(), 2, 3, (2, 4)),
    ],
)  # fmt: skip
def test_the_next_piece_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, piece: Any, month: int, start: int, asked: Any
) -> None:
    assert asked_after(monkeypatch, piece, month, start) == [asked]


def test_a_month_begins_with_the_notices_that_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(tasks, "read_old_notices", lambda: read.append(1))
    asked_after(monkeypatch, 7, 0, 0)
    assert read == [1]
