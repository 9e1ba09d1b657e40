"""Asking the media worker for work. Each is a row in PostgreSQL: when the queue is away the sweeper finds it."""

from uuid import UUID

from django.db import transaction

from consortium.kernel.queue import ask_worker

_STALE_AFTER = 600


def inspect_on_commit(attachment_id: UUID) -> None:
    """After this transaction a worker looks at the file."""
    transaction.on_commit(lambda: inspect_soon(attachment_id), robust=True)


def inspect_soon(attachment_id: UUID) -> None:
    """Ask now."""
    ask_worker("files.inspect", str(attachment_id), expires=_STALE_AFTER)


def render_on_commit(attachment_id: UUID) -> None:
    """After this transaction a worker makes the file's small pictures."""
    transaction.on_commit(lambda: render_soon(attachment_id), robust=True)


def render_soon(attachment_id: UUID) -> None:
    """Ask now."""
    ask_worker("files.render", str(attachment_id), expires=_STALE_AFTER)


def prepare_on_commit(copy_id: UUID) -> None:
    """After this transaction a worker prepares the de-identified copy."""
    transaction.on_commit(lambda: prepare_soon(copy_id), robust=True)


def prepare_soon(copy_id: UUID) -> None:
    """Ask now."""
    ask_worker("files.prepare_copy", str(copy_id), expires=_STALE_AFTER)
