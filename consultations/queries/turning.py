"""What a case's page says of a decline and its dispute, and of the referral that it became or may become.

Referrals are another feature: suggestions come through the port `settings.REFERRAL_PLACES`, a class as `Places` says,
and the referral itself is a case of the same pathway.
"""

from typing import Any, Protocol

from django.conf import settings

from consortium.casework.models import Case
from consortium.casework.queries.rows import case_url
from consortium.kernel.adapters import adapter
from consultations.models import Consultation
from consultations.states import DeclineReason, DisputeOutcome, ReferReason, Step


def decline_of(consultation: Consultation) -> dict[str, Any]:
    """The last decline, what the asker said to it, and what came of that; empty when nobody declined.

    A decline that nobody disputed is told while the question waits in a queue.
    """
    c = consultation
    if c.declined_by_service is None or (c.disputed_at is None and c.step != Step.REQUESTED):
        return {}
    return {
        "service": c.declined_by_service.name,
        "reason": DeclineReason(c.decline_reason).label if c.decline_reason else "",
        "disputed_at": c.disputed_at,
        "dispute": c.dispute_reason,
        "outcome": DisputeOutcome(c.dispute_outcome).label if c.dispute_outcome else "",
        "declined_again": c.dispute_outcome == DisputeOutcome.DECLINED,
        "waits": c.looked_at_again and c.step == Step.REQUESTED,
    }


def referral_of(consultation: Consultation, *, words: bool) -> dict[str, Any]:
    """What the question was sent on for; empty when it was not. `words`: with the free text."""
    c = consultation
    if c.step != Step.CONVERTED:
        return {}
    referral = referral_from(c)
    return {
        "reason": ReferReason(c.refer_reason).label,
        "question": c.refer_question if words else "",
        "url": case_url(referral) if referral else "",
    }


class Places(Protocol):
    """The port to referrals."""

    def suggested(self, case: Case, diagnosis: str = "") -> list[tuple[str, str]]:
        """(service, where and why in words) for the child of a question, the fittest first."""


def places_for(consultation: Consultation) -> list[tuple[str, str]]:
    """Where the child of a question may be sent, the fittest first; none where nobody suggests."""
    if not getattr(settings, "REFERRAL_PLACES", ""):
        return []
    port: Places = adapter("REFERRAL_PLACES")()
    return port.suggested(consultation.case, consultation.working_diagnosis)


def referral_from(consultation: Consultation) -> Case | None:
    """The case of the referral that the question became, where the actor sees it."""
    found: Case | None = Case.objects.filter(referral__parent=consultation.case).order_by("created_at").first()
    return found
