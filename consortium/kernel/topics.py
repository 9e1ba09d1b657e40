"""What a live page may listen to. Each feature registers its kinds of topic; the live hub reads them.

A topic is named ``kind:key``, as `kernel.bells` rings it. A kind nobody registered is refused to everybody.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision


def _never_ends(actor: Actor, key: str) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class TopicKind:
    """One kind of topic.

    `may_listen` runs as the actor whenever their rights may have changed. `last_seqs` tells the newest stored number of
    each key, as the system, in one query. `entries_after(actor, key, after, limit)` gives what a page missed, the
    oldest first; each entry is JSON-able and has its ``seq``. `ends_at` is when a right runs out by itself (None: it
    does not).
    """

    name: str
    may_listen: Callable[[Actor, str], Decision]
    last_seqs: Callable[[Collection[str]], Mapping[str, int]]
    entries_after: Callable[[Actor, str, int, int], Sequence[dict[str, Any]]]
    ends_at: Callable[[Actor, str], datetime | None] = _never_ends


_kinds: dict[str, TopicKind] = {}


def register(kind: TopicKind) -> None:
    """Make the kind known; an app does so when it is ready."""
    _kinds[kind.name] = kind


def kinds() -> Mapping[str, TopicKind]:
    return _kinds


def split(topic: str) -> tuple[TopicKind | None, str]:
    """The kind and the key of a topic's name; no kind when it is unknown."""
    name, _, key = topic.partition(":")
    return _kinds.get(name), key
