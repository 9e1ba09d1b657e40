"""Statements that Django writes once: to build and compile one takes it longer than PostgreSQL needs to answer.

    @prepared
    def _seats(user_id: UUID, day: date) -> Any:
        return unfiltered(Membership, why="...").filter(user_id=user_id).active(day)

    seats = _seats(user.pk, clock.today())  # a list

The function is called with blanks in place of ids, days, `Text` and the actor's own ids, and its statement kept for
every other run of the same shape: as many ids, the same roles, the same plain values. The present stands in it as
`scoping.Present()`. An id or a time that is written out would be everybody's, so that such a statement is refused.
A statement that a connection runs often is planned there once, too (`kernel.planning`).
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, wraps
from types import SimpleNamespace
from typing import Any, ParamSpec
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import TransactionManagementError

from consortium.kernel import clock
from consortium.kernel.actors import Actor, Seat
from consortium.kernel.planning import Planned, is_named
from consortium.kernel.scoping import PRESENT, remembering

P = ParamSpec("P")
_SHAPES = 200
_FIRST_BLANK = 0xB1A << 100
_FIRST_DAY = 700_000
_BLANK = "\ufffc"


class BlankId(UUID):
    """Stands for the id at `place` among the values of a run."""

    kind = "uuid"
    place: int

    def __init__(self, place: int) -> None:
        super().__init__(int=_FIRST_BLANK + place)
        object.__setattr__(self, "place", place)


class Text(str):
    """A text that differs from run to run: given as it is, it would be part of the statement's shape."""


class BlankText(str):
    """Stands for the text at `place` among the values of a run."""

    kind = "text"
    place: int

    @classmethod
    def at(cls, place: int) -> "BlankText":
        blank = cls(f"{_BLANK}{place}")
        blank.place = place
        return blank


class BlankDay(date):
    """Stands for the day at `place` among the values of a run."""

    kind = "date"
    place: int

    @classmethod
    def at(cls, place: int) -> "BlankDay":
        blank = cls.fromordinal(_FIRST_DAY + place)
        blank.place = place
        return blank


class _Blanks:
    """What is given to a statement, taken apart: its values, and its shape with blanks in their places.

    What is given twice is the same blank, so that whatever compares ids decides as it would with the ids themselves.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._known: dict[Any, Any] = {}

    def of(self, given: Any) -> Any:
        if isinstance(given, UUID):
            return self._keep(given, BlankId)
        if type(given) is date:
            return self._keep(given, BlankDay.at)
        if isinstance(given, Text):
            return self._keep(given, BlankText.at)
        if isinstance(given, Actor):
            return self._actor(given)
        if isinstance(given, tuple):
            return tuple(map(self.of, given))
        return given

    def _keep(self, value: Any, blank: Callable[[int], Any]) -> Any:
        if value not in self._known:
            self._known[value] = blank(len(self.values))
            self.values.append(value)
        return self._known[value]

    def _actor(self, actor: Actor) -> Actor:
        """The same seats at blank places, in an order of their own so that equal ones have one shape."""
        mine = self.of(actor.user_id)
        ordered = sorted(actor.seats, key=lambda s: (s.role, str(s.institution_id), str(s.department_id)))
        seats = frozenset(Seat(s.role, self.of(s.institution_id), self.of(s.department_id)) for s in ordered)
        return replace(actor, user_id=mine, name="", seats=seats)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What Django wrote, with blanks among its parameters."""

    rows: Any
    compiler: Any
    planned: Planned
    converters: Any

    def run(self, values: list[Any]) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        if self.rows.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("A row is locked inside a transaction.")
        sent = self._sent(connection, values)
        compiler = copy(self.compiler)
        compiler.connection, compiler.as_sql = connection, lambda *_how, **_so: sent
        compiler.get_converters = lambda _columns: self.converters
        rows = self.rows
        asked = SimpleNamespace(
            query=_Asked(rows.query, compiler), db=DEFAULT_DB_ALIAS, model=rows.model, _fields=rows._fields,
            _known_related_objects=rows._known_related_objects,
        )  # fmt: skip
        return list(rows._iterable_class(asked))

    def _sent(self, connection: Any, values: list[Any]) -> tuple[str, tuple[Any, ...]]:
        """The call by its name, or the whole statement."""
        given: dict[Any, Any] = {PRESENT: clock.now(), **dict(enumerate(values))}
        if is_named(connection, self.planned):
            return self.planned.call(), tuple(given[value] for value in self.planned.takes)
        gaps = self.planned.gaps
        filled = (given[gaps[n][1]] if n in gaps else param for n, param in enumerate(self.planned.params))
        return self.planned.sql, tuple(filled)


class _Asked:
    """A query that was compiled before."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, using: str) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


def _written(build: Callable[..., Any], blanks: tuple[Any, ...]) -> _Statement | None:
    """The statement of this shape; None when it can find nothing."""
    with remembering():
        rows = build(*blanks)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
    if any(isinstance(p, UUID | date) and not isinstance(p, BlankId | BlankDay) for p in params):
        raise ValueError(f"{build.__qualname__}: an id or a time is written out; give it, or use Present()")
    if any(isinstance(p, str) and not isinstance(p, BlankText) and _BLANK in p for p in params):
        raise ValueError(f"{build.__qualname__}: a text is rewritten by its lookup; give it as that wants it")
    if rows._prefetch_related_lookups:
        raise ValueError(f"{build.__qualname__}: what is prefetched is a statement of its own")
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
    return _Statement(rows, compiler, Planned(sql, params, dict(_gaps(params))), converters)


def _gaps(params: Sequence[Any]) -> Iterator[tuple[int, tuple[str, Any]]]:
    """What is filled in at each run, by its place among the parameters: its type, and its place among the values."""
    for n, param in enumerate(params):
        if param is PRESENT:
            yield n, ("timestamptz", PRESENT)
        elif isinstance(param, BlankId | BlankDay | BlankText):
            yield n, (param.kind, param.place)


def prepared(build: Callable[P, Any]) -> Callable[P, list[Any]]:
    """`build` returns a QuerySet; the function that is left runs it and returns its rows. See the module."""

    @lru_cache(_SHAPES)
    def written(shape: Hashable) -> _Statement | None:
        return _written(build, shape)  # type: ignore[arg-type]

    @wraps(build)
    def run(*given: P.args, **named: P.kwargs) -> list[Any]:
        blanks = _Blanks()
        statement = written(tuple(map(blanks.of, given)))
        return [] if statement is None else statement.run(blanks.values)

    return run
