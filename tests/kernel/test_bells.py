"""The bell rings after the commit, for everybody who asked, and never troubles the sender."""

from __future__ import annotations

import logging

import pytest
from django.db import transaction

from consortium.kernel import bells

Rung = list[tuple[str, int]]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Rung:
    heard: Rung = []
    monkeypatch.setattr(bells, "_ringers", [])
    bells.add_ringer(heard.extend)
    return heard


@pytest.fixture
def peals(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> list[Rung]:
    """What a ringer was told, call by call."""
    heard: list[Rung] = []
    monkeypatch.setattr(bells, "_ringers", [lambda rings: heard.append(list(rings))])
    return heard


@pytest.mark.django_db(transaction=True)
def test_it_rings_after_the_commit(rung: Rung) -> None:
    with transaction.atomic():
        bells.ring_on_commit("case:1", 7)
        assert rung == []
    assert rung == [("case:1", 7)]


@pytest.mark.django_db(transaction=True)
def test_it_does_not_ring_for_what_was_rolled_back(rung: Rung) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bells.ring_on_commit("case:1", 7)
        raise ZeroDivisionError
    assert rung == []


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_rings_at_once(rung: Rung) -> None:
    bells.ring_on_commit("case:1", 7)
    assert rung == [("case:1", 7)]


def test_a_transaction_rings_all_at_once_in_the_order_of_asking(peals: list[Rung]) -> None:
    with transaction.atomic():
        bells.ring_on_commit("case:1", 7)
        bells.ring_later(lambda: [("desk:a", 9), ("queue:b", 9)])
        bells.ring_on_commit("case:2", 8)
    assert peals == [[("case:1", 7), ("desk:a", 9), ("queue:b", 9), ("case:2", 8)]]


def test_what_is_rung_later_is_asked_after_the_commit(peals: list[Rung]) -> None:
    asked: list[bool] = []

    def rings() -> Rung:
        asked.append(transaction.get_connection().in_atomic_block)
        return [("desk:a", 9)]

    with transaction.atomic():
        bells.ring_later(rings)
        assert asked == []
    assert (asked, peals) == ([False], [[("desk:a", 9)]])


def test_bells_that_cannot_be_told_do_not_silence_the_others(
    peals: list[Rung], caplog: pytest.LogCaptureFixture
) -> None:
    def untold() -> Rung:
        raise ZeroDivisionError

    with transaction.atomic():
        bells.ring_later(untold)
        bells.ring_on_commit("case:1", 7)
    assert peals == [[("case:1", 7)]]
    assert [record.message for record in caplog.records] == ["bells lost"]


def test_a_savepoint_that_is_rolled_back_takes_its_own_bells_along(peals: list[Rung]) -> None:
    with transaction.atomic():
        bells.ring_on_commit("case:1", 7)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            bells.ring_on_commit("case:2", 8)
            raise ZeroDivisionError
        bells.ring_on_commit("case:3", 9)
    assert peals == [[("case:1", 7), ("case:3", 9)]]


def test_what_a_savepoint_rang_that_stands_is_rung(peals: list[Rung]) -> None:
    with transaction.atomic():
        bells.ring_on_commit("case:1", 7)
        with transaction.atomic():
            bells.ring_on_commit("case:2", 8)
    assert [ring for peal in peals for ring in peal] == [("case:1", 7), ("case:2", 8)]


def test_the_next_transaction_rings_for_itself(peals: list[Rung]) -> None:
    for number in (1, 2):
        with transaction.atomic():
            bells.ring_on_commit("case:1", number)
    assert peals == [[("case:1", 1)], [("case:1", 2)]]


def cracked(rings: object) -> None:
    raise ConnectionError("no hub")


@pytest.mark.django_db(transaction=True)
def test_a_ringer_that_fails_does_not_keep_the_others_from_ringing(rung: Rung) -> None:
    bells._ringers.insert(0, cracked)
    bells.ring_on_commit("case:1", 7)
    assert rung == [("case:1", 7)]


@pytest.mark.django_db(transaction=True)
def test_a_lost_bell_is_logged_by_kind_and_without_a_key(rung: Rung, caplog: pytest.LogCaptureFixture) -> None:
    bells.add_ringer(cracked)
    with caplog.at_level(logging.WARNING):
        bells.ring_on_commit("case:secret", 7)
    assert caplog.records[0].__dict__["topic_kinds"] == "case"
    assert "secret" not in caplog.text


def test_who_asks_twice_is_rung_once(rung: Rung) -> None:
    before = len(bells._ringers)
    bells.add_ringer(bells._ringers[0])
    assert len(bells._ringers) == before
