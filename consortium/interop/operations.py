"""Carrying a pathway from one consortium to another: which rows it is made of, and reading them into tables.

What a resource of R4 has no element for (clocks, whose turn it was, versions, how a machine stands) travels beside the
resources as one Basic a row, its columns in the extension `row`. A feature says which of its rows belong to a pathway.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
import pgtrigger
from django.apps import apps
from django.core.serializers import python
from django.core.serializers.base import DeserializationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consortium.interop.r4.blocks import OUR_CODES, OUR_EXTENSIONS
from consortium.interop.r4.reading import Unreadable
from consortium.journal.models import READS, Entry
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Pathway

_WHY: Final = "a pathway is carried to another consortium"
ROW: Final = f"{OUR_EXTENSIONS}:row"
TABLE: Final = f"{OUR_CODES}:table"
#: the journal's entries keep when, who and what; their seals and hashes are those of the journal that wrote them
_ENTRY: Final = (
    "chain", "at", "actor_kind", "actor", "actor_name", "actor_role", "institution", "verb", "subject_type",
    "subject_id", "patient", "facts", "event", "payload",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """One pathway, its child and its cases: what rows belong to it by."""

    pathway_id: UUID
    patient_id: UUID
    case_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows of one table that go with a pathway: those of `belongs`, and whatever other carried rows refer to.

    `leave_out` are columns that stay behind: the copy has the column's default. `of_people`: rows that come with the
    people who are carried, by their user's id.
    """

    label: str
    belongs: Callable[[Scope], Q] | None = None
    leave_out: tuple[str, ...] = ()
    of_people: str = ""

    @property
    def model(self) -> type[models.Model]:
        found: type[models.Model] = apps.get_model(self.label)
        return found

    def columns(self) -> list[str]:
        """The columns that travel."""
        own = [field.name for field in self.model._meta.concrete_fields if not field.primary_key]
        return [name for name in own if name not in self.leave_out]


def of_cases(scope: Scope) -> Q:
    return Q(case_id__in=scope.case_ids)


def _of_child(scope: Scope) -> Q:
    return Q(patient_id=scope.patient_id)


#: which request made a row is between that browser and its own server
KEY: Final = ("request_key",)
_carried: dict[str, Carried] = {
    each.label: each
    for each in (
        Carried("people.Region"), Carried("people.Institution"), Carried("people.Specialty"),
        Carried("people.Department"),
        Carried("people.User", leave_out=("password", "last_login", "is_superuser", "is_staff", "email")),
        Carried("people.Membership", of_people="user_id"), Carried("casework.Service"),
        Carried("casework.ServiceMember", of_people="user_id"), Carried("casework.Resource"),
        Carried("casework.Calendar", leave_out=KEY), Carried("casework.SlotRule", leave_out=KEY),
        Carried("casework.Slot"),
        Carried("patients.Patient", lambda scope: Q(pk=scope.patient_id), ("identity_sealed", "identity_hash", *KEY)),
        Carried("patients.RecordNumber", _of_child), Carried("patients.Guardian", _of_child),
        Carried("patients.Consent", _of_child),
        Carried("patients.Pathway", lambda scope: Q(pk=scope.pathway_id)),
        Carried("patients.PathwayMember", lambda scope: Q(pathway_id=scope.pathway_id)),
        Carried("patients.MeasurementSet", _of_child, KEY), Carried("patients.Measurement", _of_child),
        Carried("casework.Case", lambda scope: Q(pk__in=scope.case_ids), KEY), Carried("casework.BallSpell", of_cases),
        Carried("casework.Clock", of_cases), Carried("casework.Escalation", of_cases),
        Carried("casework.Message", of_cases, KEY), Carried("casework.Booking", of_cases, KEY),
        Carried("casework.BookingUse", lambda scope: Q(booking__case_id__in=scope.case_ids)),
    )
}  # fmt: skip


#: of whom or what the journal's words about others stay behind
_DIRECTORY: Final = frozenset(label.lower() for label, each in _carried.items() if each.belongs is None)


def carry(*rows: Carried) -> None:
    """A feature's rows go with a pathway too; an app says so when it is ready. Twice is once."""
    _carried.update({each.label: each for each in rows})


# -- which rows -------------------------------------------------------------------------------------------------------


def scope_of(pathway: Pathway) -> Scope:
    """The pathway with the cases that were sent in it."""
    cases = unfiltered(apps.get_model("casework.Case"), why=_WHY).filter(pathway=pathway, submitted_at__isnull=False)
    ids = cases.order_by("submitted_at", "pk").values_list("pk", flat=True)
    return Scope(pathway.pk, pathway.patient_id, tuple(ids))


def rows_of(scope: Scope) -> list[dict[str, Any]]:
    """Every row of a pathway as {"table", "id", "columns"}, tables and rows in a fixed order, the journal's last."""
    found = _gathered(scope)
    rows = [_plain(_carried[label], row) for label, rows in found.items() for _pk, row in sorted(rows.items())]
    return [*rows, *_entries(found)]


def _gathered(scope: Scope) -> dict[str, dict[str, Any]]:
    """label -> id -> row: what belongs to the pathway, and what that refers to, until nothing is missing."""
    found: dict[str, dict[str, Any]] = {label: {} for label in sorted(_carried)}
    for label, each in _carried.items():
        if each.belongs is not None:
            _add(found[label], each, each.belongs(scope))
    while _follow(found) + _with_people(found) + _with_actors(found):
        pass
    return found


def _add(rows: dict[str, Any], each: Carried, wanted: Q) -> int:
    fresh = {str(row.pk): row for row in unfiltered(each.model, why=_WHY).filter(wanted)}
    new = fresh.keys() - rows.keys()
    rows.update({pk: fresh[pk] for pk in new})
    return len(new)


def _follow(found: dict[str, dict[str, Any]]) -> int:
    """What the rows found refer to, of the tables that come only so. How many are new."""
    wanted: dict[str, set[Any]] = {}
    for label, rows in found.items():
        for key in _keys(_carried[label]):
            target = key.related_model._meta.label
            if target in _carried and _carried[target].belongs is None:
                wanted.setdefault(target, set()).update(getattr(row, key.attname) for row in rows.values())
    return sum(_missing(found, label, ids) for label, ids in wanted.items())


def _missing(found: dict[str, dict[str, Any]], label: str, ids: Iterable[Any]) -> int:
    """Add those of `ids` that are not among the rows found. How many there were."""
    lacking = [pk for pk in ids if pk and str(pk) not in found[label]]
    return _add(found[label], _carried[label], Q(pk__in=lacking)) if lacking else 0


def _with_people(found: dict[str, dict[str, Any]]) -> int:
    people = list(found["people.User"])
    return sum(
        _add(found[label], each, Q(**{f"{each.of_people}__in": people}))
        for label, each in _carried.items()
        if each.of_people
    )


def _keys(each: Carried) -> list[Any]:
    names = set(each.columns())
    return [field for field in each.model._meta.concrete_fields if field.is_relation and field.name in names]


def _plain(each: Carried, row: Any) -> dict[str, Any]:
    told = next(iter(python.Serializer().serialize([row], fields=each.columns())))
    return {"table": each.label, "id": str(row.pk), "columns": told["fields"]}


def _journal(found: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """What the journal tells of these rows, looks left out; of the directory's rows only when each changed last."""
    told, newest = Q(pk__in=()), Q(pk__in=())
    for label, rows in found.items():
        about = Q(subject_type=label.lower(), subject_id__in=list(rows))
        if _carried[label].belongs is None:
            newest |= about
        else:
            told |= about
    acts = unfiltered(Entry, why=_WHY).exclude(verb__in=(*READS, "import"))
    last = acts.filter(newest).order_by("subject_type", "subject_id", "-pk").distinct("subject_type", "subject_id")
    return [*last, *acts.filter(told).order_by("pk")]


def _with_actors(found: dict[str, dict[str, Any]]) -> int:
    """Whoever did it, and for which institution. How many are new."""
    acts = _journal(found)
    wanted = {
        "people.User": {act.actor_id for act in acts},
        "people.Institution": {act.institution_id for act in acts},
    }
    return sum(_missing(found, label, ids) for label, ids in wanted.items())


def _entries(found: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in sorted(_journal(found), key=lambda entry: entry.pk):
        told = next(iter(python.Serializer().serialize([row], fields=_ENTRY)))["fields"]
        if row.subject_type in _DIRECTORY:
            told |= {"facts": {}, "payload": {}, "event": ""}
        yield {"table": "journal.Entry", "id": str(row.pk), "columns": told}


def written(columns: Mapping[str, Any]) -> str:
    """The columns of a row as canonical JSON."""
    return orjson.dumps(columns, default=str, option=orjson.OPT_SORT_KEYS).decode()


# -- reading them -----------------------------------------------------------------------------------------------------


@transaction.atomic
def read_pathway(*, actor: Actor, bundle: Mapping[str, Any]) -> Pathway:
    """Read a pathway's bundle into tables that have none of it: the same rows, ids included. An operator's act.

    Machines, which let a row begin at its first step alone, look away meanwhile: the steps were taken elsewhere.
    Raises Unreadable for what is no such bundle, InvalidInput when the pathway is here already.
    """
    if not actor.is_system:
        raise NotPermitted
    rows = list(_rows_in(bundle))
    pathways = [pk for table, pk, _columns in rows if table == "patients.Pathway"]
    if len(pathways) != 1:
        raise Unreadable("a bundle with the state of one pathway is needed")
    if unfiltered(Pathway, why=_WHY).filter(pk=pathways[0]).exists():
        raise InvalidInput({"pathway": _("This pathway is here already.")})
    with pgtrigger.ignore():
        for table, pk, columns in rows:
            if table != "journal.Entry":
                _insert(_carried[table], pk, columns)
    _append((pk, columns) for table, pk, columns in rows if table == "journal.Entry")
    pathway: Pathway = unfiltered(Pathway, why=_WHY).get(pk=pathways[0])
    record(
        actor=actor, verb="import", subject=pathway, patient_id=pathway.patient_id,
        facts={"rows": len(rows), "sha256": hashlib.sha256(written(bundle).encode()).hexdigest()},
    )  # fmt: skip
    return pathway


def _rows_in(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(table, id, columns) of each Basic that carries a row."""
    for entry in bundle.get("entry", []):
        each = entry.get("resource", {})
        if each.get("resourceType") != "Basic":
            continue
        try:
            (table,) = (code["code"] for code in each["code"]["coding"] if code["system"] == TABLE)
            (told,) = (more["valueString"] for more in each["extension"] if more["url"] == ROW)
            columns = orjson.loads(told)
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable("a Basic of the bundle carries no row") from error
        if table not in _carried and table != "journal.Entry":
            raise Unreadable(f"no such table: {str(table)[:60]}")
        yield table, str(each["id"]).removeprefix(f"{table.lower()}."), columns


def _insert(each: Carried, pk: str, columns: Mapping[str, Any]) -> None:
    """One row, unless it is here already: institutions and people may be."""
    fields = {name: columns[name] for name in each.columns() if name in columns}
    try:
        (made,) = python.Deserializer([{"model": each.label, "pk": pk, "fields": fields}])
    except DeserializationError as error:
        raise Unreadable(f"a row of {each.label} cannot be read") from error
    row: Any = made.object
    if each.belongs is None and unfiltered(each.model, why=_WHY).filter(pk=row.pk).exists():
        return
    if each.label == "people.User":
        row.set_unusable_password()
    row.save_base(raw=True, force_insert=True)


def _append(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """The journal's entries, numbered and hashed anew by this journal. Their words, sealed elsewhere, stay there."""
    for pk, columns in entries:
        (made,) = python.Deserializer([{"model": "journal.Entry", "pk": int(pk), "fields": dict(columns)}])
        entry: Any = made.object
        entry.seq, entry.previous_hash, entry.hash = 0, b"", b""
        entry.save_base(raw=True, force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('journal_entry', 'id'), greatest(max(id), 1)) FROM journal_entry"
        )
