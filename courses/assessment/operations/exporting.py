"""Results of an exam and the list of certificates leave the house as spreadsheets; the journal says who took them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from consortium.casework.sheets import workbook
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.policies import require
from consortium.people.models import User
from courses.assessment.models import Attempt
from courses.assessment.policies.credits import may_see_issued
from courses.assessment.policies.exams import may_run_exam
from courses.assessment.queries.certificates import certificates_seen, sheet_of
from courses.assessment.queries.results import results_of
from courses.assessment.queries.sitting import exam_for


@transaction.atomic
def export_results(*, actor: Actor, exam_id: UUID) -> bytes:
    """XLSX with a line for each attempt, the newest first."""
    exam = exam_for(exam_id)
    require(may_run_exam(actor, exam))
    rows = list(results_of(exam).select_related("user", "form").order_by("-began_at", "id"))
    heading = (
        _("Name"), _("Attempt"), _("Form"), _("Begun"), _("Handed in"), _("By the clock"), _("State"), _("Points"),
        _("Of"), _("Per cent"), _("Passed"),
    )  # fmt: skip
    record(actor=actor, verb="export", subject=exam, institution_id=exam.institution_id, facts={"rows": len(rows)})
    return workbook({_("Results"): (heading, _lines(rows))})


@transaction.atomic
def export_certificates(*, actor: Actor) -> bytes:
    """XLSX with a line for each certificate that the actor may see, the newest first."""
    require(may_see_issued(actor))
    heading, rows = sheet_of(certificates_seen())
    taker = User.objects.get(pk=actor.user_id)
    record(actor=actor, verb="export-certificates", subject=taker, facts={"rows": len(rows)})
    return workbook({_("Certificates"): (heading, rows)})


def _lines(rows: list[Attempt]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (
            row.user.get_full_name(), row.number, row.form.number, _time(row.began_at), _time(row.handed_in_at),
            _yes(row.by_the_clock), row.get_step_display(), row.points, row.most, row.percent, _yes(row.passed),
        )  # fmt: skip


def _time(at: Any) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _yes(value: bool | None) -> str:
    return "" if value is None else _("yes") if value else _("no")
