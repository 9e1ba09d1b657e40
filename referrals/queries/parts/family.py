"""The family's link on the page of a referral: whether there is one, and what the family has said."""

from typing import TYPE_CHECKING, Any

from referrals.policies import may_invite_family
from referrals.queries.family import link_of

if TYPE_CHECKING:
    from referrals.queries.page import ReferralPage


def part_family(page: "ReferralPage") -> dict[str, Any] | None:
    """`link` (None: not made yet) and `case_id`; for whoever may make it. One query."""
    if not may_invite_family(page.actor, page.referral):
        return None
    return {"link": link_of(page.case.pk), "case_id": page.case.pk}
