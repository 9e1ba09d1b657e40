"""How the room's thinking moved: counted as one would by hand, and no tier of few is shown apart."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from consortium.kernel import clock
from consortium.people.models import User
from courses.live.models import CaseVote, Lecture, Poll, TeachingCase, Vote
from courses.live.queries.staging import votes_planned
from courses.live.queries.thinking import counted, moved, room_votes, thinking
from courses.live.room.flow import BAR, drawn
from tests.courses.live.staged.cases import OPTIONS, prepared, spot
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db

PEOPLE = 14
#: for each person their tier, and what they answered to each of three votes (None: nothing)
ROOMS = some.lists(
    some.tuples(
        some.sampled_from([None, 1, 2, 3]),
        some.tuples(*[some.none() | some.integers(0, len(OPTIONS) - 1)] * 3),
        some.sampled_from([None, 1, 2, 3]),
    ),
    max_size=PEOPLE,
)


@pytest.fixture
def people() -> list[User]:
    return [make_user(f"voter-{number}") for number in range(PEOPLE)]


@pytest.fixture
def asked(lecturer: User, lecture: Lecture, taught: TeachingCase) -> list[Poll]:
    return [prepared(lecturer, lecture, stage) for stage in (1, 2, 3)]


def fill(asked: list[Poll], people: list[User], room: Any) -> None:
    Vote.unscoped.bulk_create(
        Vote(poll=poll, user=user, choice=[answer], tier=tier, confidence=sure, at=clock.now())
        for user, (tier, answers, sure) in zip(people, room, strict=False)
        for poll, answer in zip(asked, answers, strict=True)
        if answer is not None
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(room=ROOMS)
def test_it_is_what_one_counts_by_hand(asked: list[Poll], people: list[User], room: Any) -> None:
    ids = [poll.pk for poll in asked]
    with transaction.atomic():
        fill(asked, people, room)
        shares, moves = counted(ids), moved(ids)
        told = thinking(votes_planned(asked[0].lecture_id), compared=False)
        transaction.set_rollback(True)
    for step in range(3):
        by_hand = Counter((tier, answers[step]) for tier, answers, _ in room if answers[step] is not None)
        found = {(tier, a): n for tier, counts in shares[step].tiers.items() for a, n in counts.items()}
        assert found == by_hand
        sure = [sure for _tier, answers, sure in room if answers[step] == 0 and sure is not None]
        assert shares[step].sure.get(0, (0, 0)) == (sum(sure), len(sure))
        assert sum(row.count for row in told.steps[step].rows) == sum(by_hand.values())
    for step in range(2):
        changed = Counter(
            (tier, answers[step], answers[step + 1])
            for tier, answers, _ in room
            if answers[step] is not None and answers[step + 1] is not None
        )
        went = {(tier, *pair): n for tier, pairs in moves[step].items() for pair, n in pairs.items()}
        assert went == changed
        assert told.between[step].people == sum(changed.values())
    apart = [one.tiers for one in told.steps] + [one.tiers for one in told.between]
    assert all(n >= 5 for tiers in apart for _name, n in tiers)


def test_a_tier_of_few_is_not_shown_apart_nor_one_that_betrays_it(asked: list[Poll], people: list[User]) -> None:
    fill(asked, people, [(1, (0, 0, 0), None)] * 6 + [(3, (1, 1, 1), 2)] * 7 + [(2, (2, 2, 2), None)])
    step = thinking(votes_planned(asked[0].lecture_id), compared=False).steps[0]
    assert [name for name, _n in step.tiers] == ["Children's hospital"]
    assert [(row.count, row.percent, row.tiers) for row in step.rows] == [
        (6, 43, [(0, 0)]), (7, 50, [(7, 100)]), (1, 7, [(0, 0)]),
    ]  # fmt: skip
    assert [row.sure for row in step.rows] == [None, 2.0, None]


def test_compared_it_says_what_was_right_and_what_happened(asked: list[Poll], people: list[User]) -> None:
    CaseVote.unscoped.filter(poll=asked[0]).update(manual_pathway="rash", manual_version=3, manual_node="kawasaki")
    votes = votes_planned(asked[0].lecture_id)
    plain, whole = thinking(votes, compared=False), thinking(votes, compared=True)
    assert [(step.happened, any(row.right for row in step.rows)) for step in plain.steps] == [("", False)] * 3
    assert [[row.right for row in step.rows] for step in whole.steps] == [[False, True, False]] * 3
    assert whole.steps[0].happened == "It was Kawasaki disease."
    assert [step.manual and step.manual["branch"] for step in whole.steps] == ["Refer today", None, None]


def test_a_place_counts_as_right_when_it_is_near(
    lecturer: User, lecture: Lecture, taught: TeachingCase, people: list[User]
) -> None:
    poll = spot(lecturer, lecture, taught)
    for user, choice in zip(people, ([0.25, 0.5], [0.25, 0.59], [0.25, 0.61], [0.9, 0.9]), strict=False):
        Vote.unscoped.create(poll=poll, user=user, choice=choice, at=clock.now())
    [step] = thinking(votes_planned(lecture.pk), compared=True).steps
    assert [(row.count, row.right) for row in step.rows] == [(2, True), (2, False)]


def test_the_room_is_told_of_closed_votes_and_the_crew_of_open_ones(asked: list[Poll]) -> None:
    Poll.unscoped.filter(pk=asked[0].pk).update(opened_at=clock.now(), closed_at=clock.now())
    Poll.unscoped.filter(pk=asked[1].pk).update(opened_at=clock.now())
    votes = votes_planned(asked[0].lecture_id)
    assert [vote.number for vote in room_votes(votes, crew=False)] == [1]
    assert [vote.number for vote in room_votes(votes, crew=True)] == [1, 2]


def test_nothing_asked_nothing_drawn() -> None:
    assert thinking([], compared=True).steps == []
    assert drawn([[0, 0]], []).bars[0].height == 0


@given(some.lists(some.lists(some.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=2))
def test_a_band_lies_within_the_bars_at_its_ends(columns: list[list[int]]) -> None:
    """Everybody stays with their answer, as far as there are as many on the other side."""
    moves = {(a, a): min(columns[0][a], columns[1][a]) for a in range(3) if min(columns[0][a], columns[1][a])}
    picture = drawn(columns, [moves])
    bars = {(bar.step, bar.answer): bar for bar in picture.bars}
    for band in picture.bands:
        assert band.width <= bars[0, band.before].height + 0.01
        assert band.width <= bars[1, band.after].height + 0.01
    assert all(bar.x + BAR <= picture.width and bar.y + bar.height <= picture.height for bar in picture.bars)
