"""Votes about a case are prepared, its stages are shown one after the other, by who gives the lecture alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, connection, transaction

from consortium.casework.models import Case
from consortium.journal.models import Entry
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from courses.live.models import CaseVote, Lecture, Poll, RoomEvent, Staging, TeachingCase, Vote
from courses.live.operations import polls, staging
from courses.live.queries.room import numbers_of, snapshot, tallies
from courses.live.queries.staging import staged_told
from tests.courses.library.making import as_
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.room.rooms import anew, as_system, do
from tests.courses.live.room.rooms import prepared as plain_poll
from tests.courses.live.staged.cases import closed, opened, picture_of, prepared, revealed, spot, voted
from tests.courses.live.teaching import refused

pytestmark = pytest.mark.django_db


# -- prepared ---------------------------------------------------------------------------------------------------------


def test_a_vote_is_prepared_with_what_is_right(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    poll = prepared(lecturer, lecture, manual="rash#kawasaki")
    vote = CaseVote.unscoped.get(poll=poll)
    assert (vote.manual_pathway, vote.manual_version, vote.manual_node) == ("rash", 3, "kawasaki")
    assert (poll.kind, poll.state, vote.number, vote.right, vote.asks) == ("single", "draft", 1, 1, "differential")
    assert Entry.unscoped.filter(verb="prepare_vote").count() == 1


def test_the_same_key_twice_is_one_vote(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    key = uuid4()
    assert prepared(lecturer, lecture, key=key) == prepared(lecturer, lecture, key=key)
    assert CaseVote.unscoped.count() == 1


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("stage", {"stage": 4}),
        ("stage", {"stage": 0}),
        ("asks", {"asks": "weather"}),
        ("text", {"text": "  "}),
        ("text", {"text": "a" * 201}),
        ("options", {"options": ("One",)}),
        ("right", {"right": 3}),
        ("right", {"right": None}),
        ("manual", {"manual": "no-such-page"}),
        ("manual", {"manual": "rash#no-such-branch"}),
        ("text", {"text": "Is it Lin Xiaoyu?"}),
        ("happened", {"happened": "Chen Mei took her home."}),
    ],
    ids=str,
)
def test_what_is_amiss_is_told_at_its_field(
    lecturer: User, lecture: Lecture, taught: TeachingCase, field: str, said: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        prepared(lecturer, lecture, **said)
    assert set(refusal.value.fields) == {field}


def test_a_place_is_asked_for_on_a_picture_that_is_shown_by_then(
    lecturer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll = spot(lecturer, lecture, taught)
    assert (poll.kind, poll.options, CaseVote.unscoped.get(poll=poll).right) == ("hot_spot", [], [0.25, 0.5])
    for more in ({"stage": 1}, {"right": [0.2]}, {"right": [2, 0.1]}, {"picture_id": uuid4()}):
        with pytest.raises(InvalidInput):
            spot(lecturer, lecture, taught, **more)


def test_a_plain_poll_asks_for_no_place(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(InvalidInput):
        plain_poll(lecturer, lecture, "hot_spot")


def test_without_a_case_nothing_is_prepared_or_shown(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(WrongStep):
        prepared(lecturer, lecture)
    with pytest.raises(WrongStep):
        revealed(lecturer, lecture, 1)


def test_there_are_not_too_many(
    lecturer: User, lecture: Lecture, taught: TeachingCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "MOST_VOTES", 1)
    prepared(lecturer, lecture)
    with pytest.raises(WrongStep):
        prepared(lecturer, lecture)


def test_a_vote_is_dropped_until_it_was_asked(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    poll, asked = prepared(lecturer, lecture), prepared(lecturer, lecture)
    do(lecturer, staging.drop_vote, lecture_id=lecture.pk, poll_id=poll.pk)
    assert not Poll.unscoped.filter(pk=poll.pk).exists()
    revealed(lecturer, lecture, 1)
    opened(lecturer, asked)
    with pytest.raises(WrongStep):
        do(lecturer, staging.drop_vote, lecture_id=lecture.pk, poll_id=asked.pk)
    with pytest.raises(NotVisible):
        do(lecturer, staging.drop_vote, lecture_id=lecture.pk, poll_id=uuid4())


@pytest.mark.parametrize("who", ["viewer", "moderator"])
def test_only_who_conducts_prepares_shows_and_tells(
    lecturer: User, lecture: Lecture, taught: TeachingCase, who: str, request: pytest.FixtureRequest
) -> None:
    user, poll = request.getfixturevalue(who), prepared(lecturer, lecture)
    for act in (
        lambda: prepared(user, lecture),
        lambda: revealed(user, lecture, 1),
        lambda: do(user, staging.show_flow, lecture_id=lecture.pk, shown=True),
        lambda: do(user, staging.drop_vote, lecture_id=lecture.pk, poll_id=poll.pk),
        lambda: opened(user, poll),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert not Staging.unscoped.exists()


def test_what_is_right_is_the_crew_s_and_the_planners(
    lecturer: User, moderator: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    prepared(lecturer, lecture)
    seen = {}
    for user in (lecturer, moderator, viewer):
        with as_(user):
            seen[user.username] = CaseVote.objects.count()
    assert seen == {"lecturer": 1, "moderator": 1, "viewer": 0}
    assert as_system(lambda actor: CaseVote.objects.count()) == 1


# -- shown ------------------------------------------------------------------------------------------------------------


def test_stages_are_shown_one_after_the_other(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    for stage in (2, 3):
        with pytest.raises(WrongStep):
            revealed(lecturer, lecture, stage)
    for stage in (1, 2, 1, 2, 3):  # one that is shown stays so
        revealed(lecturer, lecture, stage)
    with pytest.raises(WrongStep):
        revealed(lecturer, lecture, 4)
    told = RoomEvent.unscoped.filter(kind="stage").order_by("seq").values_list("data", flat=True)
    assert list(told) == [{"stage": 1}, {"stage": 2}, {"stage": 3}]
    assert Entry.unscoped.filter(verb="reveal_stage").count() == 3
    assert anew(Staging.unscoped.get()).shown == 3


def test_the_database_takes_nothing_back(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    revealed(lecturer, lecture, 1)
    with pytest.raises(InternalError), transaction.atomic():
        Staging.unscoped.update(shown=0)


@pytest.mark.parametrize("step", ["announced", "ended"])
def test_only_in_a_live_lecture(lecturer: User, hospital: Institution, taught: TeachingCase, step: str) -> None:
    lecture = given_by(lecture_at(hospital, hours=0, step=step), lecturer)
    TeachingCase.unscoped.filter(pk=taught.pk).update(lecture=lecture)
    with pytest.raises(WrongStep):
        revealed(lecturer, lecture, 1)


def test_a_vote_waits_for_its_stage_and_the_next_stage_for_the_vote(
    lecturer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll = prepared(lecturer, lecture, 2)
    revealed(lecturer, lecture, 1)
    with pytest.raises(WrongStep):
        opened(lecturer, poll)
    revealed(lecturer, lecture, 2)
    opened(lecturer, poll)
    with pytest.raises(WrongStep):
        revealed(lecturer, lecture, 3)
    assert revealed(lecturer, lecture, 2).shown == 2
    closed(lecturer, poll)
    assert revealed(lecturer, lecture, 3).shown == 3


def test_the_vote_of_a_case_that_is_taught_elsewhere_is_not_opened(
    lecturer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll = prepared(lecturer, lecture)
    revealed(lecturer, lecture, 1)
    TeachingCase.unscoped.filter(pk=taught.pk).update(lecture=None)
    with pytest.raises(WrongStep):
        opened(lecturer, poll)


def test_the_room_sees_the_flow_when_its_lecturer_says_so(
    lecturer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    for shown in (True, True, False):
        do(lecturer, staging.show_flow, lecture_id=lecture.pk, shown=shown)
    assert snapshot(lecture, crew=False)["stage"] == {"stage": 0, "flow": False}
    assert [Entry.unscoped.filter(verb=verb).count() for verb in ("show_flow", "hide_flow")] == [1, 1]


def test_who_comes_late_gets_it_whole(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    poll = spot(lecturer, lecture, taught)
    assert snapshot(lecture, crew=False)["polls"] == []
    revealed(lecturer, lecture, 1)
    revealed(lecturer, lecture, 2)
    opened(lecturer, poll)
    shown = snapshot(lecture, crew=False)
    assert shown["stage"] == {"stage": 2, "flow": False}
    [told] = shown["polls"]
    address = f"/lectures/{lecture.pk}/staged/{picture_of(taught).pk}/"
    assert (told["stage"], told["picture"], told["answers"]) == (2, address, "hot_spot")
    assert "right" not in told


def test_a_plain_poll_is_told_as_ever(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    assert staged_told(plain_poll(lecturer, lecture)) == {}


# -- votes ------------------------------------------------------------------------------------------------------------


def test_a_batch_keeps_how_sure_and_from_which_tier_and_stands_once(
    lecturer: User, moderator: User, viewer: User, lecture: Lecture, taught: TeachingCase,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    poll = prepared(lecturer, lecture)
    revealed(lecturer, lecture, 1)
    opened(lecturer, poll)
    batch = [polls.Given(poll.pk, viewer.pk, [1], 3), polls.Given(poll.pk, moderator.pk, [0])]
    with django_assert_num_queries(1):
        first = as_system(polls.save_votes, votes=batch)
    again = as_system(polls.save_votes, votes=[polls.Given(poll.pk, viewer.pk, [2], 1)])
    assert first == {(poll.pk, viewer.pk): [1], (poll.pk, moderator.pk): [0]}
    assert again == {(poll.pk, viewer.pk): [1]}  # the first stands
    kept = {row.user_id: (row.choice, row.confidence, row.tier) for row in Vote.unscoped.all()}
    assert kept == {viewer.pk: ([1], 3, 1), moderator.pk: ([0], None, 3)}


def test_taps_are_counted_in_cells(
    lecturer: User, moderator: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll = spot(lecturer, lecture, taught)
    for stage in (1, 2):
        revealed(lecturer, lecture, stage)
    done = voted(lecturer, poll, (viewer, (0.26, 0.5)), (moderator, (1.0, 1.0)))
    assert (anew(done).votes, anew(done).tally) == (2, {"5,10": 1, "19,19": 1})
    assert tallies([poll.pk]) == {poll.pk: (2, {"5,10": 1, "19,19": 1})}
    assert numbers_of([str(poll.pk)]) == []


@pytest.mark.parametrize(
    ("choice", "fits"), [([0.0, 1.0], True), ([0.5], False), ([1, 0], False), (["a", "b"], False), ([0.1, 1.1], False)]
)
def test_what_is_a_place(choice: list[Any], fits: bool) -> None:
    assert Poll(kind="hot_spot").takes(choice) is fits


# -- taken down -------------------------------------------------------------------------------------------------------


def test_when_the_guardian_says_no_nothing_of_it_is_shown_or_asked_any_more(
    lecturer: User, viewer: User, asker: User, lecture: Lecture, taught: TeachingCase, patient: Patient, case: Case
) -> None:
    poll = prepared(lecturer, lecture)
    revealed(lecturer, lecture, 1)
    refused(patient, asker)
    with pytest.raises((NotVisible, WrongStep)):
        opened(lecturer, poll)
    with pytest.raises((NotVisible, WrongStep)):
        revealed(lecturer, lecture, 2)


@pytest.mark.django_db(transaction=True)
def test_two_who_show_the_next_stage_at_once_show_one(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    def show(_number: int) -> int:
        try:
            return int(revealed(lecturer, lecture, 1).shown)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(show, range(4))) == {1}
    assert RoomEvent.unscoped.filter(kind="stage").count() == 1
