"""Tickets into a room: only what was issued, for this lecture, in this session, while it holds."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from courses.live.room import CAPTION, CONDUCT, MODERATE, Ticket, issue, read

KEY, SESSION, NOW = b"a key", "a-session", 1000.0
TICKET = Ticket(uuid4(), uuid4(), 1600, frozenset({MODERATE}), "Dr 王 Wang")


def opened(text: str, **other: object) -> Ticket | None:
    asked = {"lecture": TICKET.lecture, "session": SESSION, "now": NOW, **other}
    return read(KEY, text, **asked)  # type: ignore[arg-type]


def test_what_was_issued_is_read() -> None:
    assert opened(issue(KEY, TICKET, SESSION)) == TICKET


def test_it_ends() -> None:
    assert opened(issue(KEY, TICKET, SESSION), now=1600.0) is None


@pytest.mark.parametrize(("name", "value"), [("session", "another"), ("session", ""), ("lecture", uuid4())])
def test_elsewhere_it_is_worth_nothing(name: str, value: object) -> None:
    assert opened(issue(KEY, TICKET, SESSION), **{name: value}) is None


def test_another_key_opens_nothing() -> None:
    assert opened(issue(b"another", TICKET, SESSION)) is None


@pytest.mark.parametrize("text", ["", ".", "x.y", "é.é", "e30=.x"])
def test_what_is_none_is_none(text: str) -> None:
    assert opened(text) is None


def test_a_body_that_was_changed_is_refused() -> None:
    mine = issue(KEY, TICKET, SESSION)
    better = issue(KEY, replace(TICKET, rights=frozenset({CONDUCT})), SESSION)
    assert opened(f"{better.partition('.')[0]}.{mine.partition('.')[2]}") is None


def test_a_right_nobody_knows_is_not_granted() -> None:
    read_back = opened(issue(KEY, replace(TICKET, rights=frozenset({"own", CAPTION})), SESSION))
    assert read_back is not None
    assert read_back.rights == {CAPTION}


@pytest.mark.parametrize(("right", "crew"), [(MODERATE, True), (CONDUCT, True), (CAPTION, False)])
def test_who_moderates_or_conducts_is_of_the_crew(right: str, crew: bool) -> None:
    assert replace(TICKET, rights=frozenset({right})).is_crew is crew
