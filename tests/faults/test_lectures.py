"""A live lecture while what carries it dies: it goes on, and the recording lacks what nobody sent, and no more.

What is compared: each picture that the recorder wrote with the pictures of the film that was kept; each part on the
disk with what every viewer heard, in order; each vote and question that somebody was told is saved with the rows.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from courses.live.broadcast.keeping import SOUND
from courses.live.models import Lecture
from courses.live.operations.polls import close_poll
from tests.courses.live.room.rooms import do
from tests.embedded.running import wait_until
from tests.faults.lecture_hall import Hall, Recording, kept_parts, pictures, skips
from tests.faults.lecture_pages import Recorder, Viewer, film
from tests.faults.lines import missing, narrow, relayed
from tests.faults.stack import Stack, rounds
from tests.faults.table import Figure, Outcome, show

AUDIENCE = 24
#: a round is a lecture of its own
TURNS = max(1, rounds() // 2)
#: seconds that the lecturer has no line
OFFLINE = 20.0


@pytest.fixture
def hall(stack: Stack) -> Iterator[Hall]:
    made = Hall(stack, AUDIENCE)
    yield made
    made.end()


def sending(hall: Hall) -> tuple[Lecture, Recorder]:
    lecture = hall.lecture()
    return lecture, hall.recorder(lecture)


def lost_pictures(recorder: Recorder, kept: Recording) -> int:
    """Of the pictures that were taken. A run that was broken off may lack its last moments, and nothing before them."""
    written = pictures(film())
    assert len(set(written)) == len(written), "every picture is another"
    assert len(kept.runs) == len(recorder.taken), "each start is in the film, once"
    for shown in kept.runs:
        assert shown == written[: len(shown)], "from the first picture on, none missing, none twice"
    data = b"".join(recorder.all)
    last = recorder.taken[max(recorder.taken)]
    wanted = len(pictures(data[: sum(len(piece) for piece in recorder.all[:last])]))
    return max(0, wanted - len(kept.runs[-1]))


def skipped_parts(hall: Hall, lecture: Lecture, viewer: Viewer, run: int) -> int:
    """Of what was written between the first and the last part that it heard of a run."""
    kept, heard = kept_parts(hall, lecture, run), viewer.parts(run)
    if not heard:
        return len(kept)
    first, last = kept.index(heard[0]), kept.index(heard[-1])
    assert sorted(heard, key=kept.index) == heard, "in their order"
    return len(set(kept[first : last + 1]) - set(heard)) + len(heard) - len(set(heard))


class Round:
    """What people say in a room while something dies, and what they were told."""

    def __init__(self, hall: Hall, lecture: Lecture) -> None:
        self.hall, self.lecture, self.poll = hall, lecture, hall.poll(lecture)
        self.rooms = [hall.room(lecture, user) for user in hall.people]
        wait_until(lambda: all(room.joined for room in self.rooms), "everybody is in the room", 60)
        self.choices = [random.randrange(3) for _ in self.rooms]
        self.keys = [str(uuid4()) for _ in self.rooms]
        self.votes: list[Future[dict[str, Any]]] = []
        self.questions: list[Future[dict[str, Any]]] = []

    def speak(self, rooms: slice = slice(None)) -> None:
        """A vote and a question of each of them, at once."""
        for room, choice, key in list(zip(self.rooms, self.choices, self.keys, strict=True))[rooms]:
            self.votes.append(self.hall.begin(room.say(do="vote", poll=self.poll, choice=[choice])))
            self.questions.append(self.hall.begin(room.say(do="ask", text=f"Which dose? {key}", key=key)))

    def told(self) -> int:
        return sum(each.done() for each in (*self.votes, *self.questions))

    def outcome(self, recovery: float, note: str) -> Outcome:
        """Told are the votes and questions; lost is what they were told is saved and does not stand as they said it."""
        assert {vote.result(90)["did"] for vote in self.votes} == {"saved"}
        made = [question.result(90)["made"] for question in self.questions]
        stack, lecture = self.hall.stack, str(self.lecture.pk)
        votes = stack.sql(
            "SELECT v.user_id, v.choice FROM lectures_vote v JOIN lectures_poll p ON p.id = v.poll_id"
            " WHERE p.lecture_id = %s", lecture,
        )  # fmt: skip
        asked = stack.sql("SELECT id::text, text FROM lectures_question WHERE lecture_id = %s", lecture)
        said = {str(room.user.pk): [choice] for room, choice in zip(self.rooms, self.choices, strict=True)}
        stand = {str(user): choice for user, choice in votes}
        lost = sum(stand.get(user) != choice for user, choice in said.items()) + len(set(made) - dict(asked).keys())
        doubled = len(votes) - len(stand) + len(asked) - len({text for _id, text in asked})
        return Outcome(1, len(self.votes) + len(made), lost, doubled, 0, recovery, note)

    def closed(self) -> None:
        """What was counted reaches every page."""
        with self.hall.stack.rows():
            do(self.hall.lecturer, close_poll, lecture_id=self.lecture.pk, poll_id=self.poll)


def right(figure: Figure, fault: str, outcomes: list[Outcome]) -> None:
    told, lost, doubled = (sum(getattr(each, name) for each in outcomes) for name in ("told", "lost", "doubled"))
    slowest = max((each.recovery or 0 for each in outcomes), default=0.0)
    show(figure, fault, Outcome(len(outcomes), told, lost, doubled, 0, slowest, outcomes[-1].note))
    assert (lost, doubled) == (0, 0)


def test_the_packager_is_killed_and_the_recorder_begins_anew(hall: Hall, figure: Figure) -> None:
    outcomes = []
    for _ in range(TURNS):
        lecture, recorder = sending(hall)
        viewers = hall.viewers(lecture, hall.people)
        hall.goes_on(lecture, viewers)
        (pid,) = hall.packagers()
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        wait_until(lambda r=recorder: len(r.taken) == 2, "a second start is taken", 60)  # type: ignore[misc]
        hall.goes_on(lecture, viewers)
        took = time.monotonic() - began
        assert (recorder.ends, recorder.refused) == (["broken"], "")
        before = len(kept_parts(hall, lecture, 1))
        kept = hall.ended(lecture, recorder)
        lost = lost_pictures(recorder, kept) + sum(
            skipped_parts(hall, lecture, viewer, run) for viewer in viewers for run in (1, 2)
        )
        assert len(kept_parts(hall, lecture, 1)) == before, "what was written of the first start is all kept"
        outcomes.append(Outcome(1, sum(map(len, kept.runs)), lost, 0, 0, took, "pictures; 2 starts in one film"))
    right(figure, "lecture, ffmpeg killed", outcomes)


def test_the_web_process_is_killed_while_everybody_votes_and_all_come_back_at_once(
    stack: Stack, hall: Hall, figure: Figure
) -> None:
    outcomes = []
    for _ in range(TURNS):
        lecture, recorder = sending(hall)
        viewers = hall.viewers(lecture, hall.people)
        hall.goes_on(lecture, viewers)
        spoken = Round(hall, lecture)
        spoken.speak(slice(0, AUDIENCE // 2))
        wait_until(spoken.told, "somebody was told", 60)
        spoken.speak(slice(AUDIENCE // 2, None))
        stack.kill("web")
        for page in (*viewers, *spoken.rooms):
            page.hurry = 0.1
        began = time.monotonic()
        stack.start("web")
        wait_until(lambda r=recorder: len(r.taken) == 2, "a second start is taken", 60)  # type: ignore[misc]
        hall.goes_on(lecture, viewers)
        outcome = spoken.outcome(time.monotonic() - began, "votes and questions; all came back, 2 starts in one film")
        assert recorder.refused == ""
        assert all(page.joined > 1 for page in (*viewers, *spoken.rooms))
        assert lost_pictures(recorder, hall.ended(lecture, recorder)) == 0
        assert [skipped_parts(hall, lecture, viewer, 2) for viewer in viewers] == [0] * AUDIENCE
        outcomes.append(outcome)
    right(figure, "lecture, web killed, all come back", outcomes)


def test_a_lecture_goes_on_without_workers_and_its_film_is_kept_once(stack: Stack, hall: Hall, figure: Figure) -> None:
    outcomes = []
    for _ in range(TURNS):
        lecture, recorder = sending(hall)
        viewers = hall.viewers(lecture, hall.people)
        hall.goes_on(lecture, viewers)
        stack.kill("worker")
        spoken = Round(hall, lecture)
        spoken.speak()
        hall.goes_on(lecture, viewers)
        outcome = spoken.outcome(0.0, "votes and questions; killed again while the film was kept: one film")
        stack.start("worker")
        with stack.dawdling():
            runs = len(stack.runs())
            spoken.closed()
            hall.stopped(lecture, recorder)
            hall.over(lecture)
            wait_until(lambda n=runs: _is_being_kept(stack, n), "the film is being kept", 60)  # type: ignore[misc]
            stack.kill("worker")
        began = time.monotonic()
        stack.start("worker")
        kept = hall.kept(lecture)
        assert lost_pictures(recorder, kept) == 0
        entries = "SELECT count(*) FROM journal_entry WHERE verb = 'keep_recording' AND subject_id = %s"
        outcome = replace(outcome, recovery=time.monotonic() - began)
        assert stack.count(entries, str(lecture.pk)) == 1
        outcomes.append(outcome)
    right(figure, "lecture, worker killed", outcomes)


def _is_being_kept(stack: Stack, since: int) -> bool:
    return any("keep_what_was_sent" in run for run in stack.runs()[since:])


def test_valkey_is_restarted_and_nothing_that_was_told_saved_is_lost(stack: Stack, hall: Hall, figure: Figure) -> None:
    outcomes = []
    for _ in range(TURNS):
        lecture, recorder = sending(hall)
        viewers = hall.viewers(lecture, hall.people)
        hall.goes_on(lecture, viewers)
        spoken = Round(hall, lecture)
        spoken.speak(slice(0, AUDIENCE // 2))
        with stack.redis_down():
            spoken.speak(slice(AUDIENCE // 2, None))
            hall.goes_on(lecture, viewers)
            assert {vote.result(90)["did"] for vote in spoken.votes} == {"saved"}
        began = time.monotonic()
        wait_until(partial(heard_by_all, hall, spoken), "a line reaches every page", 90)
        outcome = spoken.outcome(time.monotonic() - began, "votes and questions; one start, no picture lost")
        assert lost_pictures(recorder, hall.ended(lecture, recorder)) == 0
        assert (recorder.joined, len(recorder.taken)) == (1, 1)
        assert [skipped_parts(hall, lecture, viewer, 1) for viewer in viewers] == [0] * AUDIENCE
        outcomes.append(outcome)
    right(figure, "lecture, Valkey restarted", outcomes)


def heard_by_all(hall: Hall, spoken: Round) -> bool:
    """Somebody says a line, and looks whether one of theirs has reached everybody."""
    speaker = spoken.rooms[0]
    hall.call(speaker.say(do="chat", text="Do you hear me?", key=str(uuid4())))
    return all(room.saw("chat", by=str(speaker.user)) for room in spoken.rooms)


def test_a_lecturer_without_a_line_for_a_while_loses_nothing_and_keeps_the_stage(hall: Hall, figure: Figure) -> None:
    lecture, recorder = sending(hall)
    viewers = hall.viewers(lecture, hall.people[:6])
    hall.goes_on(lecture, viewers)
    with recorder.offline():
        time.sleep(OFFLINE)
        cohost = hall.recorder(lecture, hall.cohost)
        wait_until(lambda: cohost.refused, "somebody else asks for the stage", 30)
    assert cohost.refused == "stage-taken"
    behind, began = recorder.written - recorder.first, time.monotonic()
    wait_until(lambda: recorder.written - recorder.first < 8, "what was recorded meanwhile is taken", 60)
    took = time.monotonic() - began
    hall.goes_on(lecture, viewers)
    assert (recorder.joined, list(recorder.taken), recorder.ends) == (2, [1], [])
    kept = hall.ended(lecture, recorder)
    lost = lost_pictures(recorder, kept)
    note = f"pictures; {behind} pieces waited {OFFLINE:.0f} s and came, the stage stayed theirs"
    show(figure, "lecture, lecturer offline", Outcome(1, len(kept.runs[0]), lost, 0, 0, took, note))
    assert (lost, len(kept.runs)) == (0, 1)


def test_a_stalled_viewer_and_one_on_a_lossy_line_slow_nobody(hall: Hall, figure: Figure) -> None:
    lecture, recorder = sending(hall)
    *others, stalled, late = hall.people
    viewers = hall.viewers(lecture, others)
    hall.goes_on(lecture, viewers)
    with relayed(hall) as relay:
        far = hall.viewer(lecture, late, relay.dial)
        (stuck,) = hall.viewers(lecture, [stalled])
        hall.goes_on(lecture, [*viewers, stuck, far])
        for page in viewers:  # everybody comes back at once, beside them
            page.hurry = 0.0
            page.cut()
        with stuck.stalled():
            heard = len(stuck.heard)
            hall.goes_on(lecture, viewers, 12)
            assert len(stuck.heard) <= heard + 1
        hall.goes_on(lecture, [*viewers, stuck, far])
        assert (far.joined, stuck.joined, relay.lost > 0) == (1, 1, True)
        assert {viewer.joined for viewer in viewers} == {2}
        kept = hall.ended(lecture, recorder)
    lost = lost_pictures(recorder, kept) + sum(max(0, skips(hall, lecture, viewer) - 1) for viewer in viewers)
    note = f"pictures; {len(viewers)} others heard each part, {relay.lost} pieces lost on the line"
    show(figure, "lecture, stalled and lossy viewers", Outcome(1, len(kept.runs[0]), lost, note=note))
    assert lost == 0


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_viewer_on_100_kbit_with_delay_and_loss_slows_nobody(hall: Hall, figure: Figure) -> None:
    """With pictures it is moved on to newer ones; then, as a page does, it goes on with the sound alone."""
    lecture, recorder = sending(hall)
    *others, poor = hall.people
    viewers = hall.viewers(lecture, others)
    with narrow() as network, relayed(hall, network.server) as relay:
        dial = partial(network.dialled, relay.port)
        pictured = hall.viewer(lecture, poor, dial)
        wait_until(lambda: skips(hall, lecture, pictured), "it is moved on to a newer keyframe", 90)
        hall.call(pictured.end())
        listens = hall.viewer(lecture, poor, dial, sound=True)
        hall.goes_on(lecture, viewers)
        wait_until(lambda: len(listens.parts(1, rung=1)) > 8, "sound alone comes through", 60)
        assert listens.joined == 1
        kept = hall.ended(lecture, recorder)
    lost = lost_pictures(recorder, kept) + sum(skipped_parts(hall, lecture, viewer, 1) for viewer in viewers)
    heard, sound = listens.parts(1, rung=1), kept_parts(hall, lecture, 1, SOUND)
    first = sound.index(heard[0])
    assert heard == sound[first : first + len(heard)], "sound without a gap"
    note = (
        f"pictures; {len(viewers)} others heard each part, that one was moved on {skips(hall, lecture, pictured)} times"
    )
    show(figure, "lecture, viewer on 100 kbit/s", Outcome(1, len(kept.runs[0]), lost, note=note))
    assert lost == 0
