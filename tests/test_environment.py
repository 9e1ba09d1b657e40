"""What the environment may say, and what is made of it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from consortium import environment


@pytest.mark.parametrize(("said", "meant"), [("1", True), ("yes", True), ("0", False), ("off", False), ("", True)])
def test_flags(monkeypatch: pytest.MonkeyPatch, said: str, meant: bool) -> None:
    monkeypatch.setenv("DEMO", said)

    assert environment.flag("DEMO", True) is meant


@pytest.mark.parametrize(("name", "ask"), [("DEMO", "flag"), ("PORT", "number")])
def test_nonsense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, ask: str) -> None:
    monkeypatch.setenv(name, "maybe")

    with pytest.raises(environment.Unset, match=name):
        getattr(environment, ask)(name, 0)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert environment.secret("SECRET_KEY", None) == "from a file"


def test_a_secret_is_made_once_and_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = environment.secret("SECRET_KEY", tmp_path / "secrets")

    assert environment.secret("SECRET_KEY", tmp_path / "secrets") == made
    assert len(made) >= 40
    assert stat.S_IMODE((tmp_path / "secrets" / "secret_key").stat().st_mode) == 0o600


def test_production_makes_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(environment.Unset, match="SECRET_KEY"):
        environment.secret("SECRET_KEY", None)


def test_a_database_on_a_socket() -> None:
    found = environment.database("postgresql://app@/consortium?host=%2Ftmp%2Fsome%20where", connect_timeout=5)

    assert (found["HOST"], found["NAME"], found["USER"]) == ("/tmp/some where", "consortium", "app")
    assert found["OPTIONS"] == {"connect_timeout": 5}


def test_a_database_over_the_network() -> None:
    found = environment.database("postgres://app:p%40ss@db.example:6432/consortium?sslmode=verify-full")

    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example", "6432", "p@ss")
    assert found["OPTIONS"] == {"sslmode": "verify-full"}


def test_other_databases_are_refused() -> None:
    with pytest.raises(environment.Unset, match="postgresql://"):
        environment.database("sqlite:///db")


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://h:1/2", "redis://h:1/2"),
        ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0"),
    ],
)
def test_the_broker_is_the_same_server(url: str, broker: str) -> None:
    assert environment.celery_broker(url) == broker
