"""The one clock. Server time in UTC decides deadlines and order; tests move it, nobody else does."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta())


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC) + _offset.get()


def today() -> date:
    """The current day in the consortium's time zone."""
    return timezone.localdate(now())


def midnight(day: date) -> datetime:
    """The instant at which `day` begins in the consortium's time zone."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Let the clock run `by` ahead (or behind) inside the block."""
    token = _offset.set(_offset.get() + by)
    try:
        yield
    finally:
        _offset.reset(token)
