"""Row access that cannot be forgotten: a manager that refuses when nobody acts, and filters when somebody does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any, Self, TypeVar

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection, models
from django.db.models.sql.where import AND, WhereNode

from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, current_actor, system

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """Every scoped model's QuerySet says which of its rows a person may see."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows `actor` may see. Nothing, unless a model says otherwise."""
        return self.none()


class ScopedManager(models.Manager[M_co]):
    """The default-deny manager; `objects = ScopedManager.from_queryset(RowsQuerySet)()` in each model."""

    def get_queryset(self) -> Any:
        actor = current_actor()
        rows: Any = super().get_queryset()
        if actor.is_system:
            return rows
        kind: Any = type(rows)
        sight = _sight(self.model, kind, actor)
        if sight is None:
            return rows.visible_to(actor)
        sight.narrow(rows.query)
        return rows


class Scoped(models.Model):
    """A model whose `objects` shows each actor only what they may see; each declares its own.

    `unscoped` sees everything and is for the kernel, migrations and tests; a test refuses it elsewhere.
    """

    unscoped = models.Manager()

    class Meta:
        abstract = True
        # Forward keys and refresh_from_db go through the base manager: the row is known already, so it is plain.
        base_manager_name = "unscoped"


def unfiltered(model: type[models.Model], *, why: str) -> Any:
    """Every row of `model`, read by the system for the reason given.

    For the rules of visibility themselves and for questions whose answer shows no row (does one exist?).
    """
    manager: Any = model._default_manager
    with acting_as(system(why)):
        return manager.all()


# -- the rule of sight, compiled once for each actor -------------------------------------------------------------------
# Django builds a condition of three subqueries in 2-3 ms, each time anew: more than PostgreSQL needs to answer it.

_REMEMBERED = 1000
PRESENT = object()
_remembering: ContextVar[bool] = ContextVar("remembering", default=False)


class Present(models.Expression):
    """The instant at which the statement is sent, by `kernel.clock`.

    Rules of sight compare with this and not with `clock.now()`: a rule in which a time is written out is never
    remembered.
    """

    def __init__(self) -> None:
        super().__init__(output_field=models.DateTimeField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (PRESENT if _remembering.get() else clock.now(),)


class Sight(models.Expression):
    """What `visible_to` says for one actor, as SQL; made anew where a query gives the table another name."""

    conditional = True

    def __init__(self, rows: Any, model: type[models.Model], actor: Actor, plain: Any, sql: str,
                 params: tuple[Any, ...]) -> None:  # fmt: skip
        super().__init__(output_field=models.BooleanField())
        self.rows, self.model, self.actor, self.sql, self.params = rows, model, actor, sql, params
        self.prefixes = frozenset(plain.subq_aliases)

    def narrow(self, query: Any) -> None:
        """Put the rule into a fresh query. The names of its subqueries are taken: a query around it must know."""
        query.get_initial_alias()
        query.where.add(self, AND)
        query.subq_aliases = query.subq_aliases | self.prefixes

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if _remembering.get():
            return self.sql, self.params
        return self.sql, tuple(clock.now() if value is PRESENT else value for value in self.params)

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Any:
        if self.model._meta.db_table not in change_map:
            return self
        return _condition(self.rows, self.model, self.actor).relabeled_clone(change_map)


def _condition(rows: Any, model: type[models.Model], actor: Actor) -> Any:
    where: WhereNode = rows(model).visible_to(actor).query.where
    return where


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, what is compiled is kept: the present stands in it as PRESENT, to be filled in when it is sent."""
    token = _remembering.set(True)
    try:
        yield
    finally:
        _remembering.reset(token)


@lru_cache(_REMEMBERED)
def _sight(model: type[models.Model], rows: Any, actor: Actor) -> Sight | None:
    """The rule as SQL; None when it is not one plain condition on the table's own columns, or names a time."""
    query = rows(model).visible_to(actor).query
    tables = {alias for alias, used in query.alias_refcount.items() if used}
    if tables != {model._meta.db_table} or query.distinct or query.combinator or query.annotations:
        return None
    try:
        with remembering():
            sql, params = query.get_compiler(connection=connection).compile(query.where)
    except (EmptyResultSet, FullResultSet):  # nothing or everything: Django knows that best by itself
        return None
    if any(isinstance(value, date) for value in params):
        return None
    return Sight(rows, model, actor, query, sql, tuple(params))
