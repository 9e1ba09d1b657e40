"""The outcomes of a referral."""

from uuid import UUID

from consortium.kernel.errors import NotVisible
from referrals.models import Outcome


def outcomes_of(case_id: UUID) -> list[Outcome]:
    """Every one that was signed, the newest last: the earlier ones were corrected. With signer and acknowledgement."""
    rows = Outcome.objects.filter(case_id=case_id).select_related("signed_by", "acknowledgement__by")
    return list(rows.order_by("number"))


def newest_outcome(case_id: UUID) -> Outcome:
    """The one that counts; NotVisible where there is none."""
    found: Outcome | None = Outcome.objects.filter(case_id=case_id).order_by("-number").first()
    if found is None:
        raise NotVisible
    return found
