"""The workers' clock: of several beats one asks, and none asks while it cannot know."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from django.conf import settings

from consortium import celery
from consortium.kernel import valkey as bell


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
