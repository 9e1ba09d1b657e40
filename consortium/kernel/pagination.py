"""Keyset pages: flat at a million rows, no OFFSET, no COUNT(*)."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

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


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind `values` in `order`; the outer bound lets PostgreSQL use one index range."""
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
    ordered = rows.order_by(*order)
    if after:
        try:
            ordered = ordered.filter(_after(order, read_cursor(after, len(order))))
        except (TypeError, ValueError) as error:
            raise InvalidInput({"after": "unreadable cursor"}) from error
    items = list(ordered[: size + 1])
    more = len(items) > size
    items = items[:size]
    cursor = write_cursor([_plain(_value(items[-1], n.lstrip("-"))) for n in order]) if more else ""
    return Page(items, cursor)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else str(value) if isinstance(value, UUID) else value
