"""Heartbeats of players: how many a second one core takes in, beside the same two statements written by hand.

``python -m benchmarks.courses_watch [--rounds 300] [--sizes 100 10000]``. `size` is the number of people who have
watched the film; the one who is measured has fetched a lecture of 45 minutes. "operation": what the server does with a
beat once it knows who sends it: the mark, what can be true of it, the union in the database, and the commit. "page":
the same over HTTP, signed in and scoped.
"""

import argparse
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.harness import Run, Samples, in_turn, report, rounded, show, timed
from benchmarks.world import World, world

# isort: split

from django.db import connection, transaction

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from consortium.people.states import Role
from courses.library.intervals import mark_of
from courses.library.ladder.signing import binding
from courses.library.models import Film, SegmentServed, WatchSession
from courses.library.operations.watching import open_watch, tell_beat
from tests.cast import actor_for
from tests.courses.library.films import playing, shown_in_course
from tests.courses.library.making import lessons_of
from tests.factories.people import make_staff

LEAST = 300
LENGTH, SEGMENT = 45 * 60 * 1000, 4000
_OTHERS = """INSERT INTO people_user (id, password, is_superuser, username, email, is_staff, is_active, date_joined,
    full_name, full_name_zh, title, licence_number, phone, language, theme)
  SELECT gen_random_uuid(), '!', false, 'viewer-' || n, '', false, true, now(), 'Viewer ' || n, '', '', '', '', '', ''
  FROM generate_series(%(begin)s, %(end)s) n"""
_WATCHED = """INSERT INTO library_watched (user_id, video_id, spans, position, at)
  SELECT u.id, %(video)s, int4multirange(int4range(0, 600000), int4range(900000, 1200000)), 1200000, now()
  FROM people_user u WHERE u.username LIKE 'viewer-%%' ON CONFLICT DO NOTHING"""
_READ = """SELECT w.*, (SELECT range_agg(int4range(s.begin, s."end")) FROM library_segmentserved s
  WHERE s.session = w.session AND s.film_id = %(film)s AND s.begin < %(end)s AND s."end" > %(begin)s)
  FROM library_watchsession w WHERE w.id = %(watch)s"""
_WRITE = """WITH beat AS (
  UPDATE library_watchsession SET beat_at = now() WHERE id = %(watch)s RETURNING user_id, video_id)
INSERT INTO library_watched AS d (user_id, video_id, spans, position, at)
SELECT user_id, video_id, int4multirange(int4range(%(begin)s, %(end)s)), %(end)s, now() FROM beat
ON CONFLICT (user_id, video_id) DO UPDATE SET spans = d.spans + excluded.spans, position = excluded.position
RETURNING d.spans"""


class Viewer:
    """Somebody who watches a lecture, ten seconds a beat."""

    def __init__(self, built: World) -> None:
        place = built.centres[0]
        trainer = make_staff("trainer", place, Role.TRAINING_ADMIN)
        self.user: User = make_staff("viewer", place, Role.ASKER)
        with acting_as(system("benchmark")):
            self.film = playing(trainer)
            Film.objects.filter(pk=self.film.pk).update(length=LENGTH)
            self.lesson = lessons_of(shown_in_course(trainer, self.film))[0]
        self.client = built.client(self.user)
        self.session = self.client.session.session_key or ""
        self.actor = actor_for(self.user)
        self.at = self.seq = 0
        self._fetch()
        with acting_as(self.actor):
            self.opened = open_watch(actor=self.actor, lesson_id=self.lesson.pk, session=self.session)

    def _fetch(self) -> None:
        rows = [
            SegmentServed(film=self.film, user=self.user, session=binding(self.session), rung=rung, begin=begin,
                          end=begin + SEGMENT, at=clock.now())
            for begin in range(0, LENGTH, SEGMENT) for rung in ("240", "sound")
        ]  # fmt: skip
        with acting_as(system("benchmark")):
            SegmentServed.objects.bulk_create(rows)

    def grow(self, begin: int, end: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_OTHERS, {"begin": begin, "end": end})
            cursor.execute(_WATCHED, {"video": self.film.video_id})
            cursor.execute("ANALYZE library_watched, library_segmentserved")

    def _next(self) -> str:
        """The text of the next beat; ten seconds are put into the purse, so that nobody waits for them."""
        WatchSession.unscoped.filter(pk=self.opened.id).update(left=10_000)
        begin = self.at % (LENGTH - 10_000)
        self.at, self.seq = begin + 10_000, self.seq + 1
        return f"{self.seq}|{self.at}|100|{begin}-{self.at}"

    def operation(self) -> float:
        text = self._next()
        mark = mark_of(self.opened.nonce, text)

        def act() -> None:
            told = tell_beat(actor=self.actor, watch_id=self.opened.id, session=self.session, text=text, mark=mark)
            if told.refused or told.again:
                raise RuntimeError(told)

        with acting_as(self.actor):
            return timed(act)

    def page(self) -> float:
        text = self._next()
        said = {"text": text, "mark": mark_of(self.opened.nonce, text)}
        begun = time.perf_counter()
        answer = self.client.post(f"/courses/watching/{self.opened.id}/beat/", said)
        taken = (time.perf_counter() - begun) * 1000
        if answer.status_code != 200 or answer.json()["refused"]:
            raise RuntimeError(answer.content)
        return taken

    def by_hand(self) -> float:
        begin = self.at % (LENGTH - 10_000)
        given: dict[str, Any] = {
            "watch": self.opened.id.hex,
            "film": self.film.pk.hex,
            "begin": begin,
            "end": begin + 10_000,
        }

        def act() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in (_READ, _WRITE):
                    cursor.execute(statement, given)
                    cursor.fetchall()

        return timed(act)


def measure(sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """Milliseconds of each at each size, and what that is in beats a second of one core."""
    results: dict[int, dict[str, Samples]] = {}
    with world() as built:
        viewer, there = Viewer(built), 0
        for size in sorted(sizes):
            viewer.grow(there + 1, size)
            there = size
            runs: dict[str, Run] = {"product": viewer.operation, "page": viewer.page, "limit": viewer.by_hand}
            results[size] = in_turn(runs, rounds=rounds, warm_up=10)
    told = report("a player's heartbeat", results, unit="ms", packages=["django", "psycopg2-binary"])
    return {**told, "goals": [_goal(size, results[size]["product"]) for size in sorted(sizes)]}


def _goal(size: int, samples: Samples) -> dict[str, Any]:
    rate = 1000 / samples.median
    return {"size": size, "of": "beats a second", "at_least": LEAST, "reached": rounded(rate), "met": rate >= LEAST}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000])
    options = parser.parse_args(arguments)
    show(measure(options.sizes, options.rounds))


if __name__ == "__main__":
    main()
