"""Asking the media worker for an inspection."""

from uuid import UUID

from django.db import transaction

from consortium.kernel.queue import ask_worker

_STALE_AFTER = 600


def inspect_on_commit(attachment_id: UUID) -> None:
    """After this transaction a worker looks at the file."""
    transaction.on_commit(lambda: inspect_soon(attachment_id), robust=True)


def inspect_soon(attachment_id: UUID) -> None:
    """Ask now; when the queue is away the sweeper finds the file."""
    ask_worker("files.inspect", str(attachment_id), expires=_STALE_AFTER)
