"""What the reader's templates need: chapters from Markdown, urgencies and groups in words."""

import re
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

from decision_manual.calculators.words import Urgency

register = template.Library()

#: HTML in a chapter is shown, never obeyed
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_CITED = re.compile(r"\[([A-Z][A-Za-z0-9-]+)\]")

GROUPS = {
    "danger": _("Danger signs first"),
    "history": _("Ask"),
    "look": _("Look, listen, feel"),
    "measure": _("Measure"),
    "test": _("Tests"),
}
SECTIONS = {
    "mechanism": _("Mechanism"),
    "causes": _("Causes by age"),
    "examine": _("How to examine"),
    "differential": _("Differential"),
    "not_to_miss": _("Not to miss"),
    "treatment": _("Treatment"),
    "referral": _("When to refer"),
    "follow_up": _("Follow-up"),
}
REGIONS = {
    "head": _("Head"), "ear": _("Ear"), "eye": _("Eye"), "mouth": _("Mouth"), "throat": _("Throat"),
    "chest": _("Chest"), "belly": _("Belly"), "back": _("Back"), "groin": _("Groin"), "arm": _("Arm"),
    "leg": _("Leg"), "skin": _("Skin"), "whole": _("Whole child"),
}  # fmt: skip
STATUSES = {
    "draft": (_("Draft: not approved here"), "yellow", "diamond"),
    "clinical_review": (_("In clinical review"), "yellow", "diamond"),
    "pharmacy_review": (_("In pharmacy review"), "yellow", "diamond"),
    "approved": (_("Approved"), "green", "circle-check"),
    "demonstration": (_("Approved for demonstration only"), "yellow", "diamond"),
    "retired": (_("Retired"), "pink", "circle-alert"),
}
KINDS = {
    "medicine": "pill", "fluid": "droplets", "procedure": "hand", "test": "flask-conical", "advice": "message-circle",
    "refer": "ambulance", "follow_up": "calendar",
}  # fmt: skip


@register.filter
def chapter_text(text: str) -> SafeString:
    """Markdown as HTML; [SOURCE] becomes a citation. Nothing in it is taken as HTML."""
    html = _MARKDOWN.render(text)
    return mark_safe(_CITED.sub(lambda found: f"<cite>{escape(found[1])}</cite>", html))  # noqa: S308


@register.filter
def group_words(group: str) -> Any:
    return GROUPS[group]


@register.filter
def section_words(section: str) -> Any:
    return SECTIONS.get(section, section)


@register.filter
def region_words(region: str) -> Any:
    return REGIONS[region]


@register.filter
def kind_icon(kind: str) -> str:
    return KINDS[kind]


@register.filter
def urgency_words(code: str) -> Any:
    """ "E1" -> "Emergency department now"."""
    return Urgency(code).words


@register.inclusion_tag("decision_manual/status.html")
def manual_status(listed: Any) -> dict[str, Any]:
    """How far the version has come, and whether its review is overdue."""
    words, tone, sign = STATUSES[listed.step]
    return {"words": words, "tone": tone, "sign": sign, "listed": listed}


@register.inclusion_tag("decision_manual/outline_node.html")
def outline_node(node: Any, walked: list[str]) -> dict[str, Any]:
    return {"node": node, "walked": walked, "here": node.id in walked}
