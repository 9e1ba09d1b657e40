"""Values in words: minutes as people say them, percent, and what stands beside them."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from consortium.insight.measures import Kind, Measure, Value

_HOUR, _DAY = 60, 1440


def minutes_in_words(minutes: float) -> str:
    """ "12 min", "5.5 h", "2 d": two figures are enough, more would claim what rounding took away."""
    if minutes < 2 * _HOUR:
        return _("%(n)s min") % {"n": number_format(round(minutes))}
    if minutes < 2 * _DAY:
        return _("%(n)s h") % {"n": _short(minutes / _HOUR)}
    return _("%(n)s d") % {"n": _short(minutes / _DAY)}


def _short(value: float) -> str:
    return number_format(round(value, 1) if value % 1 else int(value), use_l10n=True)


def number_in_words(kind: Kind, value: float) -> str:
    """A value in the measure's own unit."""
    if kind == Kind.TIME:
        return minutes_in_words(value)
    if kind == Kind.SHARE:
        return _("%(n)s %%") % {"n": number_format(round(value, 1) if 0 < value < 10 else round(value))}
    if kind == Kind.MEAN:
        return number_format(round(value, 1), 1)
    return number_format(round(value), use_l10n=True, force_grouping=True)


def value_in_words(measure: Measure, value: Value) -> str:
    """ "–" where there is nothing to tell, "fewer than 5" where it is not told."""
    if value.hidden:
        return _("fewer than 5")
    return "–" if value.value is None else number_in_words(measure.kind, value.value)


def shown(measure: Measure, value: Value) -> dict[str, Any]:
    """What a template needs of one value."""
    return {
        "text": value_in_words(measure, value),
        "tenth": minutes_in_words(value.tenth) if value.tenth is not None else "",
        "n": number_format(value.n, use_l10n=True, force_grouping=True),
        "part": value.part,
        "small": value.small,
        "hidden": value.hidden,
        "none": value.value is None and not value.hidden,
    }
