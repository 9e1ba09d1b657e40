"""A frozen report as a file: one sheet of paper more or less, or a workbook; out of the row alone."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consortium.casework.sheets import workbook
from consortium.insight.models import MonthlyReport
from consortium.insight.queries.frozen import SIDES, measure_of
from consortium.insight.queries.reports import Side, sides_of
from consortium.kernel.paper import pdf

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DJANGO = {"en": "en", "zh": "zh-hans"}


def file_of(report: MonthlyReport, kind: str, language: str) -> bytes:
    """`kind` is a key of TYPES, `language` en or zh."""
    make: Callable[[MonthlyReport, str], bytes] = {"pdf": _paper, "xlsx": _workbook}[kind]
    with translation.override(_DJANGO[language]):
        return make(report, language)


def _paper(report: MonthlyReport, language: str) -> bytes:
    return pdf("report", paper_of(report, language), language=language)


def paper_of(report: MonthlyReport, language: str) -> dict[str, Any]:
    """What stands on paper, in the language that is active."""
    return {
        "title": _("Referrals in %(month)s") % {"month": f"{report.month:%Y-%m}"},
        "institution": report.institution.name,
        "lines": [line for line in (_frozen(report), report.reason, _signed(report)) if line],
        "heads": [_("Measure"), _("Value"), _("90 % within"), _("Counted"), _("Published")],
        "sides": [_side(side) for side in sides_of(report, _DJANGO[language])],
        "defined": _("What is counted"),
        "definitions": [[str(m.label), str(m.words)] for m in _measures(report, language)],
        "foot": _("* fewer than 20: chance decides much of it"),
    }


def _frozen(report: MonthlyReport) -> str:
    at = timezone.localtime(report.frozen_at)
    return _("Version %(version)d, frozen on %(day)s") % {"version": report.version, "day": f"{at:%Y-%m-%d %H:%M}"}


def _signed(report: MonthlyReport) -> str:
    if report.signed_at is None:
        return _("Not signed")
    at = timezone.localtime(report.signed_at)
    return _("Signed by %(name)s on %(day)s") % {"name": report.signer_name, "day": f"{at:%Y-%m-%d %H:%M}"}


def _side(side: Side) -> dict[str, Any]:
    return {"label": side.label, "count": side.lines, "rows": [_cells(row) for row in side.rows if not row["none"]]}


def _cells(row: dict[str, Any]) -> list[str]:
    published = "; ".join(f"{each.figure} ({each.source})" for each in row["published"])
    small = " *" if row["small"] else ""
    return [str(row["measure"].label), f"{row['text']}{small}", row["tenth"] or "–", row["n"], published or "–"]


def _measures(report: MonthlyReport, language: str) -> list[Any]:
    return [measure_of(definition, _DJANGO[language]) for definition in report.definitions]


def _workbook(report: MonthlyReport, language: str) -> bytes:
    about: list[Sequence[Any]] = [[line] for line in paper_of(report, language)["lines"]]
    figures = [
        [side.label, row.key, str(row.label), told["value"], told["tenth"], told["n"], int(told["small"])]
        for side in sides_of(report, _DJANGO[language])
        for row in _measures(report, language)
        for told in (report.figures[side.key][row.key],)
    ]
    return workbook({
        _("Report"): ([report.institution.name, f"{report.month:%Y-%m}"], about),
        _("Figures"): (
            [_("Side"), "key", _("Measure"), _("Value"), _("90 % within (minutes)"), _("Counted"), _("small number")],
            figures,
        ),
        _("Definitions"): (
            ["key", _("Measure"), _("What is counted"), _("Version"), _("Kind")],
            [[m.key, str(m.label), str(m.words), m.version, str(m.kind)] for m in _measures(report, language)],
        ),
        **{label: (report.rows["columns"], report.rows[side])
           for side, label in zip(SIDES, (_("Sent"), _("Received")), strict=True)},
    })  # fmt: skip
