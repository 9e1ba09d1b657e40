"""Exams while everything dies: nothing that a page had shown as saved is lost, nothing counts twice, nobody gets time.

Learners answer over HTTP as the page does: each answer has a number, is sent again until there is an answer, and is
"saved" only when the server said so. Some of them lose their browser, too, and go on on another device. Meanwhile web,
worker, Valkey, PostgreSQL and its connections are killed. What was told saved is then compared with the rows.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import requests

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from consortium.people.states import Role
from courses.assessment.models import Exam
from courses.assessment.operations.answering import EPOCH
from courses.assessment.sitting import GRACE
from tests.embedded.running import wait_until
from tests.factories.exams import begin, make_exam, make_trainer, make_version
from tests.factories.people import make_institution, make_staff, number
from tests.faults.stack import Stack, rounds
from tests.faults.table import Figure, Outcome, server_errors, show
from tests.faults.test_once import TIMES, replies
from tests.faults.ward import Caller, at_once

QUESTIONS = 4
MINUTES = 30
PER_ROUND = 10


@dataclass
class Learner:
    """One attempt. `saved` is the oracle: by question the newest answer that was told saved."""

    caller: Caller
    chance: random.Random
    attempt: str = ""
    device: str = ""
    epoch: int = 1
    count: int = 0
    saved: dict[int, tuple[int, Any]] = field(default_factory=dict)
    tellings: int = 0

    def held(self, told: dict[str, Any]) -> None:
        self.attempt, self.device, self.epoch = told["id"], told["device"], told["epoch"]

    def begin(self, exam: Exam) -> None:
        answer = self.caller.insist(f"exams/{exam.pk}/attempts/", key=uuid4())
        assert answer.status_code in (200, 201), answer.text
        self.held(answer.json())

    def answers(self) -> requests.Response:
        """A question at random, answered at random, and sent until there is an answer."""
        position, given = self.chance.randint(1, QUESTIONS), {"option": self.chance.choice("ab")}
        self.count += 1
        seq = self.epoch * EPOCH + self.count
        answer = self.put(position, {"seq": seq, "given": given, "device": self.device})
        if answer.status_code == 200 and answer.json()["kept"]:
            self.saved[position] = (seq, given)
            self.tellings += 1
        return answer

    def put(self, position: int, body: dict[str, Any]) -> requests.Response:
        return insist_put(self.caller, f"attempts/{self.attempt}/answers/{position}/", body)

    def loses_the_browser(self) -> None:
        """All that the page knew is gone; on another device it goes on."""
        answer = self.caller.insist(f"attempts/{self.attempt}/take-over/")
        assert answer.status_code == 200, answer.text
        self.held(answer.json())
        self.count = 0

    def sits(self, until: threading.Event) -> None:
        while not until.is_set():
            self.answers()
            if self.chance.random() < 0.05:
                self.loses_the_browser()
            time.sleep(self.chance.random() / 10)

    def hands_in(self) -> None:
        answer = self.caller.insist(f"attempts/{self.attempt}/hand-in/")
        assert answer.json()["step"] == "finished", answer.text


def insist_put(caller: Caller, path: str, body: dict[str, Any]) -> requests.Response:
    """As `Caller.insist`, for a PUT."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            address = f"{caller.stack.url}/api/v1/{path}"
            answer = requests.put(address, json=body, headers=caller.headers, timeout=60)
        except requests.RequestException:
            caller.statuses.append(0)
            time.sleep(0.1)
            continue
        caller.statuses.append(answer.status_code)
        if answer.status_code not in (429, 502, 503, 504):
            return answer
        time.sleep(0.1 if answer.status_code != 429 else 2)
    raise AssertionError(f"no answer to {path}: {caller.statuses[-5:]}")


class Hall:
    """An exam in the stack, and who sits it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        with stack.rows(), acting_as(system("fault tests")):
            self.place = make_institution()
            versions = [make_version(self.place) for _ in range(QUESTIONS)]
            self.exam = make_exam(make_trainer(self.place), self.place, versions, minutes=MINUTES)

    def user(self) -> User:
        with self.stack.rows(), acting_as(system("fault tests")):
            return make_staff(f"learner{number()}", self.place, Role.ASKER)

    def learner(self) -> Learner:
        return Learner(Caller(self.stack, self.user()), random.Random(number()))

    def began(self, before: timedelta) -> Learner:
        """A learner whose attempt began some time ago."""
        learner = self.learner()
        with self.stack.rows(), clock.moved(-before):
            attempt = begin(self.exam, learner.caller.user)
        learner.attempt, learner.device = str(attempt.pk), str(attempt.device)
        return learner


def _no_valkey(stack: Stack) -> None:
    with stack.redis_down():
        time.sleep(0.5)


def _no_database(stack: Stack) -> None:
    with stack.database_down():
        time.sleep(0.3)


FAULTS: dict[str, Callable[[Stack], Any]] = {
    "web": lambda stack: stack.restart("web"),
    "worker": lambda stack: stack.restart("worker"),
    "connections": lambda stack: stack.cut_connections(),
    "valkey": _no_valkey,
    "postgres": _no_database,
}


def break_everything(stack: Stack, chance: random.Random) -> None:
    """Each fault once, in some order, at some instant."""
    for name in chance.sample(sorted(FAULTS), len(FAULTS)):
        time.sleep(chance.random())
        FAULTS[name](stack)


def lost(stack: Stack, learner: Learner) -> int:
    """Answers that were told saved, and of which neither they nor a newer one stands."""
    rows = stack.sql(
        "SELECT q.position, a.seq, a.given FROM assessment_givenanswer a"
        " JOIN assessment_formquestion q ON q.id = a.question_id WHERE a.attempt_id = %s", learner.attempt,
    )  # fmt: skip
    standing = {position: (seq, given) for position, seq, given in rows}
    return sum(
        position not in standing
        or standing[position][0] < seq
        or (standing[position][0] == seq and standing[position][1] != given)
        for position, (seq, given) in learner.saved.items()
    )


def doubled(stack: Stack, learner: Learner) -> int:
    """What was counted more than once: hand-ins, results, uses of a question."""
    entries = stack.sql(
        "SELECT verb, count(*) FROM journal_entry WHERE subject_id = %s AND verb IN ('hand_in', 'finish_attempt')"
        " GROUP BY verb", learner.attempt,
    )  # fmt: skip
    uses = stack.count("SELECT count(*) FROM assessment_response WHERE use_id = %s", learner.attempt)
    assert dict(entries).keys() == {"hand_in", "finish_attempt"}
    return sum(int(count) - 1 for _verb, count in entries) + abs(uses - QUESTIONS)


def right_points(stack: Stack, learner: Learner) -> bool:
    """The result is that of the answers that stand."""
    right = stack.count(
        "SELECT count(*) FROM assessment_givenanswer WHERE attempt_id = %s AND given->>'option' = 'a'", learner.attempt
    )
    return stack.count("SELECT points::int FROM assessment_attempt WHERE id = %s", learner.attempt) == right


def test_nothing_saved_is_lost_whatever_dies(stack: Stack, figure: Figure) -> None:
    hall, told, gone, twice, statuses = Hall(stack), 0, 0, 0, []
    for turn in range(rounds()):
        learners = [hall.learner() for _ in range(PER_ROUND)]
        _sat(stack, hall, learners, random.Random(turn))
        told += sum(learner.tellings for learner in learners)
        gone += sum(lost(stack, learner) for learner in learners)
        twice += sum(doubled(stack, learner) for learner in learners)
        assert all(right_points(stack, learner) for learner in learners)
        statuses += [status for learner in learners for status in learner.caller.statuses]
    broken = statuses.count(0)
    note = f"{rounds() * PER_ROUND} attempts, {len(FAULTS)} kinds of fault, {broken} broken connections"
    outcome = Outcome(rounds(), told, lost=gone, doubled=twice, errors=server_errors(statuses), note=note)
    show(figure, "exam answers", outcome)

    assert told > 0
    assert (gone, twice) == (0, 0)


def _sat(stack: Stack, hall: Hall, learners: list[Learner], chance: random.Random) -> None:
    """All sit it at once while everything breaks; then they hand in, some of them while it breaks again."""
    for learner in learners:
        learner.begin(hall.exam)
    enough, errors = threading.Event(), []

    def run(learner: Learner) -> None:
        try:
            learner.sits(enough)
            learner.hands_in()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(learner,)) for learner in learners]
    for thread in threads:
        thread.start()
    try:
        break_everything(stack, chance)
    finally:
        enough.set()
        for thread in threads:
            thread.join(180)
    assert errors == []


def test_nobody_gets_more_time(stack: Stack, figure: Figure) -> None:
    """Who goes on sending after the end is refused, and the clock hands in once, also when its worker dies."""
    hall = Hall(stack)
    late = [hall.began(timedelta(minutes=MINUTES, seconds=-2)) for _ in range(rounds())]
    due = [hall.began(timedelta(minutes=MINUTES, seconds=2) + GRACE) for _ in range(rounds())]
    stack.restart("worker")
    statuses = [_answers_past_the_end(learner) for learner in late]
    query = "SELECT count(*) FROM assessment_attempt WHERE id = ANY(%s::uuid[]) AND step = 'finished'"
    wait_until(lambda: stack.count(query, [one.attempt for one in due]) == len(due), "the clock hands in", 60)
    over = stack.count(
        "SELECT count(*) FROM assessment_givenanswer a JOIN assessment_attempt t ON t.id = a.attempt_id"
        " WHERE t.exam_id = %s AND a.saved_at > t.ends_at", str(hall.exam.pk),
    )  # fmt: skip
    clocked = stack.count("SELECT count(*) FROM assessment_attempt WHERE by_the_clock AND handed_in_at = ends_at"
                          " AND id = ANY(%s::uuid[])", [one.attempt for one in due])  # fmt: skip
    twice = sum(doubled(stack, learner) for learner in due)
    note = f"{over} answers after the end, {clocked} handed in by the clock"
    show(figure, "exam time", Outcome(rounds(), len(late) + len(due), doubled=twice, note=note))

    assert (over, twice, clocked) == (0, 0, len(due))
    assert all(found == {200, 422} or found == {422} for found in statuses)
    for learner in late:
        learner.hands_in()


def _answers_past_the_end(learner: Learner) -> set[int]:
    """What an attempt with two seconds left is told while it goes on sending for four."""
    seen, until = set(), time.monotonic() + 4
    while time.monotonic() < until:
        seen.add(learner.answers().status_code)
    assert learner.answers().status_code == 422
    return seen


def test_the_same_answer_twenty_times_at_once_is_one(stack: Stack, figure: Figure) -> None:
    """R8 for the answer of an exam, for its beginning and for handing in."""
    hall, different, rows, statuses = Hall(stack), 0, 0, []
    for _ in range(rounds()):
        learner = hall.learner()
        parts = _each_twenty_times(hall, learner)
        different += sum(len(replies(answers)) - 1 for answers in parts[1:])
        different += len({answer.json()["id"] for answer in parts[0]}) - 1
        rows += stack.count("SELECT count(*) FROM assessment_givenanswer WHERE attempt_id = %s", learner.attempt)
        rows += doubled(stack, learner)
        statuses += [answer.status_code for answers in parts for answer in answers]
    note = f"{TIMES} at once, {different} differing replies"
    extra = rows - rounds()
    outcome = Outcome(rounds(), rounds(), max(0, -extra), max(0, extra), server_errors(statuses), note=note)
    show(figure, "R8 exam answer", outcome)

    assert (rows, different, server_errors(statuses)) == (rounds(), 0, 0)


def _each_twenty_times(hall: Hall, learner: Learner) -> list[list[requests.Response]]:
    """Beginning, one answer, handing in."""
    key = uuid4()
    begun = at_once([lambda: learner.caller.post(f"exams/{hall.exam.pk}/attempts/", key=key)] * TIMES)
    learner.held(begun[0].json())
    body = {"seq": EPOCH + 1, "given": {"option": "a"}, "device": learner.device}
    answers = at_once([lambda: learner.put(1, body)] * TIMES)
    ended = at_once([lambda: learner.caller.post(f"attempts/{learner.attempt}/hand-in/")] * TIMES)
    return [begun, answers, ended]
