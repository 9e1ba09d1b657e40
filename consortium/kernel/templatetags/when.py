"""Time as people say it: a child's age, a local time, a running clock."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.kernel import clock as kernel_clock

register = template.Library()

NEWBORN_DAYS = 28
MONTHS_UNTIL_YEARS = 2
YEARS_WITH_MONTHS = 6


def _days(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def _months(n: int) -> str:
    return ngettext("%(n)d month", "%(n)d months", n) % {"n": n}


def _years(n: int) -> str:
    return ngettext("%(n)d year", "%(n)d years", n) % {"n": n}


def months_between(born: date, on: date) -> int:
    """Whole calendar months from `born` to `on`."""
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)


@register.filter
def age(born: date | None, on: date | None = None) -> str:
    """Age as paediatricians say it: days below 28 days, months below 2 years, years and months below 6, then years."""
    if born is None:
        return _("age unknown")
    born = born.date() if isinstance(born, datetime) else born
    on = on or kernel_clock.today()
    days = max((on - born).days, 0)
    if days < NEWBORN_DAYS:
        return _days(days)
    years, months = divmod(max(months_between(born, on), 0), 12)
    if years < MONTHS_UNTIL_YEARS:
        # Born on the 31st, 28 days old, may not have a whole calendar month yet: then days still say it best.
        return _months(years * 12 + months) if years or months else _days(days)
    if years < YEARS_WITH_MONTHS and months:
        return _("%(years)s %(months)s") % {"years": _years(years), "months": _months(months)}
    return _years(years)


def _local_words(moment: datetime, now: datetime) -> str:
    days = (now.date() - moment.date()).days
    at = formats.date_format(moment, "H:i")
    if days == 0:
        return at
    if days == 1:
        return _("Yesterday %(time)s") % {"time": at}
    if days == -1:
        return _("Tomorrow %(time)s") % {"time": at}
    day = formats.date_format(moment, "MONTH_DAY_FORMAT" if moment.year == now.year else "DATE_FORMAT")
    return _("%(day)s, %(time)s") % {"day": day, "time": at}


@register.filter
def local_time(moment: datetime | None) -> SafeString:
    """A `<time>` in the consortium's zone: "20:41" today, "Yesterday 20:41", else the day and the time."""
    if not moment:
        return mark_safe("")
    words = _local_words(timezone.localtime(moment), timezone.localtime(kernel_clock.now()))
    return format_html('<time class="num" datetime="{}">{}</time>', moment.isoformat(timespec="seconds"), words)


def moment_words(at: datetime) -> str:
    """Such as "Mon 23 November 14:30", in the reader's language."""
    there = timezone.localtime(at)
    return " ".join(formats.date_format(there, part) for part in ("D", "MONTH_DAY_FORMAT", "H:i"))


@register.simple_tag
def server_now() -> str:
    """The server's time, so that clocks tick right on a phone whose own clock is wrong."""
    return kernel_clock.now().isoformat(timespec="seconds")


def duration_words(span: timedelta) -> str:
    """The largest unit that still says enough: "45 s", "4 min", "2 h 10 min", "3 d 4 h"."""
    seconds = int(abs(span).total_seconds())
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    minutes = seconds // 60
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        short = _("%(n)d h") % {"n": hours}
        return short if not minutes else _("%(h)d h %(m)d min") % {"h": hours, "m": minutes}
    days, hours = divmod(hours, 24)
    return _("%(n)d d") % {"n": days} if not hours else _("%(d)d d %(h)d h") % {"d": days, "h": hours}


register.filter("duration", duration_words)

SOON_FROM = 2 / 3


def clock_state(due_at: datetime, started_at: datetime, paused: bool, now: datetime) -> tuple[str, int]:
    """("ok" | "soon" | "late" | "paused", per cent of the time used, 0-100). Soon: the last third."""
    total = max((due_at - started_at).total_seconds(), 1)
    used = min(max((now - started_at).total_seconds() / total, 0), 1)
    if paused:
        return "paused", round(used * 100)
    if now >= due_at:
        return "late", 100
    return "soon" if used >= SOON_FROM else "ok", round(used * 100)


def _clock_words(state: str, left: timedelta, reason: Any) -> str:
    if state == "paused":
        return _("Paused: %(reason)s") % {"reason": reason} if reason else _("Paused")
    span = duration_words(left)
    return _("%(time)s late") % {"time": span} if state == "late" else _("%(time)s left") % {"time": span}


_BAR = (
    '<svg class="clock-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="track" width="100" height="4"/><rect class="used" width="{}" height="4"/></svg>'
)


@register.simple_tag
def clock(
    due_at: datetime | None, started_at: datetime | None, paused_at: datetime | None = None, reason: Any = ""
) -> SafeString:
    """How much time is left, in words and as a bar; ticks in the browser. Nothing when no clock runs."""
    # A template gives "" for what is not there.
    if not due_at or not started_at:
        return mark_safe("")
    now = paused_at or kernel_clock.now()
    state, used = clock_state(due_at, started_at, bool(paused_at), now)
    of = _("of %(time)s") % {"time": duration_words(due_at - started_at)} if state in {"ok", "soon"} else ""
    return format_html(
        '<span class="clock" data-state="{}" data-due-at="{}" data-started-at="{}">'
        '<span class="clock-words"><strong data-clock-left>{}</strong> <span data-clock-of>{}</span></span>{}</span>',
        state,
        due_at.isoformat(timespec="seconds"),
        started_at.isoformat(timespec="seconds"),
        _clock_words(state, due_at - now, reason),
        of,
        format_html(_BAR, used),
    )
