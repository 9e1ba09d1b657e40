"""/healthz tells which part is away; tests/embedded kills the parts for real."""

from __future__ import annotations

import time
from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client

from consortium import health
from consortium.kernel import valkey as bell


@pytest.fixture
def hearts(valkey: redis.Redis) -> None:
    for name in health.WORKERS:
        valkey.set(bell.key("heartbeat", name), int(time.time()), ex=60)


@pytest.mark.django_db
@pytest.mark.usefixtures("hearts")
def test_all_well(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["version"] == settings.RELEASE
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.usefixtures("hearts")
@pytest.mark.parametrize("name", health.WORKERS)
def test_a_silent_part(client: Client, valkey: redis.Redis, name: str) -> None:
    valkey.delete(bell.key("heartbeat", name))
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["parts"][name] == "silent"


@pytest.mark.django_db
def test_a_heart_that_stopped_long_ago(client: Client, valkey: redis.Redis) -> None:
    valkey.set(bell.key("heartbeat", "worker"), int(time.time()) - 3600)

    assert client.get("/healthz").json()["parts"]["worker"] == "late"


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_away")
def test_redis_away(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["redis"] == "unreachable (ConnectionError)"


def test_database_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError, connection

    def gone() -> Any:
        raise OperationalError("the address of the server, which nobody needs to see")

    monkeypatch.setattr(connection, "cursor", gone)

    assert health._tried(health._database) == "unreachable (OperationalError)"
