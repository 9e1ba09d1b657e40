"""The manual as others cite it (settings.MANUAL_CITED): its pages and branches by id, in the reader's language."""

from functools import lru_cache
from typing import Any

from django.urls import reverse

from consortium.kernel.errors import NotVisible
from decision_manual.chart import outline
from decision_manual.models import PathwayVersion
from decision_manual.queries.answering import content_of
from decision_manual.queries.sheets import reading_language
from decision_manual.queries.versions import pathways_shown, version_shown


@lru_cache(maxsize=256)
def _branches(version_id: Any, language: str) -> tuple[tuple[str, str], ...]:
    """(node, title) of each row's leaf, in the chart's order. A version never changes."""
    nodes = outline(content_of(version_id), language).flat()
    return tuple((node.id, node.text) for node in nodes if node.kind == "class")


#: what a question is about (codes of casework's Symptom) -> the pages that are about it, the nearest first
ABOUT: dict[str, tuple[str, ...]] = {
    "cough": ("cough-2-59m", "cough-5-17y", "young-infant-infection"),
    "wheeze": ("wheeze", "cough-2-59m", "cough-5-17y"),
    "stridor": ("stridor",),
    "fever": ("fever-under-90d", "fever-2-59m", "fever-3m-5y"),
    "diarrhoea": ("young-infant-diarrhoea", "diarrhoea-2-59m", "vomiting-diarrhoea"),
    "ear": ("ear-2-59m", "ear-pain"),
    "rash": ("rash-with-fever",),
    "convulsion": ("convulsion",),
    "headache": ("headache",),
    "head_injury": ("head-injury",),
    "abdominal_pain": ("abdominal-pain",),
    "limp": ("limp",),
    "pallor": ("pallor", "anaemia-2-59m"),
    "poor_growth": ("malnutrition-2-59m", "poor-growth", "young-infant-feeding"),
    "jaundice": ("young-infant-jaundice", "newborn-jaundice"),
    "unwell_infant": ("young-infant-infection", "fever-under-90d", "danger-signs"),
}


class Cited:
    """The port that features above the manual's level know it by; they import nothing of it."""

    def pages_about(self, symptom: str, age_days: int | None) -> list[tuple[str, str]]:
        """(title, address) of the pages about a symptom for a child of that age, the nearest first."""
        pages = dict(self.pages(age_days)) if symptom in ABOUT else {}
        known = [code for code in ABOUT.get(symptom, ()) if code in pages]
        return [(pages[code], reverse("manual:pathway", args=[code])) for code in known]

    def pages(self, age_days: int | None) -> list[tuple[str, str]]:
        """(id, title) of every page for a child of that age, by title."""
        language = reading_language()
        rows = [(row.pathway, row.title(language)) for row in pathways_shown(age_days=age_days)]
        return sorted(rows, key=lambda row: row[1])

    def branches(self, pathway: str) -> list[tuple[str, str]]:
        """(node, title) of the newest version's branches; none of what is not there."""
        version = _version(pathway, None)
        return list(_branches(version.pk, reading_language())) if version else []

    def cited(self, pathway: str, version: int | None, node: str) -> dict[str, Any] | None:
        """The place in words and where it stands; None where there is none."""
        found = _version(pathway, version)
        if found is None:
            return None
        branch = dict(_branches(found.pk, reading_language())).get(node, "")
        if node and not branch:
            return None
        title = found.title_zh if reading_language() == "zh" else found.title_en
        url = reverse("manual:version", args=[found.pathway, found.number])
        return {
            "pathway": found.pathway, "version": found.number, "node": node, "title": title, "branch": branch,
            "url": f"{url}#{node}" if node else url, "page_url": reverse("manual:pathway", args=[found.pathway]),
        }  # fmt: skip


def _version(pathway: str, number: int | None) -> PathwayVersion | None:
    try:
        return version_shown(pathway, number)
    except NotVisible:
        return None
