"""Finding a child: freely inside one's institution; beyond it by exact number, which says only "a record exists"."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import PAGE_SIZE, Page, keyset
from consortium.kernel.scoping import unfiltered
from consortium.kernel.sealing import derive, keyed_hash
from consortium.patients.identity.names import plain, search_text
from consortium.patients.identity.numbers import may_be_identity, normal
from consortium.patients.models import READING_ROLES, Patient, RecordNumber

NEWEST_FIRST = ("-created_at", "-id")
FIELDS = ("id", "name", "baby_of", "birth_order", "birth_date", "sex", "created_at", "own_number")
_TOKEN_SALT = "patients.unseen"  # noqa: S105 - names the purpose, is no secret
_TOKEN_SECONDS = 1800
_DATE = re.compile(r"(\d{4})[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?")


def identity_hash(number: str) -> bytes | None:
    """The keyed hash by which an identity number is found; None for no number."""
    plain_number = normal(number)
    return keyed_hash(derive(settings.SEALING_KEY, "identity-hash"), plain_number) if plain_number else None


def patient_with_identity(number: str) -> UUID | None:
    """The record with this identity number, whoever sees it. Only its existence may be told."""
    wanted = identity_hash(number)
    if wanted is None:
        return None
    rows = unfiltered(Patient, why="does a record with this identity number exist?").current()
    found: UUID | None = rows.filter(identity_hash=wanted).values_list("pk", flat=True).first()
    return found


def rows_for(actor: Actor, patients: QuerySet[Patient]) -> Any:
    """Rows of a list: what `FIELDS` names; `own_number` is the child's number at the reader's institution."""
    places = actor.institution_ids(*READING_ROLES)
    own = RecordNumber.objects.filter(patient=OuterRef("pk"), institution_id__in=places).exclude(number="")
    return patients.annotate(own_number=Subquery(own.values("number")[:1])).values(*FIELDS)


def patients_page(actor: Actor, after: str = "") -> Page:
    """The children that the actor sees, newest on record first."""
    return keyset(rows_for(actor, Patient.objects.current()), order=NEWEST_FIRST, after=after, size=PAGE_SIZE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: `rows` the actor sees, and `unseen`, a record of an exact number that they do not see.

    `by` says by which number the unseen record was found: "identity" (it may be linked) or "record-number".
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    more: bool = False
    unseen: UUID | None = None
    by: str = ""


def find(actor: Actor, text: str, birth_date: date | None = None) -> Found:
    """Search by name, pinyin, initials, record number, date of birth; and by an exact identity number."""
    words = plain(text)
    birth_date, words = (read, "") if birth_date is None and (read := read_date(words)) else (birth_date, words)
    if not words and birth_date is None:
        return Found()
    seen = Patient.objects.current().filter(_matches(actor, words, birth_date))
    rows = list(rows_for(actor, seen).order_by(*NEWEST_FIRST)[: PAGE_SIZE + 1])
    unseen, by = _beyond(words, birth_date, {row["id"] for row in rows})
    return Found(rows[:PAGE_SIZE], len(rows) > PAGE_SIZE, unseen, by)


def read_date(text: str) -> date | None:
    """A date as people write it: 2026-03-07, 20260307, 2026年3月7日; None for anything else."""
    found = _DATE.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _matches(actor: Actor, words: str, birth_date: date | None) -> Q:
    condition = Q(birth_date=birth_date) if birth_date else Q()
    if not words:
        return condition
    places = actor.institution_ids(*READING_ROLES)
    number = RecordNumber.objects.filter(patient=OuterRef("pk"), institution_id__in=places, number__iexact=words)
    named = Q()
    for word in words.split():
        named &= Q(name_search__contains=word)
    text = named | Q(Exists(number))
    if may_be_identity(words):
        text |= Q(identity_hash=identity_hash(words))
    return condition & text


def _beyond(words: str, birth_date: date | None, seen: set[UUID]) -> tuple[UUID | None, str]:
    """A record that the actor does not see, found by an exact number: (its id, by what)."""
    if seen or not words:
        return None, ""
    if may_be_identity(words) and (found := patient_with_identity(words)) and not _sees(found):
        return found, "identity"
    if birth_date is not None and (found := _with_record_number(words, birth_date)) and not _sees(found):
        return found, "record-number"
    return None, ""


def _with_record_number(number: str, birth_date: date) -> UUID | None:
    rows = unfiltered(RecordNumber, why="does a record with this number and date of birth exist?")
    matching = rows.filter(number__iexact=number, patient__birth_date=birth_date, patient__merged_into=None)
    found = list(matching.values_list("patient_id", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else None


def _sees(patient_id: UUID) -> bool:
    return bool(Patient.objects.filter(pk=patient_id).exists())


def similar(actor: Actor, institution_id: UUID, *, name: str, baby_of: str, birth_date: date) -> list[dict[str, Any]]:
    """Children of this institution who may be the one about to be registered: of like name, born within three days."""
    here = RecordNumber.objects.filter(patient=OuterRef("pk"), institution_id=institution_id)
    near = Q(birth_date__range=(_shifted(birth_date, -3), _shifted(birth_date, 3)))
    like = Q()
    for word in {w for w in search_text(name, baby_of).split() if len(w) > 1}:
        like |= Q(name_search__contains=word)
    if not like:
        return []
    rows = Patient.objects.current().filter(Exists(here)).filter(near & like)
    return list(rows_for(actor, rows).order_by(*NEWEST_FIRST)[:5])


def _shifted(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


# -- a reference to a record that is not seen ---------------------------------------------------------------------


def unseen_token(actor: Actor, patient_id: UUID) -> str:
    """A reference to a record that `actor` does not see, good for half an hour and for this person only.

    It opens nothing: it leads to the page where the glass is broken.
    """
    return signing.dumps([str(actor.user_id), str(patient_id)], salt=_TOKEN_SALT, compress=True)


def read_unseen_token(actor: Actor, token: str) -> UUID:
    """The record that the reference names; NotVisible when it has run out or is somebody else's."""
    try:
        user_id, patient_id = signing.loads(token, salt=_TOKEN_SALT, max_age=_TOKEN_SECONDS)
    except signing.BadSignature as error:
        raise NotVisible from error
    if user_id != str(actor.user_id):
        raise NotVisible
    return UUID(patient_id)
