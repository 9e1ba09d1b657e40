"""The outcomes of a referral."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from consortium.kernel import clock
from consortium.kernel.errors import NotVisible
from referrals.models import Outcome, Referral

#: what a correction begins with, as it was signed
SIGNED = (
    "admitted_on", "left_on", "course", "medicines", "immunisations", "pending", "follow_up", "destination",
    "appropriateness", "to_sender", "for_family",
)  # fmt: skip


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


def outcome_typed(referral: Referral) -> dict[str, Any]:
    """What the form of the outcome begins with: what was signed, when there is one; else the days that are known."""
    signed = Outcome.objects.filter(case_id=referral.pk).order_by("-number").first()
    if signed is None:
        came = timezone.localdate(referral.arrived_at) if referral.arrived_at else clock.today()
        return {"admitted_on": came, "left_on": clock.today()}
    names = [f"diagnosis_{number}" if number else "diagnoses" for number in (0, 2, 3, 4)]
    coded = [f"{row['code']} {row['text']}" for row in signed.diagnoses]
    kept = {name: getattr(signed, name) for name in SIGNED}
    return {**kept, "special_care": "yes" if signed.special_care else "no", **dict(zip(names, coded, strict=False))}
