"""How a film's step and a video's length are shown."""

from typing import Any

from django import template

from consortium.kernel.templatetags.look import tag
from courses.library.states import FilmStep

register = template.Library()
_LOOKS = {
    FilmStep.READY: ("green", "circle-check"),
    FilmStep.PLAYABLE: ("green", "circle-play"),
    FilmStep.FAILED: ("pink", "triangle-alert"),
    FilmStep.CANCELLED: ("", "circle-x"),
}


@register.simple_tag
def film_tag(step: str | None) -> Any:
    """A pill with the words of the step; nothing where no film has been sent."""
    if not step:
        return ""
    tone, sign = _LOOKS.get(FilmStep(step), ("yellow", "loader-circle"))
    return tag(FilmStep(step).label, tone, sign)


@register.filter
def minutes(milliseconds: int) -> str:
    """62500 -> 1:02; 3725000 -> 1:02:05."""
    whole = milliseconds // 1000
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


@register.filter
def seconds(milliseconds: int) -> str:
    """62500 -> 62.500, as players read it."""
    return f"{milliseconds / 1000:.3f}"
