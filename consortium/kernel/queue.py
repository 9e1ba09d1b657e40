"""Asking a worker, after a commit. The row is the record and a relay finds it: asking may fail, never the asker."""

import logging
from typing import Any

from celery import current_app

from consortium.kernel.valkey import answers, breaker

logger = logging.getLogger(__name__)


def ask_worker(task: str, *arguments: Any, **options: Any) -> bool:
    """Put `task` on its queue; False when the queue is away, which costs those who were asking as it went a second.

    Redis is greeted first: the broker's own time-out must outlast a worker's waiting, and no sender can bear it.
    """
    if breaker.open:
        return False
    if not answers():
        breaker.trip()
        return False
    try:
        current_app.send_task(task, arguments, retry=False, **options)
    except Exception:  # kombu raises many kinds; what is due stands in PostgreSQL
        breaker.trip()
        logger.warning("the queue is away: %s is left to its relay", task)
        return False
    return True
