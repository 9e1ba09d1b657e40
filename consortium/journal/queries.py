"""Reading the journal: timelines, who changed what, and whether the chains hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from consortium.journal.models import READS, Chain, Entry, SealingKey, Verification
from consortium.kernel.pagination import Page, keyset
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
    #: id of the account that did it; "" for the system
    by: str = ""


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
    return open_texts([(patient_id, sealed)])[0]


def open_texts(sealed: Iterable[tuple[UUID, bytes | memoryview | None]]) -> list[str]:
    """As `open_text` for each (patient, sealed), with one query for all keys."""
    pairs = list(sealed)
    chains = {f"patient:{patient_id}" for patient_id, value in pairs if value}
    master = derive(settings.SEALING_KEY, "patient-keys")
    rows = SealingKey.objects.filter(subject__in=chains) if chains else []
    keys = {row.subject: unseal(master, bytes(row.wrapped), row.subject) for row in rows}
    return [_opened(keys.get(f"patient:{patient_id}"), value, patient_id) for patient_id, value in pairs]


def _opened(key: bytes | None, sealed: bytes | memoryview | None, patient_id: UUID) -> str:
    if key is None or not sealed:
        return ""
    try:
        return unseal(key, bytes(sealed), f"patient:{patient_id}").decode()
    except SealBroken:
        return ""


def open_key(chain: str) -> bytes | None:
    """The chain's own key, None once it is destroyed."""
    row = SealingKey.objects.filter(subject=chain).first()
    return unseal(derive(settings.SEALING_KEY, "patient-keys"), bytes(row.wrapped), chain) if row else None


def entries_of_patient(patient_id: UUID, *, merged: Iterable[UUID] = ()) -> Any:
    """Every entry about a patient, and the lists that showed them; `merged`: records joined into this one.

    The caller has checked the right to them.
    """
    ids = [patient_id, *merged]
    listed = Q()
    for each in ids:
        listed |= Q(facts__patients__contains=[str(each)])
    about = Q(patient_id__in=ids) | Q(verb="list-read") & listed
    return unfiltered(Entry, why="who did what with a record").filter(about)


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


def timelines(subjects: Sequence[models.Model], *, limit: int = 1000) -> dict[str, list[TimelineStep]]:
    """The acts on several subjects of one kind, without reads, by the subject's id; the oldest first. One query, and
    one for each chain's key. The caller has checked the right to them.
    """
    found: dict[str, list[TimelineStep]] = {str(subject.pk): [] for subject in subjects}
    if not subjects:
        return found
    rows = unfiltered(Entry, why="the timelines of several subjects").filter(
        subject_type=subjects[0]._meta.label_lower, subject_id__in=list(found)
    )
    keyring = _Keyring()
    for entry in rows.exclude(verb__in=READS).order_by("at", "seq")[:limit]:
        found[entry.subject_id].append(_step(entry, keyring.open(entry)))
    return found


def _step(entry: Entry, opened: dict[str, Any]) -> TimelineStep:
    return TimelineStep(
        entry.seq, entry.at, entry.actor_name, entry.actor_role, entry.verb, entry.facts,
        opened.get("text", ""), opened.get("changes", {}), str(entry.actor_id or ""),
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
class Narrow:
    """What the journal is narrowed to; days in the consortium's zone, both included."""

    person: str = ""
    verb: str = ""
    institution_id: UUID | None = None
    since: date | None = None
    until: date | None = None

    def rows(self) -> Any:
        """The entries that the reader may see, so narrowed."""
        rows = Entry.objects.select_related("institution", "actor")
        if self.person:
            people = get_user_model()._default_manager.filter(
                Q(full_name__icontains=self.person) | Q(full_name_zh__icontains=self.person)
            )
            rows = rows.filter(actor_id__in=list(people.values_list("pk", flat=True)[:MOST_PEOPLE]))
        wanted = {
            "verb": self.verb,
            "institution_id": self.institution_id,
            "at__gte": _start_of(self.since) if self.since else None,
            "at__lt": _start_of(self.until + timedelta(days=1)) if self.until else None,
        }
        return rows.filter(**{name: value for name, value in wanted.items() if value})


MOST_PEOPLE = 50


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def journal_page(narrow: Narrow, after: str = "") -> Page:
    """The journal, the newest entry first."""
    return keyset(narrow.rows(), order=("-id",), after=after)


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
      FROM journal_entry x WHERE chain > %(start)s AND (%(stop)s = '' OR chain <= %(stop)s)
      WINDOW w AS (PARTITION BY chain ORDER BY seq)) linked
WHERE hash <> journal_digest(e) OR previous_hash <> before_hash OR seq <> before_seq + 1
ORDER BY chain, seq
"""

_HEADS = """
SELECT c.subject, c.last_seq, 'head differs from the last entry'
FROM journal_chain c LEFT JOIN LATERAL (
  SELECT seq, hash FROM journal_entry WHERE chain = c.subject ORDER BY seq DESC LIMIT 1) last ON true
WHERE c.subject > %(start)s AND (%(stop)s = '' OR c.subject <= %(stop)s)
  AND (c.last_seq <> coalesce(last.seq, 0) OR c.last_hash <> coalesce(last.hash, ''::bytea))
UNION ALL
SELECT DISTINCT e.chain, 0::bigint, 'no head' FROM journal_entry e
WHERE e.chain > %(start)s AND (%(stop)s = '' OR e.chain <= %(stop)s)
  AND NOT EXISTS (SELECT FROM journal_chain WHERE subject = e.chain)
"""

#: 56 bits of each hash, summed: the order of rows does not matter, a missing or another row does
_SUM = """
SELECT count(*), coalesce(sum(('x' || encode(substr(hash, 1, 7), 'hex'))::bit(56)::bigint), 0)
FROM journal_entry WHERE id > %s AND id <= %s
"""

CHAINS_AT_ONCE = 2000


def chain_faults() -> Iterator[Fault]:
    """Every place where a chain does not hold: a row altered, taken out, put in, or cut off at the end."""
    start, stop = "", "-"
    while stop:
        stop, _count = next_stretch(start)
        yield from stretch_faults(start, stop)
        start = stop


def next_stretch(position: str) -> tuple[str, int]:
    """(the last chain of the next piece, how many chains it has); "" for an end that stands open, the last piece's."""
    following = Chain.objects.filter(subject__gt=position).order_by("subject").values_list("subject", flat=True)
    chains = list(following[:CHAINS_AT_ONCE])
    return (chains[-1] if len(chains) == CHAINS_AT_ONCE else ""), len(chains)


def stretch_faults(start: str, stop: str) -> list[Fault]:
    """The faults of the chains whose names lie behind `start`, up to `stop` ("": all that follow)."""
    limits = {"start": start, "stop": stop}
    with connection.cursor() as cursor:
        cursor.execute(_ALTERED, limits)
        found = [Fault(*row) for row in cursor.fetchall()]
        cursor.execute(_HEADS, limits)
        return found + [Fault(*row) for row in cursor.fetchall()]


def settled_sum(start: int, stop: int) -> tuple[int, Decimal]:
    """(how many entries, the sum over their hashes) with ids behind `start`, up to `stop`."""
    with connection.cursor() as cursor:
        cursor.execute(_SUM, [start, stop])
        row = cursor.fetchone()
    return (int(row[0]), Decimal(row[1])) if row else (0, Decimal(0))


def last_verification() -> Verification | None:
    """The newest finished run over all chains."""
    return Verification.objects.filter(finished_at__isnull=False).order_by("-id").first()
