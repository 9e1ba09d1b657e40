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


class Cited:
    """The port that features above the manual's level know it by; they import nothing of it."""

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
