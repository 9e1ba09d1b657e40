"""Statements that PostgreSQL plans once a connection: to parse and plan a long one takes it longer than to run it.

A statement is named there (`PREPARE`) at its third run on a connection and then only called (`EXECUTE`). PostgreSQL
plans the first five calls for their values and then keeps one plan for all, where that is no dearer. Who looks on (a
captured query, an execute wrapper) sees every statement whole, as it would be sent without this module.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.conf import settings
from psycopg2.extensions import AsIs

#: the run on one connection at which it is worth a name
FROM_RUN: Final = 3
#: statements that one connection keeps count of; the plan of a long one takes PostgreSQL some 50 kB
MOST: Final = 150
_numbers = count(1)


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A statement with gaps. `params`: what Django gave it; `gaps`: by the place of a gap among them its PostgreSQL
    type and which of the run's values it takes."""

    sql: str
    params: Sequence[Any]
    gaps: dict[int, tuple[str, Any]]
    name: str = field(default_factory=lambda: f"planned_{next(_numbers)}")

    @property
    def takes(self) -> dict[Any, str]:
        """The values that a call gives, once each and in order, with their types."""
        return {value: kind for kind, value in self.gaps.values()}

    def definition(self, cursor: Any) -> str:
        """The statement as PostgreSQL keeps it, whatever is the same in every run written out."""
        numbers = {value: n for n, value in enumerate(self.takes, 1)}
        given = [
            AsIs(f"${numbers[self.gaps[place][1]]}") if place in self.gaps else param
            for place, param in enumerate(self.params)
        ]
        kinds = f"({', '.join(self.takes.values())})" if self.gaps else ""
        return f"PREPARE {self.name}{kinds} AS {cursor.mogrify(self.sql, given).decode()}"

    def call(self) -> str:
        """The call, with a place for each of `takes`."""
        return f"EXECUTE {self.name} ({', '.join(['%s'] * len(self.takes))})" if self.gaps else f"EXECUTE {self.name}"


class _Plans:
    """What one connection has run, the least lately run first."""

    def __init__(self, raw: Any) -> None:
        self._cursor = raw.cursor
        self._runs: OrderedDict[Planned, int] = OrderedDict()

    def names(self, statement: Planned) -> bool:
        """Count a run; whether PostgreSQL knows the statement by its name."""
        runs = self._runs.get(statement, 0) + 1
        if runs == FROM_RUN:
            with self._cursor() as cursor:
                cursor.execute(statement.definition(cursor))
        self._runs[statement] = runs
        self._runs.move_to_end(statement)
        self._forget()
        return runs >= FROM_RUN

    def _forget(self) -> None:
        if len(self._runs) <= MOST:
            return
        oldest, runs = next(iter(self._runs.items()))
        if runs >= FROM_RUN:
            with self._cursor() as cursor:
                cursor.execute(f"DEALLOCATE {oldest.name}")
        del self._runs[oldest]


_plans: WeakKeyDictionary[Any, _Plans] = WeakKeyDictionary()


def is_named(connection: Any, statement: Planned) -> bool:
    """Whether this run is a call by name; counts it. Errors are those of Django's database layer."""
    if settings.DATABASE_POOLED or connection.queries_logged or connection.execute_wrappers:
        return False
    connection.ensure_connection()
    raw = connection.connection
    if raw not in _plans:
        _plans[raw] = _Plans(raw)
    with connection.wrap_database_errors:
        return _plans[raw].names(statement)
