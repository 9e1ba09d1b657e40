"""Catch-up over HTTP: what a page missed, and only what it may see."""

import pytest
from django.db import transaction
from django.test import Client

from consortium.journal.operations import record
from consortium.kernel.actors import system
from consortium.live import queries
from tests.live.conftest import Cast


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    client.force_login(cast.owner)
    return client


def happen(cast: Cast, *verbs: str) -> None:
    for verb in verbs:
        with transaction.atomic():
            record(actor=system("test"), verb=verb, subject=cast.seat, text="what was said")


def test_what_was_missed_comes_in_order_and_without_reads(owner: Client, cast: Cast) -> None:
    happen(cast, "one", "two", "read", "three")
    answer = owner.get("/live/catch-up/", {"topic": cast.topic, "after": "1"})
    body = answer.json()
    assert [(e["seq"], e["what"]) for e in body["entries"]] == [(2, "two"), (4, "three")]
    assert (body["seq"], body["more"]) == (4, False)
    assert "what was said" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_nothing_missed(owner: Client, cast: Cast) -> None:
    happen(cast, "one")
    body = owner.get("/live/catch-up/", {"topic": cast.topic, "after": "1"}).json()
    assert (body["entries"], body["seq"], body["more"]) == ([], 1, False)


def test_a_long_absence_is_caught_up_in_pieces(owner: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CATCH_UP_LIMIT", 2)
    happen(cast, "one", "two", "three")
    first = owner.get("/live/catch-up/", {"topic": cast.topic}).json()
    assert (len(first["entries"]), first["seq"], first["more"]) == (2, 2, True)
    second = owner.get("/live/catch-up/", {"topic": cast.topic, "after": first["seq"]}).json()
    assert ([e["what"] for e in second["entries"]], second["more"]) == (["three"], False)


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 40, "٣x"])
def test_a_bad_number_is_said_to_be_one(owner: Client, cast: Cast, after: str) -> None:
    answer = owner.get("/live/catch-up/", {"topic": cast.topic, "after": after})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_stranger_finds_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    happen(cast, "one")
    hidden = client.get("/live/catch-up/", {"topic": cast.topic})
    missing = client.get("/live/catch-up/", {"topic": "membership:00000000-0000-0000-0000-000000000000"})
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()
    assert client.get("/live/seqs/", {"topic": cast.topic}).json() == {"seqs": {}}


def test_an_unknown_kind_is_nothing(owner: Client) -> None:
    assert owner.get("/live/catch-up/", {"topic": "rights:1"}).status_code == 404


def test_where_topics_stand(owner: Client, cast: Cast) -> None:
    """One that is allowed is named even where nothing was yet: what is not named is no longer the reader's."""
    asked = {"topic": [cast.topic, "nonsense:1"]}
    assert owner.get("/live/seqs/", asked).json() == {"seqs": {cast.topic: 0}}
    happen(cast, "one", "two", "read")
    assert owner.get("/live/seqs/", asked).json() == {"seqs": {cast.topic: 2}}


@pytest.mark.parametrize("address", ["/live/seqs/", "/live/catch-up/"])
def test_nobody_known_is_sent_to_sign_in(client: Client, cast: Cast, address: str) -> None:
    assert client.get(address).status_code == 302
