"""Viewers for tests: an honest player, and the server's clock in its hands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.people.models import User
from courses.library.intervals import Span, mark_of
from courses.library.ladder.signing import binding
from courses.library.models import Film, Lesson, Watched
from courses.library.operations.video_fetching import record_fetches
from courses.library.operations.watching import Opened, Told, open_watch, tell_beat
from courses.library.streaming.endpoint import Served
from tests.cast import actor_for
from tests.courses.library.films import as_worker


@contextmanager
def stopped_clock() -> Iterator[Clock]:
    """A clock that moves only by `go`: tests of time wait for nothing, and a slow machine changes nothing."""
    held = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: held.at)
        yield held


class Clock:
    def __init__(self) -> None:
        self.at = clock.now()

    def go(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Player:
    """One device of one person: a sign-in, a session, beats with their marks. Times in seconds."""

    def __init__(self, user: User, lesson: Lesson, film: Film, time: Clock, sign_in: str = "phone") -> None:
        self.user, self.lesson, self.film, self.time, self.sign_in = user, lesson, film, time, sign_in
        self.seq = 0
        self.opened: Opened
        self.told: Told

    def open(self) -> Player:
        self.seq = 0
        with acting_as(actor_for(self.user)) as actor:
            self.opened = open_watch(actor=actor, lesson_id=self.lesson.pk, session=self.sign_in)
        return self

    def fetch(self, begin: float, end: float) -> Player:
        """As the media endpoint records it."""
        span = int(begin * 1000), int(end * 1000)
        served = Served(self.film.pk, self.user.pk, binding(self.sign_in), "240", *span, 1_700_000_000.0)
        as_worker(record_fetches, fetched=[served])
        return self

    def text(self, *played: Span, speed: int = 100, at: int | None = None, seq: int | None = None) -> str:
        if seq is None:
            self.seq += 1
        said = ",".join(f"{begin}-{end}" for begin, end in played)
        where = at if at is not None else (played[-1][1] if played else 0)
        return f"{seq or self.seq}|{where}|{speed}|{said}"

    def send(self, text: str, mark: str | None = None, sign_in: str | None = None) -> Told:
        right = mark_of(self.opened.nonce, text)
        with acting_as(actor_for(self.user)) as actor:
            self.told = tell_beat(
                actor=actor, watch_id=self.opened.id, session=sign_in or self.sign_in, text=text,
                mark=right if mark is None else mark,
            )  # fmt: skip
        return self.told

    def play(self, begin: float, end: float, speed: float = 1, *, beats: bool = True) -> str:
        """Play it in real time; the beat goes out unless it is kept back. Its text."""
        self.time.go((end - begin) / speed)
        text = self.text((int(begin * 1000), int(end * 1000)), speed=int(speed * 100))
        if beats:
            self.send(text)
        return text


def seconds_of(user: User) -> float:
    """All that the person has been credited of any video."""
    milliseconds: int = sum(end - begin for row in Watched.unscoped.filter(user=user) for begin, end in row.spans)
    return milliseconds / 1000
