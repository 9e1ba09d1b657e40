"""Watching is measured honestly: forgers earn nothing more, and an honest viewer loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.people.models import User
from courses.library.models import Film, Lesson, LessonProgress, Watched, WatchSession
from courses.library.models.watching import multirange, spans_in
from courses.library.operations.watching import open_watch
from tests.cast import actor_for
from tests.courses.library.films import playing
from tests.courses.library.making import chapter, draft, lessons_of, publish, reading
from tests.courses.library.watching import Clock, Player, seconds_of, stopped_clock

LENGTH = 600


@pytest.fixture
def film(trainer: User) -> Film:
    """Ten minutes long."""
    made = playing(trainer)
    Film.unscoped.filter(pk=made.pk).update(length=LENGTH * 1000)
    return made


def lesson_showing(trainer: User, film: Film, **fields: Any) -> Lesson:
    version = draft(trainer, film.video.institution)
    where = chapter(trainer, version, rule=fields.get("video_rule", ""))
    reading(trainer, where, "Watch this", kind="video", video_id=film.video_id, **fields)
    return lessons_of(publish(trainer, version).course)[0]


@pytest.fixture
def lesson(trainer: User, film: Film) -> Lesson:
    return lesson_showing(trainer, film)


@pytest.fixture
def time() -> Iterator[Clock]:
    with stopped_clock() as moving:
        yield moving


@pytest.fixture
def player(learner: User, lesson: Lesson, film: Film, time: Clock) -> Player:
    """A phone that plays and has fetched all of the film."""
    return Player(learner, lesson, film, time).fetch(0, LENGTH).open()


# -- an honest viewer -------------------------------------------------------------------------------------------------


def test_what_was_played_is_credited(player: Player, learner: User) -> None:
    player.play(0, 10)
    player.play(10, 25)
    assert seconds_of(learner) == pytest.approx(25, abs=0.1)
    assert player.told.watched == pytest.approx(25_000, abs=100)


def test_watching_it_twice_counts_once(player: Player, learner: User) -> None:
    player.play(0, 30)
    player.play(0, 30)
    assert seconds_of(learner) == pytest.approx(30, abs=0.1)


def test_seeks_pauses_and_speeds_lose_nothing(player: Player, learner: User, time: Clock) -> None:
    player.play(0, 20)
    time.go(300)  # a pause
    player.play(400, 440, 2)
    player.play(100, 115, 0.75)
    player.play(20, 60, 1.5)
    player.play(430, 445, 1.25)
    assert seconds_of(learner) == pytest.approx(60 + 45 + 15, abs=2)


def test_what_was_played_without_a_connection_comes_later(player: Player, learner: User) -> None:
    kept = [player.play(at, at + 10, beats=False) for at in range(0, 120, 10)]
    for text in kept:
        player.send(text)
    assert seconds_of(learner) == pytest.approx(120, abs=2)


def test_another_device_goes_on_and_nothing_is_lost(
    player: Player, learner: User, lesson: Lesson, film: Film, time: Clock
) -> None:
    player.play(0, 50)
    last = player.play(50, 57, beats=False)
    desk = Player(learner, lesson, film, time, "desk").open()
    assert desk.opened.position == 50_000
    told = player.send(last)
    assert (told.closed, told.refused) == (True, False)
    desk.fetch(57, 90).play(57, 90)
    assert seconds_of(learner) == pytest.approx(90, abs=2)


def test_the_first_device_is_told_and_moves_nobody_s_place(
    player: Player, learner: User, lesson: Lesson, film: Film, time: Clock
) -> None:
    player.play(0, 50)
    last = player.play(50, 60, beats=False)
    desk = Player(learner, lesson, film, time, "desk").fetch(0, LENGTH).open()
    desk.play(300, 310)
    player.send(last)
    assert Watched.unscoped.get(user=learner).position == 310_000


def test_where_one_stopped_is_remembered_without_playing(player: Player) -> None:
    player.send(player.text(at=77_000))
    assert player.open().opened.position == 77_000


def test_a_beat_that_comes_twice_is_answered_alike(player: Player) -> None:
    text = player.play(0, 10)
    first = player.told
    assert player.send(text) == first
    assert seconds_of(player.user) == pytest.approx(10, abs=0.1)


def test_what_is_not_yet_known_to_be_fetched_may_be_told_again(
    learner: User, lesson: Lesson, film: Film, time: Clock
) -> None:
    player = Player(learner, lesson, film, time).open().fetch(0, 4)
    player.play(0, 10)
    assert player.told.again == [(4000, 10_000)]
    player.fetch(4, 12)
    player.send(player.text((4000, 10_000)))
    assert seconds_of(learner) == pytest.approx(10, abs=0.1)


# -- forgers ----------------------------------------------------------------------------------------------------------


def test_a_replayed_beat_earns_nothing(player: Player, learner: User, time: Clock) -> None:
    text = player.play(0, 10)
    time.go(600)
    for _each in range(5):
        player.send(text)
    assert seconds_of(learner) == pytest.approx(10, abs=0.1)


def test_a_replayed_beat_earns_nothing_in_another_session(player: Player, learner: User, time: Clock) -> None:
    text = player.play(0, 10)
    old = player.opened
    player.open()
    time.go(600)
    with pytest.raises(InvalidInput, match="not written by the player"):
        player.send(text, mark=_mark(old.nonce, text))
    assert seconds_of(learner) == pytest.approx(10, abs=0.1)


def _mark(nonce: str, text: str) -> str:
    from courses.library.intervals import mark_of

    return mark_of(nonce, text)


def test_a_player_that_runs_ten_times_as_fast_earns_nothing(player: Player, learner: User, time: Clock) -> None:
    for at in range(0, 600, 100):
        time.go(10)
        assert player.send(player.text((at * 1000, (at + 100) * 1000), speed=200)).refused
    assert seconds_of(learner) == 0


def test_many_small_lies_earn_no_more_than_the_clock(player: Player, learner: User, time: Clock) -> None:
    for at in range(200):
        time.go(0.25)
        player.send(player.text((at * 1000, at * 1000 + 1000), speed=200))
    assert seconds_of(learner) <= 200 * 0.25 * 2 + 0.5


def test_sessions_that_are_opened_again_and_again_earn_nothing(player: Player, learner: User) -> None:
    for at in range(0, 60, 2):
        player.open()
        player.send(player.text((at * 1000, at * 1000 + 2000), speed=200))
    assert seconds_of(learner) <= 0.5


def test_players_side_by_side_earn_no_more_than_one(
    player: Player, learner: User, lesson: Lesson, film: Film, time: Clock
) -> None:
    others = [Player(learner, lesson, film, time, f"bot-{n}").fetch(0, LENGTH).open() for n in range(4)]
    players = [player, *others]
    for turn in range(6):
        time.go(10)
        for number, one in enumerate(players):
            begin = (number * 100 + turn * 10) * 1000
            one.send(one.text((begin, begin + 10_000)))
    assert seconds_of(learner) <= 60 + 0.5


def test_two_videos_side_by_side_earn_no_more_than_one(
    player: Player, trainer: User, learner: User, time: Clock
) -> None:
    second = playing(trainer)
    Film.unscoped.filter(pk=second.pk).update(length=LENGTH * 1000)
    other = Player(learner, lesson_showing(trainer, second), second, time).fetch(0, LENGTH)
    for turn in range(4):
        for one in (player, other):
            one.open()
            time.go(5)
            one.send(one.text((turn * 10_000, turn * 10_000 + 10_000)))
    assert seconds_of(learner) <= 40 + 0.5


def test_what_was_skipped_is_not_credited(learner: User, lesson: Lesson, film: Film, time: Clock) -> None:
    player = Player(learner, lesson, film, time).open().fetch(0, 4).fetch(596, 600)
    time.go(LENGTH)
    player.send(player.text((0, LENGTH * 1000)))
    assert seconds_of(learner) == 8


def test_what_another_sign_in_fetched_does_not_count(learner: User, lesson: Lesson, film: Film, time: Clock) -> None:
    Player(learner, lesson, film, time, "other").fetch(0, LENGTH)
    Player(learner, lesson, film, time).open().play(0, 60)
    assert seconds_of(learner) == 0


@pytest.mark.parametrize("mark", ["", "00", "f" * 64, "ä"])
def test_an_invented_beat_is_not_read(player: Player, learner: User, time: Clock, mark: str) -> None:
    time.go(60)
    with pytest.raises(InvalidInput, match="not written by the player"):
        player.send(player.text((0, 60_000)), mark=mark)
    assert seconds_of(learner) == 0


def test_a_beat_changed_on_its_way_is_not_read(player: Player, time: Clock) -> None:
    time.go(60)
    said = player.text((0, 10_000))
    with pytest.raises(InvalidInput):
        player.send(said.replace("10000", "60000"), mark=_mark(player.opened.nonce, said))


def test_a_marked_text_that_is_no_beat_is_refused(player: Player) -> None:
    with pytest.raises(InvalidInput, match="no beat"):
        player.send("1|0|900|0-60000")


def test_another_sign_in_cannot_use_the_session(player: Player, time: Clock) -> None:
    time.go(60)
    with pytest.raises(NotVisible):
        player.send(player.text((0, 10_000)), sign_in="stolen")


def test_another_person_cannot_use_the_session(player: Player, trainer: User) -> None:
    player.user = trainer
    with pytest.raises(NotVisible):
        player.send(player.text((0, 10_000)))


def test_waiting_beside_a_closed_tab_is_not_watching(player: Player, learner: User, time: Clock) -> None:
    time.go(24 * 3600)
    for _each in range(3):
        player.send(player.text((0, LENGTH * 1000), speed=50))
    assert seconds_of(learner) <= 15 * 60


# -- the database -----------------------------------------------------------------------------------------------------


def test_one_player_of_a_person_at_a_time(player: Player, learner: User, lesson: Lesson) -> None:
    words: dict[str, Any] = {"user": learner, "lesson": lesson, "video_id": lesson.video_id, "session": "x"}
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        WatchSession.unscoped.create(**words, opened_at=clock.now(), beat_at=clock.now())
    player.open()
    assert WatchSession.unscoped.filter(user=learner, closed_at=None).count() == 1


def test_one_row_keeps_what_a_person_has_watched(player: Player, learner: User) -> None:
    player.play(0, 10)
    player.play(50, 60)
    player.play(10, 20)
    assert Watched.unscoped.get(user=learner).spans == [(0, 20_000), (50_000, 60_000)]


def test_a_beat_is_one_reading_and_one_writing(player: Player, time: Clock) -> None:
    time.go(10)
    text = player.text((0, 10_000))
    mark = _mark(player.opened.nonce, text)
    with acting_as(actor_for(player.user)) as actor, CaptureQueriesContext(connection) as found:
        from courses.library.operations.watching import tell_beat

        tell_beat(actor=actor, watch_id=player.opened.id, session="phone", text=text, mark=mark)
    said = [one["sql"] for one in found if "SAVEPOINT" not in one["sql"]]
    assert [sql.split()[0] for sql in said] == ["SELECT", "WITH"]


def test_spans_are_read_as_postgresql_writes_them() -> None:
    assert spans_in(multirange([(0, 10), (20, 30)])) == [(0, 10), (20, 30)]
    assert spans_in(multirange([])) == []


# -- completing a lesson ----------------------------------------------------------------------------------------------


def state_of(learner: User) -> tuple[str, str]:
    row = LessonProgress.unscoped.get(user=learner)
    return row.state, row.how


def test_opening_a_video_takes_the_course_and_begins_the_lesson(player: Player, learner: User) -> None:
    assert state_of(learner) == ("begun", "")


def test_enough_of_it_completes_the_lesson(player: Player, learner: User) -> None:
    player.play(0, 530)
    assert state_of(learner) == ("begun", "")
    player.play(530, 540)
    assert state_of(learner) == ("completed", "watched")


def test_the_beat_that_completes_the_lesson_says_so(player: Player) -> None:
    player.play(0, 500)
    assert not player.told.done
    player.play(500, LENGTH)
    assert player.told.done


def test_the_lesson_s_own_share_counts(trainer: User, learner: User, film: Film, time: Clock) -> None:
    lesson = lesson_showing(trainer, film, watch_share=10)
    Player(learner, lesson, film, time).fetch(0, LENGTH).open().play(0, 60)
    assert state_of(learner) == ("completed", "watched")


def test_where_only_questions_count_watching_does_not_complete(
    trainer: User, learner: User, film: Film, time: Clock
) -> None:
    lesson = lesson_showing(trainer, film, video_rule="tested_out")
    Player(learner, lesson, film, time).fetch(0, LENGTH).open().play(0, LENGTH)
    assert state_of(learner) == ("begun", "")


def test_a_video_that_was_watched_elsewhere_completes_the_lesson_when_opened(
    player: Player, trainer: User, learner: User, film: Film, time: Clock
) -> None:
    player.play(0, LENGTH)
    again = lesson_showing(trainer, film)
    Player(learner, again, film, time).open()
    assert LessonProgress.unscoped.get(user=learner, key=again.key).state == "completed"


def test_a_shorter_film_counts_what_it_still_has(player: Player, learner: User, film: Film) -> None:
    player.play(0, 100)
    Film.unscoped.filter(pk=film.pk).update(length=50_000)
    assert player.open().opened.share == 100
    assert state_of(learner)[0] == "completed"


def test_a_reading_is_not_watched(trainer: User, learner: User, film: Film) -> None:
    version = draft(trainer, film.video.institution)
    reading(trainer, chapter(trainer, version), "Read")
    lesson = lessons_of(publish(trainer, version).course)[0]
    with acting_as(actor_for(learner)) as actor, pytest.raises(WrongStep, match="no video"):
        open_watch(actor=actor, lesson_id=lesson.pk, session="phone")


def test_a_lesson_that_is_not_there_is_not_opened(learner: User) -> None:
    with acting_as(actor_for(learner)) as actor, pytest.raises(NotVisible):
        open_watch(actor=actor, lesson_id=uuid4(), session="phone")
