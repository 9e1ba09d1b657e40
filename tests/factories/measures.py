"""Monthly reports, as they are frozen."""

from __future__ import annotations

from datetime import date
from typing import Any

from consortium.insight.models import MonthlyReport
from consortium.insight.queries.frozen import contents_of
from consortium.kernel import clock
from consortium.people.models import Institution


def make_report(institution: Institution, month: date = date(2026, 9, 1), **fields: Any) -> MonthlyReport:
    """A report of an institution's month as it stands, to be signed."""
    contents = contents_of(institution.pk, month)
    plain = {"institution": institution, "month": month, "frozen_at": clock.now(), **contents}
    made: MonthlyReport = MonthlyReport.unscoped.create(**{**plain, **fields})
    return made
