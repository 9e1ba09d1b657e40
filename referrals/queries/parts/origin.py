"""Where a referral comes from: the case before it, whose thread and files tell the rest; the manual's indication."""

from typing import Any

from consortium.casework.models import Case
from consortium.casework.queries.page import CasePage
from consortium.casework.queries.rows import case_url
from referrals.models import Referral


def part_origin(page: CasePage[Referral]) -> dict[str, Any] | None:
    """The case that it came out of, where the reader sees that one; and what the manual said. One query."""
    referral = page.row
    before: Case | None = Case.objects.filter(pk=referral.parent_id).first() if referral.parent_id else None
    if before is None and not referral.indication_id:
        return None
    if before is None:
        return {"before": None}
    title = before.headline if page.identified else ""
    return {"before": {"url": case_url(before), "kind": before.get_kind_display(), "title": title}}
