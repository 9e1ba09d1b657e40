"""Keyset pages: flat at a million rows, no OFFSET, no COUNT(*)."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

from consortium.kernel.errors import InvalidInput

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """`items` of this page and the opaque cursor of the next one ("" when there is none)."""

    items: list[Any]
    next_cursor: str


def _value(item: Any, name: str) -> Any:
    return item[name] if isinstance(item, dict) else getattr(item, name)


def write_cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values), default=str)).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, ValueError) as error:
        raise InvalidInput({"after": "unreadable cursor"}) from error
    if not isinstance(values, list) or len(values) != length or any(isinstance(v, list | dict) for v in values):
        raise InvalidInput({"after": "unreadable cursor"})
    return values


def _beyond(names: Sequence[str], values: Sequence[Any], *, falling: bool) -> Any:
    """ROW(a, b, c) > ROW(x, y, z): where all columns go one way, PostgreSQL starts reading its index right there."""
    here: Any = Func(*names, function="ROW", output_field=BooleanField())
    there: Any = Func(*(Value(v) for v in values), function="ROW", output_field=BooleanField())
    return LessThan(here, there) if falling else GreaterThan(here, there)


def _after(order: Sequence[str], values: Sequence[Any]) -> Any:
    """Rows behind `values` in `order`; the outer bound lets PostgreSQL use one index range."""
    falling = {name.startswith("-") for name in order}
    if len(falling) == 1:
        return _beyond([name.lstrip("-") for name in order], values, falling=falling.pop())
    condition = Q()
    for i, name in enumerate(order):
        same = Q(**{n.lstrip("-"): v for n, v in zip(order[:i], values[:i], strict=True)})
        compare = "lt" if name.startswith("-") else "gt"
        condition |= same & Q(**{f"{name.lstrip('-')}__{compare}": values[i]})
    first = order[0]
    outer = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return outer & condition


def keyset(rows: QuerySet[Any], *, order: Sequence[str], after: str = "", size: int = PAGE_SIZE) -> Page:
    """One page of `rows` (models or .values()) in `order`, whose last column is unique and none of which is null."""
    here = _cursor(rows.model, order, after)
    return page_of(list(_from(rows.order_by(*order), order, here)[: size + 1]), order, size)


def keyset_merged(
    parts: Sequence[QuerySet[Any]],
    *,
    order: Sequence[str],
    shaped: Callable[[QuerySet[Any]], QuerySet[Any]],
    after: str = "",
    size: int = PAGE_SIZE,
    of: type[Model] | None = None,
) -> Page:
    """One page of several ranges of one model, each read by its own index; `shaped` makes the page's rows of it."""
    return page_of(list(merged(parts, order=order, shaped=shaped, after=after, size=size, of=of)), order, size)


def merged(
    parts: Sequence[QuerySet[Any]],
    *,
    order: Sequence[str],
    shaped: Callable[[QuerySet[Any]], QuerySet[Any]],
    after: str = "",
    size: int = PAGE_SIZE,
    of: type[Model] | None = None,
) -> QuerySet[Any]:
    """The rows of that page and one more, which tells that there is another.

    The ranges yield ids only, so that the page's columns are fetched once; as an array, for PostgreSQL would weigh a
    subquery against every other way to the same rows. A row that stands in two ranges is shown once. `of`: the model
    of the page's rows, where the ranges are of another one with the same keys and columns of `order`.
    """
    model = of or parts[0].model
    here = _cursor(model, order, after)
    cut = [_from(part.order_by(*order), order, here).values("pk")[: size + 1] for part in parts]
    ids = cut[0] if len(cut) == 1 else cut[0].union(*cut[1:], all=True)
    rows = model._base_manager.filter(_is_any("pk", ArraySubquery(ids)))
    return shaped(rows).order_by(*order)[: size + 1]


def _is_any(name: str, array: ArraySubquery) -> Any:
    """name = ANY(array), as a condition."""
    return Func(name, array, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def _from(ordered: Any, order: Sequence[str], here: Sequence[Any] | None) -> Any:
    return ordered if here is None else ordered.filter(_after(order, here))


def _cursor(model: type[Model], order: Sequence[str], after: str) -> list[Any] | None:
    if not after:
        return None
    try:
        return _typed(model, order, read_cursor(after, len(order)))
    except (TypeError, ValueError, ValidationError) as error:
        raise InvalidInput({"after": "unreadable cursor"}) from error


def _column(model: type[Model], path: str) -> Any:
    """The field that a path of an order leads to, over foreign keys: "institution__name_en"."""
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return field


def _typed(model: type[Model], order: Sequence[str], here: Sequence[Any]) -> list[Any]:
    """The cursor's values as the columns' own types; what anybody may have written into it must not reach the SQL."""
    fields = [_column(model, name.lstrip("-")) for name in order]
    typed = [field.to_python(value) for field, value in zip(fields, here, strict=True)]
    for field, value in zip(fields, typed, strict=True):
        field.run_validators(value)
    if None in typed:
        raise ValueError("no column of a cursor is empty")
    return typed


def page_of(items: list[Any], order: Sequence[str], size: int) -> Page:
    """`items` may hold one more than the page shows."""
    more = len(items) > size
    items = items[:size]
    cursor = write_cursor([_plain(_value(items[-1], n.lstrip("-"))) for n in order]) if more else ""
    return Page(items, cursor)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else str(value) if isinstance(value, UUID) else value
