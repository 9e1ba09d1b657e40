"""Monthly reports for the pages: the list, one in full, and whether its month has changed since."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium.insight.measures import PUBLISHED
from consortium.insight.models import MonthlyReport
from consortium.insight.queries.frozen import SIDES, figures_of, measure_of, selection, value_of
from consortium.insight.queries.reading import whole
from consortium.insight.queries.words import shown
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import PAGE_SIZE, Page, keyset

_LISTED = ("id", "month", "version", "step", "frozen_at", "signed_at", "signer_name", "cases")


@dataclass(frozen=True, slots=True)
class Side:
    """What an institution sent, or received: a row for each measure as `words.shown`, and how many lines."""

    key: str
    label: str
    rows: list[dict[str, Any]]
    lines: int


def reports_seen(after: str = "", *, size: int = PAGE_SIZE) -> Page:
    """The newest versions that the actor sees, the newest month first. One query."""
    named = ("institution_id", "institution__name_en", "institution__name_zh")
    rows = MonthlyReport.objects.newest().values(*_LISTED, *named)
    return keyset(rows, order=("-month", "institution__name_en", "id"), after=after, size=size)


def report_for(report_id: UUID) -> MonthlyReport:
    """One version with its institution; NotVisible when hidden."""
    report: MonthlyReport | None = MonthlyReport.objects.select_related("institution").filter(pk=report_id).first()
    if report is None:
        raise NotVisible
    return report


def versions_of(report: MonthlyReport) -> list[dict[str, Any]]:
    """All versions of the same month, the newest first."""
    rows = MonthlyReport.objects.filter(institution_id=report.institution_id, month=report.month)
    return list(rows.order_by("-version").values(*_LISTED, "reason"))


def sides_of(report: MonthlyReport, language: str = "") -> list[Side]:
    """Both sides in words: of what was frozen, not of what the definitions say today."""
    spoken = language or get_language() or "en"
    labels = {"sent": _("Referrals that we sent"), "received": _("Referrals that we received")}
    return [Side(side, labels[side], _rows(report, side, spoken), len(report.rows[side])) for side in SIDES]


def _rows(report: MonthlyReport, side: str, language: str) -> list[dict[str, Any]]:
    found = []
    for definition in report.definitions:
        measure, figure = measure_of(definition, language), report.figures[side][definition["key"]]
        others = PUBLISHED.get(measure.key, ())
        row = {"measure": measure, "published": others[:1], **shown(measure, value_of(figure))}
        found.append(row)
    return found


def has_changed(report: MonthlyReport) -> bool:
    """Whether the same month counts otherwise today: cases corrected, acts written down later. Five queries at most."""
    return any(
        figures_of(whole(selection(report.institution_id, report.month, side))) != report.figures[side]
        for side in SIDES
    )
