"""The bell: tells live pages after commit that a topic has moved.

A lost bell loses nothing: the journal is the record.
"""

import logging
from collections.abc import Callable

from django.db import transaction

logger = logging.getLogger(__name__)

Ringer = Callable[[str, int], None]
_ringers: list[Ringer] = []


def add_ringer(ringer: Ringer) -> None:
    """`ringer(topic, seq)` is called after each commit that moved `topic`; the live hub registers itself here."""
    if ringer not in _ringers:
        _ringers.append(ringer)


def ring_on_commit(topic: str, seq: int) -> None:
    """Ring when this transaction commits. Errors of a ringer are counted in the log and never reach the sender."""
    transaction.on_commit(lambda: _ring(topic, seq), robust=True)


def _ring(topic: str, seq: int) -> None:
    for ringer in _ringers:
        try:
            ringer(topic, seq)
        except Exception:  # the row is stored: the page will catch up without this bell
            logger.warning("bell lost", extra={"topic_kind": topic.partition(":")[0]})
