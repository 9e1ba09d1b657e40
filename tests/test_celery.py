"""The workers' clock: of several beats one asks, and none asks while it cannot know."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from kombu import Message

from consortium import celery, environment
from consortium.kernel import valkey as bell
from tests.live.own_valkey import OwnValkey


def scheduler() -> celery.LedScheduler:
    return celery.LedScheduler(app=celery.app, lazy=True)


@pytest.mark.usefixtures("valkey")
def test_of_two_beats_one_leads_and_goes_on_leading() -> None:
    first, second = scheduler(), scheduler()

    assert [first.leads(), second.leads(), first.leads(), second.leads()] == [True, False, True, False]


def test_when_the_leader_is_gone_another_takes_over(valkey: redis.Redis) -> None:
    first, second = scheduler(), scheduler()
    first.leads()
    valkey.delete(bell.key("lead", "beat"))

    assert second.leads()
    assert not first.leads()


def test_a_lead_ends_by_itself(valkey: redis.Redis) -> None:
    scheduler().leads()

    assert 0 < valkey.pttl(bell.key("lead", "beat")) <= 5_000


@pytest.mark.usefixtures("redis_away")
def test_while_redis_is_away_nobody_leads() -> None:
    assert not scheduler().leads()
    celery.beat_heart("beat")


@pytest.fixture
def taken() -> Iterator[tuple[Any, OwnValkey]]:
    """A message that a worker with room for one has taken, and the broker that it came from."""
    with tempfile.TemporaryDirectory(prefix="cq", dir="/tmp") as folder:
        broker = OwnValkey(Path(folder))
        broker.start()
        with celery.app.connection_for_read(environment.celery_broker(broker.url)) as connection:
            queue: Any = connection.SimpleQueue("some")
            queue.put({"number": 1})
            queue.channel.basic_qos(0, 1, False)
            message = queue.get(timeout=10)
            try:
                yield message, broker
            finally:
                broker.kill()


@pytest.mark.parametrize("end", [Message.ack, Message.reject, Message.requeue])
def test_what_cannot_be_acknowledged_does_not_keep_a_worker_from_its_next_task(
    taken: tuple[Any, OwnValkey], end: Callable[[Any], None]
) -> None:
    message, broker = taken
    assert not message.channel.qos.can_consume()
    broker.kill()
    with pytest.raises(message.channel.connection_errors):
        end(message)
    assert message.channel.qos.can_consume()


def test_what_is_acknowledged_is_gone_from_the_broker(taken: tuple[Any, OwnValkey]) -> None:
    message, _broker = taken
    message.ack()
    assert message.channel.qos.can_consume()
    assert not message.channel.client.exists(message.channel.unacked_key)


def test_every_scheduled_task_exists_and_has_a_queue_that_somebody_takes() -> None:
    celery.app.loader.import_default_modules()
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in celery.app.tasks, name
        assert _queue(entry["task"]) in {"urgent", "default", "media"}


def _queue(task: str) -> Any:
    options = celery.app.amqp.router.route({}, task)
    return options["queue"].name


def test_what_is_scheduled_runs_out_before_it_piles_up() -> None:
    assert all("expires" in entry["options"] for entry in settings.CELERY_BEAT_SCHEDULE.values())
