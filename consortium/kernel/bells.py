"""The bell: tells live pages after commit that a topic has moved.

A lost bell loses nothing: the journal is the record. What one transaction rings is told all at once: each ringer makes
one trip to Redis of it.
"""

import logging
from collections.abc import Callable, Sequence

from django.db import transaction

logger = logging.getLogger(__name__)

#: a topic and the number that it has moved to
Ring = tuple[str, int]
Ringer = Callable[[Sequence[Ring]], None]
_ringers: list[Ringer] = []


def add_ringer(ringer: Ringer) -> None:
    """`ringer(rings)` is called after each commit that moved topics, in the order of asking but for what was asked
    within a savepoint; the live hub registers itself here."""
    if ringer not in _ringers:
        _ringers.append(ringer)


def ring_on_commit(topic: str, seq: int) -> None:
    """Ring when this transaction commits. Errors of a ringer are counted in the log and never reach the sender."""
    ring_later(lambda: [(topic, seq)])


def ring_later(rings: Callable[[], Sequence[Ring]]) -> None:
    """Ring what `rings()` says when this transaction has committed: for numbers that are not known before."""
    peal = _waiting()
    if peal is None:
        transaction.on_commit(_Peal([rings]), robust=True)
    else:
        peal.asked.append(rings)


class _Peal:
    """All that one transaction rings."""

    def __init__(self, asked: list[Callable[[], Sequence[Ring]]]) -> None:
        self.asked = asked
        self.rung = False

    def __call__(self) -> None:
        self.rung = True
        _ring([ring for rings in self.asked for ring in _said(rings)])


def _said(rings: Callable[[], Sequence[Ring]]) -> Sequence[Ring]:
    """What is to be rung; nothing where that could not be told, so that the other bells of the commit are not lost."""
    try:
        return rings()
    except Exception:
        logger.warning("bells lost", extra={"topic_kinds": "untold", "bells": 1})
        return []


def _waiting() -> _Peal | None:
    """What this transaction has asked for, and would lose by the same rollback to a savepoint; None: nothing yet."""
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    for savepoints, hook, _robust in reversed(connection.run_on_commit):
        if isinstance(hook, _Peal) and not hook.rung and savepoints == here:
            return hook
    return None


def _ring(rings: Sequence[Ring]) -> None:
    for ringer in _ringers:
        try:
            ringer(rings)
        except Exception:  # the rows are stored: the pages will catch up without these bells
            kinds = sorted({topic.partition(":")[0] for topic, _seq in rings})
            logger.warning("bells lost", extra={"topic_kinds": ",".join(kinds), "bells": len(rings)})
