"""Small marks of the interface: icons, tags, whose turn it is, buttons. Every colour comes with a word and a sign.

What a worklist repeats on each row is built as a string, not an included template: 25 rows have 100 of them.
"""

from functools import lru_cache
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import lucide
import segno
from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, Form
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

register = template.Library()

_SVG_HEAD = (
    '<svg class="icon" viewBox="0 0 24 24" width="{0}" height="{0}" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
)


@lru_cache(maxsize=512)
def _shapes(name: str) -> str:
    """The inner elements of a lucide icon. Raises lucide.IconDoesNotExist for a wrong name."""
    svg = lucide._load_icon(name)
    return "".join(ElementTree.tostring(child, encoding="unicode").strip().replace(" />", "/>") for child in svg)


@lru_cache(maxsize=1024)
def _picture(name: str, size: int) -> SafeString:
    head = _SVG_HEAD.format(size) + ' aria-hidden="true">'
    return mark_safe(head + _shapes(name) + "</svg>")  # noqa: S308 - the icon comes from a locked package


@register.simple_tag
def icon(name: str, size: int = 20, label: str = "") -> SafeString:
    """A lucide icon as inline SVG. Without a label it is decoration; with one it is an image of that name."""
    if not label:
        return _picture(name, size)
    head = _SVG_HEAD.format(size)
    picture = mark_safe(_shapes(name))  # noqa: S308
    return format_html('{} role="img" aria-label="{}">{}</svg>', mark_safe(head), label, picture)  # noqa: S308


@register.simple_tag
def tag(text: Any, tone: str = "", sign: str = "") -> SafeString:
    """A short word on a pill. `tone`: pink, yellow, green, you or "" (plain). `sign`: name of an icon."""
    picture = _picture(sign, 14) if sign else ""
    return format_html('<span class="tag{}">{}{}</span>', f" is-{tone}" if tone else "", picture, text)


_SEVERITIES = {
    "pink": ("triangle-alert", gettext_lazy("Danger")),
    "yellow": ("diamond", gettext_lazy("Caution")),
    "green": ("circle-check", gettext_lazy("Good")),
}


@register.simple_tag
def severity(level: str, text: Any = "") -> SafeString:
    """A severity of the manual or a score: pink, yellow or green, with its sign and a word ("Danger" unless told)."""
    sign, word = _SEVERITIES[level]
    return tag(text or word, level, sign)


_PRIORITIES = {
    "stat": ("pink", "siren", gettext_lazy("Stat")),
    "asap": ("yellow", "diamond", gettext_lazy("As soon as possible")),
    "urgent": ("yellow", "diamond", gettext_lazy("Urgent")),
    "routine": ("", "circle", gettext_lazy("Routine")),
}


@register.simple_tag
def priority(code: str) -> SafeString:
    """The tag of a FHIR request priority: stat, asap, urgent, routine."""
    tone, sign, word = _PRIORITIES[code]
    return tag(word, tone, sign)


@register.simple_tag
def ball(mine: bool, holder: Any = "") -> SafeString:
    """Whose turn it is: "Your turn" when `mine`, else "With <holder>"; nothing when nobody holds it."""
    if mine:
        return tag(_("Your turn"), "you", "hand")
    return tag(_("With %(holder)s") % {"holder": holder}) if holder else mark_safe("")


@register.simple_tag
def phone(number: str, label: Any = "") -> SafeString:
    """A telephone number that calls when tapped. `label` says whose it is ("Duty, respiratory")."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    words = format_html("<span>{}</span> ", label) if label else ""
    shown = format_html('<span class="num">{}</span>', number)
    return format_html('<a class="phone" href="tel:{}">{}{}{}</a>', digits, _picture("phone", 18), words, shown)


@register.simple_tag
def qr(address: str, look: str = "qr") -> SafeString:
    """An address as a QR code: inline SVG of the class `look`, which gives it size and colours."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=2, svgclass=look, lineclass=None))  # noqa: S308


def _described_by(bound: BoundField, hint: Any, suffix: Any, limit: int) -> str:
    """The ids of what explains a field, so that a screen reader says it together with the field."""
    parts = {"helptext": hint, "error": bound.errors, "unit": suffix, "count": limit}
    return " ".join(f"{bound.auto_id}_{name}" for name, there in parts.items() if there)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: Any = "", hint: Any = "", suffix: Any = "", limit: int = 0) -> dict[str, Any]:
    """One form field with label, hint, error. `suffix`: its unit; `limit`: count characters up to this many."""
    widget = bound.field.widget
    hint = hint or bound.help_text
    described_by = _described_by(bound, hint, suffix, limit)
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint,
        "suffix": suffix,
        "limit": limit,
        "described_by": described_by,
        "grouped": bound.use_fieldset,
        "single_checkbox": isinstance(widget, CheckboxInput),
        "widget": bound.as_widget(attrs={"aria-describedby": described_by} if described_by else {}),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Form | None) -> dict[str, Any]:
    """What is wrong, on top of the page, each line a link to its field. Takes one or more bound forms."""
    bound = [form for form in forms if form is not None and form.is_bound and form.errors]
    return {
        "fields": [f for form in bound for f in form if f.errors],
        "general": [error for form in bound for error in form.non_field_errors()],
    }


@register.filter
def undo_url(message: Any) -> str:
    """Where a message can be undone: `messages.success(request, text, extra_tags="undo:/path/")`."""
    extra = getattr(message, "extra_tags", "") or ""
    return extra.removeprefix("undo:") if extra.startswith("undo:") else ""


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The visitor's chosen theme: "light", "dark" or "" (as the device says)."""
    request = context.get("request")
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") or getattr(request, "COOKIES", {}).get("theme", "")
    return chosen if chosen in {"light", "dark"} else ""


@register.simple_tag
def language_names() -> list[tuple[str, str]]:
    """Each language as (code, its name in itself): the switch must be readable to who needs it."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


@register.simple_tag
def initials(name: str) -> str:
    """One Han character or two letters for the round mark of a person."""
    words = [w for w in name.split() if w.rstrip(".").lower() not in {"dr", "prof"}]
    if not words:
        return ""
    if ord(words[0][0]) > 0x2E80:
        return words[0][0]
    return "".join(w[0] for w in (words[:1] + words[1:][-1:])).upper()


@register.inclusion_tag("components/action_buttons.html", takes_context=True)
def action_buttons(context: Context, url_name: str, obj: Any, transitions: Any, asks: str = "") -> dict[str, Any]:
    """The buttons of what may be done with `obj`, from `machine.available(...)`; plain ones first, the main one last.

    `url_name` is reversed with (obj.pk, verb). A verb with required fields, or named in `asks` ("decline,withdraw"),
    is a link to its own form; all others are posted at once with the version seen and a fresh request key.
    """
    asked = {verb.strip() for verb in asks.split(",") if verb.strip()}
    actions = [
        {
            "verb": t.verb,
            "label": t.label,
            "look": t.look,
            "asks": bool(t.required) or t.verb in asked,
            "url": reverse(url_name, args=[obj.pk, t.verb]),
            "request_key": uuid4(),
        }
        for t in sorted(transitions, key=lambda t: t.look == "main")
    ]
    return {"actions": actions, "version": getattr(obj, "version", ""), "csrf_token": context.get("csrf_token")}
