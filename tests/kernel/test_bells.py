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
    bells.add_ringer(lambda topic, seq: heard.append((topic, seq)))
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


def cracked(topic: str, seq: int) -> None:
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
    assert caplog.records[0].__dict__["topic_kind"] == "case"
    assert "secret" not in caplog.text


def test_who_asks_twice_is_rung_once(rung: Rung) -> None:
    before = len(bells._ringers)
    bells.add_ringer(bells._ringers[0])
    assert len(bells._ringers) == before
