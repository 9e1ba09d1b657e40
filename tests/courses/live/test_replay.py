"""A recording with what happened in the room at its moments, and the votes of those who missed it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Caption, Lesson, Video
from courses.library.states import Reach
from courses.live.models import LateVote, Lecture, Poll, RoomEvent, TeachingCase, Vote
from courses.live.operations import polls, room
from courses.live.operations.afterwards import prepare_lesson
from courses.live.operations.captioning import cues_of, keep_captions
from courses.live.operations.replaying import vote_late
from courses.live.queries.replay import replay_of
from courses.live.states.lectures import Part
from courses.live.states.room import RoomEventKind
from tests.cast import client_for
from tests.courses.library.films import as_, as_worker
from tests.courses.live.broadcast.streams import BEGAN
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.recorded import anew, ended, happened, left, lesson_of, sent
from tests.courses.live.room.rooms import do, line, opened, question, vote
from tests.courses.live.teaching import agreed, approved
from tests.factories.cases import make_asked
from tests.factories.patients import make_guardian
from tests.factories.people import make_staff


@pytest.fixture
def viewer(community: Institution) -> User:
    return make_staff("viewer", community, Role.ASKER)


@pytest.fixture
def latecomer(community: Institution) -> User:
    """Was not there."""
    return make_staff("latecomer", community, Role.ASKER)


@pytest.fixture
def live(hospital: Institution, lecturer: User) -> Lecture:
    lecture = given_by(lecture_at(hospital, hours=0, step="live"), lecturer)
    return sent(lecture)


@pytest.fixture
def poll(live: Lecture, lecturer: User, viewer: User) -> Poll:
    """Asked at 10 s: one was for the second answer. Closed at 20 s."""
    made = opened(lecturer, live)
    vote(made, viewer, 1)
    do(lecturer, polls.close_poll, lecture_id=live.pk, poll_id=made.pk)
    happened(live, {1: 10, 2: 20})
    found: Poll = Poll.unscoped.get(pk=made.pk)
    return found


def replay(user: User, lecture: Lecture) -> Any:
    return as_(user, lambda actor: replay_of(actor, anew(lecture)))


def page(user: User, lesson: Lesson) -> str:
    answer = client_for(user).get(reverse("library:watch", args=[lesson.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def send(user: User, lesson: Lesson, poll: Poll, *, script: bool = False, **said: Any) -> Any:
    headers = {"HX-Request": "true"} if script else {}
    url = reverse("lectures:replay_vote", args=[lesson.pk, poll.pk])
    return client_for(user).post(url, said, headers=headers)


# -- where it stands --------------------------------------------------------------------------------------------------


def test_what_was_said_stands_at_its_moment_of_the_film(live: Lecture, lecturer: User, viewer: User) -> None:
    line(viewer, live, "Which day of fever?")
    asked = question(viewer, live, "When do you give it?")
    do(lecturer, room.settle_question, lecture_id=live.pk, question_id=asked.pk, answered=True)
    happened(live, {1: 3, 2: 7, 3: 42})
    shown = replay(viewer, ended(lecturer, live)).said
    assert [(one.at, one.kind, one.text, one.answered_at) for one in shown] == [
        (3000, "chat", "Which day of fever?", None), (7000, "question", "When do you give it?", 42000),
    ]  # fmt: skip


def test_a_gap_takes_no_time(live: Lecture, lecturer: User, viewer: User) -> None:
    """The recorder stopped after 60 s and went on 100 s after it had begun."""
    sent(live, number=2, parts=40, began=BEGAN + 100_000_000)
    for _number in range(3):
        line(viewer, live)
    happened(live, {1: 59, 2: 80, 3: 105})
    assert [one.at for one in replay(viewer, ended(lecturer, live)).said] == [59_000, 60_000, 65_000]


def test_what_a_moderator_took_away_is_told_to_nobody(live: Lecture, lecturer: User, viewer: User) -> None:
    hidden = line(viewer, live, "The mother works at the mill")
    away = question(viewer, live, "Is it Xiaoyu?")
    line(viewer, live, "Thank you")
    do(lecturer, room.hide_line, lecture_id=live.pk, line_id=hidden.pk)
    do(lecturer, room.settle_question, lecture_id=live.pk, question_id=away.pk, answered=False)
    lesson = left(lecturer, ended(lecturer, live))
    assert [one.text for one in replay(lecturer, live).said] == ["Thank you"]
    for words in ("the mill", "Xiaoyu"):
        assert words not in page(lecturer, lesson)


def test_names_are_for_those_whom_the_lecture_was_for(
    live: Lecture, lecturer: User, viewer: User, latecomer: User
) -> None:
    line(viewer, live, "Thank you")
    lesson = left(lecturer, ended(lecturer, live))
    assert [one.by for one in replay(latecomer, live).said] == [str(viewer)]
    Lecture.unscoped.filter(pk=live.pk).update(reach=Reach.INSTITUTION)
    assert [(one.by, one.text) for one in replay(latecomer, live).said] == [("", "Thank you")]
    assert str(viewer) not in page(latecomer, lesson)
    assert "A listener" in page(latecomer, lesson)


def test_chapters_are_what_one_looks_for(live: Lecture, lecturer: User, viewer: User, poll: Poll) -> None:
    asked = question(viewer, live, "When do you give it?")
    do(lecturer, room.settle_question, lecture_id=live.pk, question_id=asked.pk, answered=True)
    happened(live, {3: 30, 4: 42})
    found = replay(viewer, ended(lecturer, live)).chapters
    assert found == [(10_000, "Poll: What is it?"), (42_000, "Answered: When do you give it?")]


def test_stages_are_shown_from_their_moment_on(
    live: Lecture, lecturer: User, viewer: User, patient: Patient, asker: User, colleague: User,
    community: Institution, service: Service,
) -> None:  # fmt: skip
    make_guardian(patient, "Chen Mei")
    agreed(patient, asker)
    case: Case = make_asked(patient, asker, community, service).case
    row = approved(asker, colleague, case)
    TeachingCase.unscoped.filter(pk=row.pk).update(lecture=live)
    for seq, stage in enumerate((1, 9), 1):  # of a stage that was never written nothing is shown
        RoomEvent.unscoped.create(
            lecture=live, seq=seq, at=clock.now(), kind=RoomEventKind.STAGE, data={"stage": stage}
        )
    happened(live, {1: 5, 2: 9})
    shown = replay(viewer, ended(lecturer, live)).stages
    assert [(one.at, one.title) for one in shown] == [(5000, "History")]
    assert "Grunting since the evening" in shown[0].text


def test_it_is_read_in_few_queries_however_much_was_said(
    live: Lecture, lecturer: User, viewer: User, poll: Poll
) -> None:
    for _number in range(10):
        line(viewer, live)
    lecture = ended(lecturer, live)
    with CaptureQueriesContext(connection) as read:
        replay(viewer, lecture)
    assert len(read) <= 12


def test_only_the_newest_lines_are_on_the_page(
    live: Lecture, lecturer: User, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.live.queries.replay.MOST_LINES", 2)
    for text in ("first", "second", "third"):
        line(viewer, live, text)
    found = replay(viewer, ended(lecturer, live))
    assert ([one.text for one in found.said], found.left_out) == (["second", "third"], 1)


# -- polls ------------------------------------------------------------------------------------------------------------


def test_who_has_not_voted_does_not_see_what_the_room_said(
    live: Lecture, lecturer: User, viewer: User, latecomer: User, poll: Poll
) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    late, there = (replay(user, live).polls[0] for user in (latecomer, viewer))
    assert (late.at, late.asks, late.bars, late.votes) == (10_000, True, [], 0)
    assert (there.asks, [(bar.text, bar.count, bar.mine) for bar in there.bars]) == (
        False, [("Sepsis", 0, False), ("Kawasaki", 1, True), ("Measles", 0, False)],
    )  # fmt: skip
    assert "1 vote in the room" in page(viewer, lesson)
    assert "in the room<" not in page(latecomer, lesson)


def test_a_late_vote_is_kept_apart_and_shows_the_room_s(
    live: Lecture, lecturer: User, latecomer: User, poll: Poll
) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    answer = send(latecomer, lesson, poll, script=True, choice="0")
    assert "1 vote in the room" in answer.content.decode()
    assert "Yours is kept apart" in answer.content.decode()
    assert LateVote.unscoped.get().choice == [0]
    assert not Vote.unscoped.filter(user=latecomer).exists()
    now = Poll.unscoped.get(pk=poll.pk)
    assert (now.votes, now.tally) == (poll.votes, poll.tally) == (1, {"1": 1})


def test_the_first_late_vote_stands(live: Lecture, lecturer: User, latecomer: User, poll: Poll) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    for choice in ("0", "2"):
        send(latecomer, lesson, poll, choice=choice)
    assert LateVote.unscoped.get().choice == [0]
    with pytest.raises(IntegrityError), transaction.atomic():
        LateVote.unscoped.create(poll=poll, user=latecomer, choice=[2], at=clock.now())


def test_without_a_script_one_comes_back_to_the_poll(
    live: Lecture, lecturer: User, latecomer: User, poll: Poll
) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    answer = send(latecomer, lesson, poll, choice="1")
    assert answer["Location"].endswith(f"/watch/#poll-{poll.pk}")
    assert "1 vote in the room" in page(latecomer, lesson)


def test_what_cannot_be_chosen_is_refused_in_words(live: Lecture, lecturer: User, latecomer: User, poll: Poll) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    assert "Select a valid choice" in send(latecomer, lesson, poll, script=True, choice="7").content.decode()
    url = reverse("lectures:replay_vote", args=[lesson.pk, poll.pk])
    plain = client_for(latecomer).post(url, {"choice": "7"}, follow=True)
    assert "Select a valid choice" in plain.content.decode()
    assert not LateVote.unscoped.exists()


def test_who_voted_in_the_room_does_not_vote_again(live: Lecture, lecturer: User, viewer: User, poll: Poll) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    with pytest.raises(WrongStep):
        as_(viewer, vote_late, lesson_id=lesson.pk, poll_id=poll.pk, choice=[0])
    assert not LateVote.unscoped.exists()


def test_the_operation_looks_at_the_choice_itself(live: Lecture, lecturer: User, latecomer: User, poll: Poll) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    with pytest.raises(InvalidInput):
        as_(latecomer, vote_late, lesson_id=lesson.pk, poll_id=poll.pk, choice=[0, 1])


@pytest.mark.parametrize(
    ("kind", "said", "kept"), [("multiple", ["2", "0"], [0, 2]), ("word", "  Red   EYES ", ["red eyes"])]
)
def test_every_kind_of_poll_is_answered(
    live: Lecture, lecturer: User, latecomer: User, kind: str, said: Any, kept: Any
) -> None:
    made = opened(lecturer, live, kind)
    do(lecturer, polls.close_poll, lecture_id=live.pk, poll_id=made.pk)
    lesson = left(lecturer, ended(lecturer, live))
    send(latecomer, lesson, made, choice=said)
    assert LateVote.unscoped.get().choice == kept
    bars = [bar for bar in replay(latecomer, live).polls[0].bars if bar.mine]
    assert len(bars) == len(kept)


def test_a_poll_that_was_left_open_is_counted(live: Lecture, lecturer: User, viewer: User) -> None:
    made = opened(lecturer, live)
    vote(made, viewer, 2)
    shown = replay(viewer, ended(lecturer, live)).polls[0]
    assert (shown.votes, [bar.count for bar in shown.bars]) == (1, [0, 0, 1])


def test_a_poll_of_another_lecture_is_not_there(
    live: Lecture, lecturer: User, latecomer: User, hospital: Institution
) -> None:
    other = given_by(lecture_at(hospital, hours=0, step="live"), lecturer, Part.LECTURER)
    elsewhere = opened(lecturer, other)
    lesson = left(lecturer, ended(lecturer, live))
    with pytest.raises(NotVisible):
        as_(latecomer, vote_late, lesson_id=lesson.pk, poll_id=elsewhere.pk, choice=[0])


def test_in_a_draft_nobody_votes(live: Lecture, lecturer: User, hospital: Institution, poll: Poll) -> None:
    trainer = make_staff("trainer", hospital, Role.TRAINING_ADMIN)
    as_worker(prepare_lesson, lecture_id=ended(lecturer, live).pk)
    lesson = lesson_of(live)
    with pytest.raises(WrongStep):
        as_(trainer, vote_late, lesson_id=lesson.pk, poll_id=poll.pk, choice=[0])
    assert "data-asks" not in page(trainer, lesson)


def test_beside_another_film_there_is_no_replay(live: Lecture, lecturer: User, poll: Poll) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    assert "data-replay" in page(lecturer, lesson)
    Lecture.unscoped.filter(pk=live.pk).update(recording=None)
    assert "data-replay" not in page(lecturer, lesson)


# -- captions ---------------------------------------------------------------------------------------------------------


def test_what_was_typed_becomes_the_recording_s_captions(live: Lecture, lecturer: User) -> None:
    for text in ("Good evening.", "The child is two & well."):
        do(lecturer, room.caption_line, lecture_id=live.pk, text=text)
    happened(live, {1: 1, 2: 3.5})
    lecture = ended(lecturer, live)
    caption = Caption.unscoped.get(video=lecture.recording)
    assert (caption.language, caption.text.split("\n\n")[1:]) == (
        "zh",
        ["00:00:01.000 --> 00:00:03.500\nGood evening.",
         "00:00:03.500 --> 00:00:09.500\nThe child is two &amp; well.\n"],
    )  # fmt: skip


def test_captions_that_somebody_has_corrected_stay(live: Lecture, lecturer: User) -> None:
    do(lecturer, room.caption_line, lecture_id=live.pk, text="Good evening.")
    happened(live, {1: 1})
    lecture = ended(lecturer, live)
    Caption.unscoped.update(text="WEBVTT\n\nmine", version=2)
    assert as_worker(keep_captions, lecture=lecture) is None
    assert Caption.unscoped.get().text == "WEBVTT\n\nmine"


def test_where_nobody_typed_there_are_none(live: Lecture, lecturer: User) -> None:
    lecture = ended(lecturer, live)
    assert Video.unscoped.filter(lectures=lecture).exists()
    assert not Caption.unscoped.exists()


def test_a_line_stays_until_the_next_and_never_beyond_the_film() -> None:
    cues = cues_of([(1, "a"), (1, "b"), (8, "c"), (20, "d")], 10_000)
    assert [(cue.begin, cue.end, cue.text) for cue in cues] == [(1, 7.0, "b"), (8, 10.0, "c")]


def test_the_page_says_it_in_chinese(live: Lecture, lecturer: User, latecomer: User, poll: Poll) -> None:
    lesson = left(lecturer, ended(lecturer, live))
    browser: Client = client_for(latecomer)
    said = browser.get(reverse("library:watch", args=[lesson.pk]), headers={"Accept-Language": "zh-hans"})
    assert "投票" in said.content.decode()
