"""Topics of live pages: kinds that features register."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.kernel import topics
from consortium.kernel.actors import ANONYMOUS
from consortium.kernel.policies import Allowed
from consortium.kernel.topics import TopicKind

WARD = TopicKind("ward", lambda actor, key: Allowed(), lambda keys: {}, lambda actor, key, after, limit: [])


@pytest.fixture(autouse=True)
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "_kinds", {})


def test_a_registered_kind_is_known() -> None:
    topics.register(WARD)
    assert topics.kinds() == {"ward": WARD}


def test_a_topic_is_split_into_kind_and_key() -> None:
    topics.register(WARD)
    assert topics.split("ward:7") == (WARD, "7")


def test_a_key_may_have_colons() -> None:
    topics.register(WARD)
    assert topics.split("ward:a:b") == (WARD, "a:b")


@pytest.mark.parametrize("topic", ["", "ward", "other:7", ":7"])
def test_a_kind_that_nobody_registered_is_none(topic: str) -> None:
    assert topics.split(topic)[0] is None


def test_a_right_runs_on_unless_its_kind_says_otherwise() -> None:
    assert WARD.ends_at(ANONYMOUS, "7") is None


def test_a_kind_registered_again_takes_the_place_of_the_first() -> None:
    topics.register(WARD)
    newer = TopicKind("ward", WARD.may_listen, WARD.last_seqs, WARD.entries_after)
    topics.register(newer)
    assert topics.split("ward:7")[0] is newer


@pytest.mark.parametrize("key", ["", "no-uuid", "' OR 1=1", "0b9fd2a4-6d5c-4a5e-9a55-0f6d1f9f7a11"])
def test_no_kind_of_the_product_lets_the_visitor_listen(key: str, monkeypatch: pytest.MonkeyPatch, db: Any) -> None:
    monkeypatch.undo()
    from consortium.kernel.actors import acting_as

    assert topics.kinds()
    with acting_as(ANONYMOUS):
        allowed = [name for name, kind in topics.kinds().items() if kind.may_listen(ANONYMOUS, key).allowed]
    assert allowed == []
