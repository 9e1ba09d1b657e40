"""Search parameters (http://hl7.org/fhir/R4/search.html): token, reference and date, and what they mean in columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext as _

from consortium.interop.r4.kinds import Param, Source
from consortium.kernel.errors import InvalidInput

_NOTHING = Q(pk__in=())
#: what a comparison means for rows whose instant is compared with the stretch [low, high) that the value names
_COMPARED: dict[str, Callable[[str, datetime, datetime], Q]] = {
    "eq": lambda column, low, high: Q(**{f"{column}__gte": low, f"{column}__lt": high}),
    "ge": lambda column, low, high: Q(**{f"{column}__gte": low}),
    "gt": lambda column, low, high: Q(**{f"{column}__gte": high}),
    "lt": lambda column, low, high: Q(**{f"{column}__lt": low}),
    "le": lambda column, low, high: Q(**{f"{column}__lt": high}),
}


class BadSearch(InvalidInput):
    """A search that cannot be understood: 400, as FHIR has it."""

    status, code = 400, "bad-search"


def uuids(values: Sequence[str], kind: str = "") -> list[UUID]:
    """The ids among `Kind/id` and `id`; of another kind or no id at all: none, for nothing here has it."""
    found = []
    for value in values:
        named, _slash, last = value.rpartition("/")
        if named in ("", kind) or named.endswith(f"/{kind}"):
            try:
                found.append(UUID(last))
            except ValueError:
                continue
    return found


def by_id() -> Param:
    return Param("token", lambda values: Q(pk__in=uuids(values)))


def refers(kind: str, column: str) -> Param:
    """A reference to a `kind`, kept in `column`."""
    return Param("reference", lambda values: Q(**{f"{column}__in": uuids(values, kind)}))


def coded(meanings: Mapping[str, Q]) -> Param:
    """A token that stands for a condition; an unknown code finds nothing."""

    def where(values: Sequence[str]) -> Q:
        condition = _NOTHING
        for value in values:
            condition |= meanings.get(value.rpartition("|")[2], _NOTHING)
        return condition

    return Param("token", where)


def token(condition: Callable[[str, str], Q], *, private: bool = False) -> Param:
    """`system|value`, given to `condition` as its two parts."""

    def where(values: Sequence[str]) -> Q:
        found = _NOTHING
        for value in values:
            system, _bar, code = value.rpartition("|")
            found |= condition(system, code) if code else _NOTHING
        return found

    return Param("token", where, private=private)


def kept(*path: str, type_: str = "token") -> Param:
    """A token, or a reference, that is compared with the finished resource: at `path` in it."""

    def keep(resource: Mapping[str, Any], values: Sequence[str]) -> bool:
        here: Any = resource
        for name in path:
            here = here.get(name) if isinstance(here, Mapping) else None
        return here in {value.rpartition("|")[2] for value in values}

    return Param(type_, keep=keep)


def dated(column: str) -> Param:
    """A date or an instant, with eq, ge, gt, lt or le before it."""

    def where(values: Sequence[str]) -> Q:
        condition = _NOTHING
        for value in values:
            named = value[:2] in _COMPARED
            low, high = _stretch(value[2:] if named else value)
            condition |= _COMPARED[value[:2] if named else "eq"](column, low, high)
        return condition

    return Param("date", where)


def _stretch(text: str) -> tuple[datetime, datetime]:
    """The time that a value names, as precise as it is written: a day, or a second or less."""
    try:
        day = parse_date(text)
        at = None if day else parse_datetime(text.replace(" ", "+"))
    except ValueError:
        day = at = None
    if day is not None:
        start = make_aware(datetime.combine(day, time()))
        return start, make_aware(datetime.combine(day + timedelta(days=1), time()))
    if at is None:
        raise BadSearch({"date": _("Write a day (2026-11-22) or an instant (2026-11-22T08:30:00Z).")})
    at = at.replace(tzinfo=get_current_timezone()) if is_naive(at) else at
    return at.astimezone(UTC), at + (timedelta(milliseconds=1) if at.microsecond else timedelta(seconds=1))


#: every kind has them
COMMON: Mapping[str, Param] = {"_id": by_id(), "_lastUpdated": dated("touched_at")}


def conditions(source: Source, asked: Mapping[str, Sequence[str]]) -> Q:
    """All of `asked` (name -> its occurrences) on the rows of one source: occurrences are joined by "and"."""
    condition = Q()
    for name, occurrences in asked.items():
        param = source.params.get(name)
        for text in occurrences:
            if param is None:  # of another source of this kind: nothing here can have it
                condition &= _NOTHING
            elif param.where is not None:
                condition &= param.where(text.split(","))
    return condition


def wanted(source: Source, asked: Mapping[str, Sequence[str]], resource: Mapping[str, Any]) -> bool:
    """Whether a finished resource has what no column tells."""
    tests = [
        (param.keep, text.split(","))
        for name, occurrences in asked.items()
        for text in occurrences
        if (param := source.params.get(name)) and param.keep
    ]
    return all(keep(dict(resource), values) for keep, values in tests)
