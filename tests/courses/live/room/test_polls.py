"""Polls: one open at a time, each vote once, counted from the record."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from consortium.kernel import clock
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.kernel.events import receivers_of
from consortium.people.models import Institution, User
from courses.live.events.lectures import LectureEnded
from courses.live.models.lectures import Lecture
from courses.live.models.room import Poll, RoomEvent, Vote
from courses.live.operations import polls
from courses.live.operations.lectures import end_lecture
from courses.live.queries.room import numbers_of, tallies
from courses.live.receivers.polls import close_what_is_asked
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.room.rooms import OPTIONS, anew, as_system, do, opened, prepared, vote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def redis(valkey: object) -> None:
    """What the room's board is kept in."""


def close(user: User, poll: Poll) -> Poll:
    closed: Poll = do(user, polls.close_poll, lecture_id=poll.lecture_id, poll_id=poll.pk)
    return closed


def test_a_poll_is_prepared_for_nobody_to_see(lecturer: User, lecture: Lecture) -> None:
    poll = prepared(lecturer, lecture)
    assert (poll.state, poll.options) == ("draft", list(OPTIONS))
    assert not RoomEvent.unscoped.exists()


def test_the_same_key_twice_is_one_poll(lecturer: User, lecture: Lecture) -> None:
    key = uuid4()
    assert prepared(lecturer, lecture, key=key) == prepared(lecturer, lecture, key=key)


def test_a_word_has_no_options(lecturer: User, lecture: Lecture) -> None:
    assert prepared(lecturer, lecture, "word").options == []


@pytest.mark.parametrize("options", [(), ("one",), ("one", "  "), tuple("abcdefghi")])
def test_a_choice_has_two_to_eight_options(lecturer: User, lecture: Lecture, options: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        prepared(lecturer, lecture, options=options)


def test_the_database_knows_the_kinds(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(DomainError, match="several"):
        prepared(lecturer, lecture, "guess")


def test_one_poll_is_open_at_a_time(lecturer: User, lecture: Lecture) -> None:
    opened(lecturer, lecture)
    with pytest.raises(DomainError, match="close it first"):
        opened(lecturer, lecture)


def test_what_is_open_stays_open(lecturer: User, lecture: Lecture) -> None:
    poll = opened(lecturer, lecture)
    again = do(lecturer, polls.open_poll, lecture_id=lecture.pk, poll_id=poll.pk)
    assert again.opened_at == poll.opened_at


@pytest.mark.parametrize("step", ["announced", "ended"])
def test_only_in_a_live_lecture_a_poll_opens(lecturer: User, hospital: Institution, step: str) -> None:
    lecture = given_by(lecture_at(hospital, hours=0, step=step), lecturer)
    poll = prepared(lecturer, lecture)
    with pytest.raises(WrongStep):
        do(lecturer, polls.open_poll, lecture_id=lecture.pk, poll_id=poll.pk)


def test_what_is_closed_opens_no_more_and_closes_once(lecturer: User, lecture: Lecture) -> None:
    poll = opened(lecturer, lecture)
    closed = close(lecturer, poll)
    assert close(lecturer, poll).closed_at == closed.closed_at
    with pytest.raises(WrongStep):
        do(lecturer, polls.open_poll, lecture_id=lecture.pk, poll_id=poll.pk)


def test_what_was_not_opened_is_not_closed(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(WrongStep):
        close(lecturer, prepared(lecturer, lecture))


def test_the_database_knows_which_comes_first(lecturer: User, lecture: Lecture) -> None:
    poll = prepared(lecturer, lecture)
    with pytest.raises(IntegrityError, match="lectures_poll_period"):
        Poll.unscoped.filter(pk=poll.pk).update(closed_at=clock.now())


@pytest.mark.parametrize("who", ["viewer", "moderator", "typist"])
def test_only_who_conducts_asks(lecturer: User, lecture: Lecture, who: str, request: pytest.FixtureRequest) -> None:
    user, poll = request.getfixturevalue(who), prepared(lecturer, lecture)
    for act in (polls.open_poll, polls.close_poll):
        with pytest.raises(NotPermitted):
            do(user, act, lecture_id=lecture.pk, poll_id=poll.pk)
    with pytest.raises(NotPermitted):
        prepared(user, lecture)


def test_a_poll_of_another_lecture_is_not_found(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(NotVisible):
        do(lecturer, polls.open_poll, lecture_id=lecture.pk, poll_id=uuid4())


def test_a_vote_counts_once_and_the_first_stands(lecturer: User, viewer: User, lecture: Lecture) -> None:
    poll = opened(lecturer, lecture)
    assert vote(poll, viewer, 1)
    assert vote(poll, viewer, 2)  # said again: one stands, which is what the page has to know
    assert Vote.unscoped.get().choice == [1]
    assert tallies([poll.pk]) == {poll.pk: (1, {"1": 1})}


def test_a_batch_is_one_statement(
    lecturer: User, viewer: User, other_viewer: User, lecture: Lecture, django_assert_num_queries: Any
) -> None:
    poll = opened(lecturer, lecture, "multiple")
    given = [polls.Given(poll.pk, user.pk, [0, 2]) for user in (viewer, other_viewer)]
    with django_assert_num_queries(1):
        saved = as_system(polls.save_votes, votes=given)
    assert saved == {(poll.pk, viewer.pk): [0, 2], (poll.pk, other_viewer.pk): [0, 2]}
    assert tallies([poll.pk]) == {poll.pk: (2, {"0": 2, "2": 2})}


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_where_nothing_is_asked_no_vote_counts(lecturer: User, viewer: User, lecture: Lecture, state: str) -> None:
    poll = prepared(lecturer, lecture) if state == "draft" else close(lecturer, opened(lecturer, lecture))
    assert not vote(poll, viewer, 1)
    assert not Vote.unscoped.exists()


def test_a_vote_that_was_saved_is_told_so_after_the_close(lecturer: User, viewer: User, lecture: Lecture) -> None:
    """Its page had lost the connection before it was told."""
    poll = opened(lecturer, lecture)
    vote(poll, viewer, 1)
    close(lecturer, poll)
    assert vote(poll, viewer, 1)


def test_people_do_not_save_votes_by_themselves(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(NotPermitted):
        do(lecturer, polls.save_votes, votes=[])


def test_the_end_of_a_lecture_counts_what_is_still_asked(lecturer: User, viewer: User, lecture: Lecture) -> None:
    poll, draft = opened(lecturer, lecture), prepared(lecturer, lecture)
    vote(poll, viewer, 1)
    do(lecturer, end_lecture, lecture_id=lecture.pk)
    assert any(one.run is close_what_is_asked for one in receivers_of(LectureEnded.event_name()))
    as_system(polls.close_polls, lecture_id=lecture.pk)
    closed = anew(poll)
    assert (closed.tally, closed.closed_at is not None, anew(draft).opened_at) == ({"1": 1}, True, None)


def test_people_do_not_end_all_polls_at_once(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(NotPermitted):
        do(lecturer, polls.close_polls, lecture_id=lecture.pk)


def test_the_close_keeps_what_was_counted(lecturer: User, viewer: User, other_viewer: User, lecture: Lecture) -> None:
    poll = opened(lecturer, lecture)
    vote(poll, viewer, 1)
    vote(poll, other_viewer, 0)
    closed = anew(close(lecturer, poll))
    assert (closed.votes, closed.tally) == (2, {"0": 1, "1": 1})
    told = RoomEvent.unscoped.filter(kind="poll").order_by("seq").values_list("data", flat=True)
    assert [(data["state"], data.get("tally")) for data in told] == [("open", None), ("closed", {"0": 1, "1": 1})]


def test_words_are_counted_the_most_frequent_first(
    lecturer: User, viewer: User, other_viewer: User, moderator: User, lecture: Lecture
) -> None:
    poll = opened(lecturer, lecture, "word")
    for user, word in ((viewer, "sepsis"), (other_viewer, "kawasaki"), (moderator, "kawasaki")):
        vote(poll, user, word)
    assert list(tallies([poll.pk])[poll.pk][1].items()) == [("kawasaki", 2), ("sepsis", 1)]


def test_of_many_words_the_most_frequent_are_told(
    lecturer: User, viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.live.queries.room.WORDS_TOLD", 0)
    poll = opened(lecturer, lecture, "word")
    vote(poll, viewer, "sepsis")
    assert tallies([poll.pk]) == {poll.pk: (1, {})}


@pytest.mark.parametrize("shown", [True, False])
def test_the_numbers_are_the_crew_s_unless_they_are_shown(
    lecturer: User, viewer: User, lecture: Lecture, shown: bool
) -> None:
    poll = opened(lecturer, lecture, shown=shown)
    vote(poll, viewer, 1)
    [(every, crew)] = numbers_of([str(poll.pk)])
    assert crew == {"id": str(poll.pk), "votes": 1, "tally": {"1": 1}}
    assert every == (crew if shown else {"id": str(poll.pk), "votes": 1})


def test_of_a_closed_poll_no_numbers_are_told_any_more(lecturer: User, lecture: Lecture) -> None:
    assert numbers_of([str(close(lecturer, opened(lecturer, lecture)).pk)]) == []


@pytest.mark.parametrize(
    ("kind", "choice", "fits"),
    [
        ("single", [0], True),
        ("single", [2], True),
        ("single", [3], False),
        ("single", [0, 1], False),
        ("single", ["sepsis"], False),
        ("multiple", [0, 1], True),
        ("multiple", [0, 3], False),
        ("word", ["sepsis"], True),
        ("word", [1], False),
    ],
)
def test_what_can_be_chosen(kind: str, choice: list[Any], fits: bool) -> None:
    assert Poll(kind=kind, options=list(OPTIONS)).takes(choice) is fits
