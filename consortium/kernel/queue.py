"""Asking a worker, after a commit. The row is the record and a relay finds it: asking may fail, never the asker."""

import logging
from typing import Any

from celery import current_app

from consortium.kernel.valkey import breaker

logger = logging.getLogger(__name__)


def ask_worker(task: str, *arguments: Any, **options: Any) -> bool:
    """Put `task` on its queue; False when the queue is away, which costs one sender in two seconds one time-out."""
    if breaker.open:
        return False
    try:
        current_app.send_task(task, arguments, retry=False, **options)
    except Exception:  # kombu raises many kinds; what is due stands in PostgreSQL
        breaker.trip()
        logger.warning("the queue is away: %s is left to its relay", task)
        return False
    return True
