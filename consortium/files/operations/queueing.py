"""Asking the media worker for an inspection."""

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

_STALE_AFTER = 600


def inspect_on_commit(attachment_id: UUID) -> None:
    """After this transaction a worker looks at the file."""
    transaction.on_commit(lambda: inspect_soon(attachment_id), robust=True)


def inspect_soon(attachment_id: UUID) -> None:
    """Ask now; when the queue is away the sweeper finds the file."""
    try:
        current_app.send_task("files.inspect", (str(attachment_id),), retry=False, expires=_STALE_AFTER)
    except Exception:  # kombu raises many kinds; the row itself says that it waits
        logger.warning("queue unreachable, left to the sweeper")
