"""What a course changed leaves the house as a spreadsheet; the journal says who took it."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.sheets import BOM, csv_lines, workbook
from consortium.kernel.actors import Actor
from courses.library.gains import Estimate, Gain
from courses.library.operations.moving import note
from courses.library.queries.gains import Group, Report, report_of
from courses.library.queries.testing import tests_read

FORMS = ("xlsx", "csv")


@transaction.atomic
def export_gains(*, actor: Actor, course_id: UUID, form: str = "xlsx") -> bytes:
    """XLSX or CSV with a line for each group, as the page shows them. Numbers alone; nothing of fewer than five."""
    tests = tests_read(actor, course_id)
    report = report_of(tests)
    note(actor, tests.course, "export-gains", facts={"pairs": report.n, "form": form})
    heading, rows = _heading(), list(_lines(report))
    if form == "csv":
        return BOM.encode() + csv_lines([heading, *rows])
    return workbook({_("Before and after"): (heading, rows)})


def _heading() -> list[str]:
    return [
        _("Group"), _("Took both"), _("Before, per cent"), _("After, per cent"),
        _("Mean gain"), _("lower limit"), _("upper limit"), _("Normalised gain"),
        _("Cohen's d (d_av)"), _("lower limit"), _("upper limit"), _("p (Wilcoxon)"),
    ]  # fmt: skip


def _lines(report: Report) -> Iterator[list[Any]]:
    for group in report.groups:
        yield _line(group)
    if report.again:
        yield [_("First test to some weeks later"), report.again.n, *_figures(report.again)]


def _line(group: Group) -> list[Any]:
    return [group.label, group.n, *_figures(group.gain)] if group.gain else [group.label, _("fewer than 5")]


def _figures(gain: Gain) -> Sequence[float | None]:
    shares = [round(gain.before, 1), round(gain.after, 1)]
    return [*shares, *_told(gain.points, 1), _rounded(gain.normalised, 2), *_told(gain.d, 2), _rounded(gain.p, 4)]


def _told(one: Estimate | None, places: int) -> list[float | None]:
    return [None] * 3 if one is None else [round(value, places) for value in (one.value, one.low, one.high)]


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)
