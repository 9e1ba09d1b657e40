"""The family's link on the page of a referral: whether there is one, and what the family has said."""

from typing import Any

from consortium.casework.queries.page import CasePage
from referrals.models import Referral
from referrals.policies import may_invite_family
from referrals.queries.family import answer_now, link_of, visit_ahead
from referrals.states import FamilyAnswer


def part_family(page: CasePage[Referral]) -> dict[str, Any] | None:
    """`link` (None: not made yet), what the family said of the visit ahead, and `case_id`; for whoever may make it. Two
    queries at most."""
    if not may_invite_family(page.actor, page.row):
        return None
    link = link_of(page.case.pk)
    said = answer_now(link, visit_ahead(page.row)) if link is not None and link.answer else ""
    return {"link": link, "said": FamilyAnswer(said).label if said else "", "case_id": page.case.pk}
