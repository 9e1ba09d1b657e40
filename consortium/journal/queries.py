"""Reading the journal: timelines, who changed what, and whether the chains hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, models

from consortium.journal.models import READS, Entry, SealingKey
from consortium.kernel.scoping import unfiltered
from consortium.kernel.sealing import SealBroken, derive, unseal


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One visible act. `text` and `changes` are empty where the key has been destroyed."""

    seq: int
    at: datetime
    who: str
    role: str
    verb: str
    facts: dict[str, Any]
    text: str
    changes: dict[str, Any]


class _Keyring:
    """Unwraps each chain's key once for a reading."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes | None] = {}

    def open(self, entry: Entry) -> dict[str, Any]:
        if not entry.sealed:
            return {}
        if entry.chain not in self._keys:
            self._keys[entry.chain] = open_key(entry.chain)
        key = self._keys[entry.chain]
        if key is None:
            return {"erased": True}
        try:
            content: dict[str, Any] = orjson.loads(unseal(key, bytes(entry.sealed), entry.chain))
        except SealBroken:
            return {"erased": True}
        return content


def open_text(patient_id: UUID, sealed: bytes | memoryview | None) -> str:
    """What `operations.seal_text` sealed; "" for nothing, and where the patient's key has been destroyed."""
    chain = f"patient:{patient_id}"
    key = open_key(chain) if sealed else None
    if key is None or sealed is None:
        return ""
    try:
        return unseal(key, bytes(sealed), chain).decode()
    except SealBroken:
        return ""


def open_key(chain: str) -> bytes | None:
    """The chain's own key, None once it is destroyed."""
    row = SealingKey.objects.filter(subject=chain).first()
    return unseal(derive(settings.SEALING_KEY, "patient-keys"), bytes(row.wrapped), chain) if row else None


def _entries(subject: models.Model) -> Any:
    return unfiltered(Entry, why="the timeline of a subject").of_subject(subject)


def timeline(subject: models.Model, *, after: int = 0, reads: bool = False, limit: int = 200) -> list[TimelineStep]:
    """The acts on `subject` after its chain's number `after`, oldest first.

    The caller has checked the right to the subject. The number is the chain's `seq`, never the row id: ids commit out
    of order.
    """
    rows = _entries(subject).filter(seq__gt=after).order_by("seq")
    if not reads:
        rows = rows.exclude(verb__in=READS)
    keyring = _Keyring()
    return [_step(entry, keyring.open(entry)) for entry in rows[:limit]]


def _step(entry: Entry, opened: dict[str, Any]) -> TimelineStep:
    return TimelineStep(
        entry.seq, entry.at, entry.actor_name, entry.actor_role, entry.verb, entry.facts,
        opened.get("text", ""), opened.get("changes", {}),
    )  # fmt: skip


def last_seq(subject: models.Model) -> int:
    """The newest entry's number of `subject`, 0 when there is none: where a live page begins to listen."""
    newest: int | None = _entries(subject).aggregate(newest=models.Max("seq"))["newest"]
    return newest or 0


def changes_since(obj: Any) -> dict[str, Any]:
    """Who changed `obj` last, when, and which fields: what a 409 tells."""
    last = _entries(obj).exclude(verb__in=READS).order_by("-seq").first()
    if last is None:
        return {}
    told = {"changed_by": last.actor_name, "changed_at": last.at.isoformat(), "verb": last.verb}
    fields = last.facts.get("fields")
    return {**told, "changed_fields": fields} if fields else told


def edits_since(subject: models.Model, version: int) -> list[TimelineStep]:
    """The edits of `subject` after `version`, with what they changed; for entries whose facts carry the version."""
    keyring = _Keyring()
    rows = _entries(subject).filter(facts__version__gt=version).order_by("seq")
    return [_step(entry, keyring.open(entry)) for entry in rows[:50]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a chain, at which number."""

    chain: str
    seq: int
    what: str


_ALTERED = """
SELECT chain, seq, CASE
  WHEN hash <> journal_digest(e) THEN 'altered'
  WHEN previous_hash <> before_hash THEN 'broken link'
  ELSE 'missing before' END
FROM (SELECT x AS e, chain, seq, hash, previous_hash,
        coalesce(lag(hash) OVER w, ''::bytea) AS before_hash, coalesce(lag(seq) OVER w, 0) AS before_seq
      FROM journal_entry x WINDOW w AS (PARTITION BY chain ORDER BY seq)) linked
WHERE hash <> journal_digest(e) OR previous_hash <> before_hash OR seq <> before_seq + 1
ORDER BY chain, seq
"""

_HEADS = """
SELECT c.subject, c.last_seq, 'head differs from the last entry'
FROM journal_chain c LEFT JOIN LATERAL (
  SELECT seq, hash FROM journal_entry WHERE chain = c.subject ORDER BY seq DESC LIMIT 1) last ON true
WHERE c.last_seq <> coalesce(last.seq, 0) OR c.last_hash <> coalesce(last.hash, ''::bytea)
"""


def chain_faults() -> Iterator[Fault]:
    """Every place where a chain does not hold: a row altered, taken out, put in, or cut off at the end."""
    with connection.cursor() as cursor:
        for statement in (_ALTERED, _HEADS):
            cursor.execute(statement)
            yield from (Fault(*row) for row in cursor.fetchall())
