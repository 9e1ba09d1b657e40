"""R6: PostgreSQL breaks connections off in the middle of transactions, stops, or is killed, while people work."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
import requests

from tests.faults.stack import Stack, rounds, seconds_until
from tests.faults.table import Figure, Outcome, server_errors, show
from tests.faults.ward import Caller, Ward

CLIENTS = 3
CUTS = 8


class Work:
    """Doctors who begin, send and write, each request with a key and repeated until it is answered.

    `saved` is what they were told: the ids of cases, and of messages.
    """

    def __init__(self, stack: Stack, ward: Ward) -> None:
        self.stack, self.ward = stack, ward
        self.callers = [ward.caller() for _ in range(CLIENTS)]
        self.cases: list[str] = []
        self.messages: list[str] = []
        self.odd: list[str] = []

    @contextmanager
    def going_on(self) -> Iterator[None]:
        enough = threading.Event()
        threads = [threading.Thread(target=self._work, args=(caller, enough)) for caller in self.callers]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            enough.set()
            for thread in threads:
                thread.join(120)

    def _work(self, caller: Caller, enough: threading.Event) -> None:
        while not enough.is_set():
            begun = self._told(201, caller.insist("consultations/", self.ward.question("urgent"), uuid4()))
            sent = begun and self._told(200, caller.insist(f"consultations/{begun}/submit/"))
            said = sent and self._told(201, caller.insist(f"cases/{sent}/messages/", {"text": "She drinks."}, uuid4()))
            if sent:
                self.cases.append(sent)
            if said:
                self.messages.append(said)

    def _told(self, status: int, answer: requests.Response) -> str:
        if answer.status_code != status:
            self.odd.append(f"{answer.status_code} {answer.text[:300]}")
            return ""
        return str(answer.json()["id"])

    def outcome(self, recovery: float, note: str) -> Outcome:
        people = [str(caller.user.pk) for caller in self.callers]
        cases = self._stored("SELECT id::text FROM casework_case WHERE created_by_id = ANY(%s::uuid[])", people)
        messages = self._stored("SELECT id::text FROM casework_message WHERE author_id = ANY(%s::uuid[])", people)
        told = [*self.cases, *self.messages]
        lost, extra = set(told) - set(cases + messages), len(cases + messages) - len(told)
        statuses = [status for caller in self.callers for status in caller.statuses]
        again = f"{statuses.count(503)} x 503, {statuses.count(0)} cut off; {note}"
        return Outcome(rounds(), len(told), len(lost), extra, server_errors(statuses), recovery, again)

    def _stored(self, query: str, people: list[str]) -> list[str]:
        return [row[0] for row in self.stack.sql(query, people)]


def _connections_cut(stack: Stack) -> None:
    for _ in range(CUTS):
        time.sleep(random.uniform(0, 0.15))
        stack.cut_connections()


def _stopped_and_started(stack: Stack) -> None:
    stack.restart_database()


def _killed_and_started(stack: Stack) -> None:
    with stack.database_down():
        time.sleep(0.2)


FAULTS = [_connections_cut, _stopped_and_started, _killed_and_started]


def _named(fault: Callable[[Stack], None]) -> str:
    return fault.__name__.strip("_").replace("_", " ")


@pytest.mark.parametrize("fault", FAULTS, ids=_named)
def test_no_act_is_half_done_or_done_twice(
    stack: Stack, ward: Ward, fault: Callable[[Stack], None], figure: Figure
) -> None:
    """What clients were told is there, once and whole; whoever hears 503 or nothing asks again with the same key."""
    work, slowest = Work(stack, ward), 0.0
    with work.going_on():
        for _ in range(rounds()):
            time.sleep(random.uniform(0.3, 0.9))
            fault(stack)
            slowest = max(slowest, seconds_until(lambda: _well(stack), "the next request is answered"))
    outcome = show(figure, f"R6 {_named(fault)}", work.outcome(slowest, f"{CLIENTS} clients"))
    assert work.odd == []
    assert outcome.told > 0
    assert (outcome.lost, outcome.doubled, outcome.errors) == (0, 0, 0)


def _well(stack: Stack) -> bool:
    return stack.browser().get(stack.url + "/accounts/login/", timeout=30).status_code == 200


@pytest.mark.parametrize("fault", FAULTS, ids=_named)
def test_pages_say_to_come_again(stack: Stack, ward: Ward, fault: Callable[[Stack], None], figure: Figure) -> None:
    """Somebody who reads pages meanwhile sees them, or a page that says to try again; never a failure of ours."""
    asker = ward.asker()
    with stack.rows():
        reader = stack.browser(asker)
    reader.headers["Accept"] = "text/html"
    seen: list[int] = []
    unclear: list[str] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            answer = reader.get(f"{stack.url}/notices/", timeout=60)
            seen.append(answer.status_code)
            if answer.status_code == 503 and "稍等片刻" not in answer.text:
                unclear.append(answer.text[:200])

    reading = threading.Thread(target=read)
    reading.start()
    try:
        for _ in range(rounds()):
            time.sleep(0.3)
            fault(stack)
            time.sleep(0.3)
    finally:
        over.set()
        reading.join(120)
    again = reader.get(f"{stack.url}/notices/", timeout=60).status_code
    note = f"{len(seen)} pages, {seen.count(503)} x 503"
    show(figure, f"R6 pages, {_named(fault)}", Outcome(rounds(), len(seen), errors=server_errors(seen), note=note))
    assert again == 200, "still signed in"
    assert set(seen) <= {200, 503}
    assert unclear == [], "each 503 says in both languages what to do"
