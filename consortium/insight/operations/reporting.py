"""Monthly reports: frozen when a month is over, signed by the institution, corrected by a next version."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from consortium.insight.models import MonthlyReport
from consortium.insight.operations.rolling import month_is_over, roll_month
from consortium.insight.queries.asking import months_before
from consortium.insight.queries.frozen import contents_of
from consortium.insight.states import REPORT
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import Busy, InvalidInput, NotPermitted, NotVisible, Taken, database_rules
from consortium.kernel.once import once
from consortium.kernel.scoping import unfiltered

#: months that are looked at, and reports that one run of the beat makes
_MONTHS, _AT_ONCE = 3, 50
_WHY = "months are frozen when they are over"
# Whoever sent a referral in the month, or received one, and has no report of it.
_DUE = """
SELECT place FROM (
  SELECT institution_id AS place FROM insight_journey WHERE month = %(month)s
  UNION SELECT s.institution_id FROM insight_journey j JOIN casework_service s ON s.id = j.service_id
    WHERE j.month = %(month)s) p
WHERE NOT EXISTS (SELECT FROM insight_monthlyreport r WHERE r.institution_id = p.place AND r.month = %(month)s)
ORDER BY place LIMIT %(most)s
"""


def freeze_due() -> int:
    """Freeze what is over and not frozen yet; how many reports. Twice at once freezes each once."""
    this, made = clock.today().replace(day=1), 0
    with acting_as(system(_WHY)) as itself:
        for back in range(1, _MONTHS + 1):
            month = months_before(this, back)
            if month_is_over(month):
                made += _freeze_month(itself, month)
    return made


@transaction.atomic
def _freeze_month(actor: Actor, month: date) -> int:
    """While the month's row is locked no row of numbers of it changes: figures and lines tell the same."""
    places = _due(month)
    if not places or not roll_month(month):
        return 0
    for place in places:
        _freeze(actor, place, month)
    return len(places)


def _due(month: date) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"month": month, "most": _AT_ONCE})
        return [row[0] for row in cursor.fetchall()]


def _freeze(actor: Actor, institution_id: UUID, month: date, **more: Any) -> MonthlyReport:
    fresh = MonthlyReport(
        institution_id=institution_id, month=month, frozen_at=clock.now(), created_by_id=actor.author_id,
        **contents_of(institution_id, month), **more,
    )  # fmt: skip
    with database_rules():
        fresh.save(force_insert=True)
    facts = {"month": f"{month:%Y-%m}", "version": fresh.version, "cases": fresh.cases}
    verb = "freeze-report" if fresh.version == 1 else "revise-report"
    record(actor=actor, verb=verb, subject=fresh, institution_id=institution_id, facts=facts, text=fresh.reason)
    return fresh


def _locked(report_id: UUID) -> MonthlyReport:
    found: MonthlyReport | None = MonthlyReport.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if found is None:
        raise NotVisible
    return found


def _require_newest(report: MonthlyReport) -> None:
    versions = unfiltered(MonthlyReport, why="versions of a report that is seen and locked")
    if versions.filter(institution=report.institution_id, month=report.month, version__gt=report.version).exists():
        raise Taken(_("There is a newer version of this report: look at that one."))


@transaction.atomic
def sign_report(*, actor: Actor, report_id: UUID, proven: bool) -> MonthlyReport:
    """The institution stands for its month. `proven`: the person has shown just now who they are.

    Raises NotVisible, NotPermitted, Taken (there is a newer version), WrongStep (signed already).
    """
    report = _locked(report_id)
    REPORT.take("sign", actor, report)
    _require_proof(proven=proven)
    _require_newest(report)
    report.signed_at, report.signed_by_id, report.signer_name = clock.now(), actor.user_id, actor.name
    report.save(update_fields=["step", "signed_at", "signed_by", "signer_name"])
    facts = {"month": f"{report.month:%Y-%m}", "version": report.version}
    record(actor=actor, verb="sign-report", subject=report, institution_id=report.institution_id, facts=facts)
    return report


def _require_proof(*, proven: bool) -> None:
    if not proven:
        raise NotPermitted(_("Confirm who you are first."))


@transaction.atomic
def revise_report(*, actor: Actor, report_id: UUID, reason: str, key: UUID | None = None) -> MonthlyReport:
    """The month anew as it stands today, as a next version to be signed; the old one stays as it is.

    Raises NotVisible, NotPermitted, Taken (there is a newer version), InvalidInput, Busy (numbers are being made).
    """
    report = _locked(report_id)
    REPORT.take("revise", actor, report)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say what was corrected.")})

    def make() -> MonthlyReport:
        _require_newest(report)
        if not roll_month(report.month):
            raise Busy
        more = {"version": report.version + 1, "reason": reason.strip(), **({"request_key": key} if key else {})}
        return _freeze(actor, report.institution_id, report.month, **more)

    fresh, _new = once(MonthlyReport, actor=actor, key=key, make=make)
    return fresh


def note_report_taken(*, actor: Actor, report: MonthlyReport, kind: str) -> None:
    """The taking of a file stands in the journal."""
    with transaction.atomic():
        record(actor=actor, verb="download", subject=report, institution_id=report.institution_id, facts={"kind": kind})
