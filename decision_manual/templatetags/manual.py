"""What the reader's templates need: chapters from Markdown, urgencies and groups in words."""

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markdown_it import MarkdownIt

from decision_manual.calculators.words import Urgency

register = template.Library()

#: HTML in a chapter is shown, never obeyed
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_CITED = re.compile(r"\[([A-Z][A-Za-z0-9-]+)\]")

GROUPS = {
    "danger": _("Danger signs first"),
    "history": pgettext_lazy("take the history", "Ask"),
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
    "head": pgettext_lazy("part of the body", "Head"), "ear": pgettext_lazy("part of the body", "Ear"),
    "eye": pgettext_lazy("part of the body", "Eye"), "mouth": pgettext_lazy("part of the body", "Mouth"),
    "throat": pgettext_lazy("part of the body", "Throat"), "chest": pgettext_lazy("part of the body", "Chest"),
    "belly": pgettext_lazy("part of the body", "Belly"), "back": pgettext_lazy("part of the body", "Back"),
    "groin": pgettext_lazy("part of the body", "Groin"), "arm": pgettext_lazy("part of the body", "Arm"),
    "leg": pgettext_lazy("part of the body", "Leg"), "skin": pgettext_lazy("part of the body", "Skin"),
    "whole": pgettext_lazy("part of the body", "Whole child"),
}  # fmt: skip
#: the checks of a proof sheet in words, in the order in which a reader wants them
PROVEN = {
    "complete": _("Every child who enters a table comes out of it"),
    "exclusive": _("Where one row counts, no two rows hold"),
    "satisfiable": _("Some child exists for every row"),
    "reachable": _("No row is hidden by those before it"),
    "monotone": _("A worse finding never lowers the severity"),
    "unknown": _("What was not asked never hides something worse"),
    "calm": _("Nothing is green while something worse is open"),
    "invariants": _("Rules that hold for every page: danger signs, the feverish young infant, low oxygen"),
    "polarity": _("Leaving out an optional finding never makes a row hold"),
    "vectors": _("Children written down from the sources come out as the sources say"),
    "doses": _("Doses stay under their ceilings and inside their ages"),
    "thresholds": _("Every threshold lies where its finding can lie"),
    "ages": _("Age bands join without gap or overlap"),
    "severity": _("Severities agree with the vocabulary, worst first"),
    "urgency": _("The urgency of a referral agrees with the severity"),
    "leaf": _("Every row leads to an action or a referral and is cited"),
    "used": _("Everything that is defined is used"),
    "languages": _("English is English and Chinese is Chinese"),
    "review": _("The review date lies ahead, at most 24 months"),
    "reading": _("Every reference leads somewhere, in both languages"),
}
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
def proven(checks: Mapping[str, Any]) -> list[tuple[Any, list[str]]]:
    """(what was checked, its faults) of a proof sheet; a check that has gone since keeps its name."""
    names = [*(name for name in PROVEN if name in checks), *(name for name in checks if name not in PROVEN)]
    return [(PROVEN.get(name, name), checks[name]["faults"]) for name in names]


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
