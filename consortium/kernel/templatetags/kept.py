"""Fragments that are drawn once: a list that refreshes itself has the same rows as a moment ago."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from consortium.kernel import clock

register = template.Library()
_MOST = 2000


@lru_cache(_MOST)
def _drawn(name: str, language: str | None, minute: int, row: tuple[tuple[str, Any], ...]) -> SafeString:
    return mark_safe(get_template(name).render({"row": dict(row)}))  # noqa: S308 - the template has escaped it


@register.simple_tag
def kept(name: str, row: Mapping[str, Any]) -> SafeString:
    """The template `name` with `row` and nothing else, drawn anew when a value of the row, the language or the minute
    is another one. The row's values are hashable, or lists of such."""
    told = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in row.items())
    return _drawn(name, get_language(), int(clock.now().timestamp() // 60), told)
