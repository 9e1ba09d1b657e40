"""What a case's page says of a decline and its dispute, and of the referral that it became."""

from typing import Any

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
    return {"reason": ReferReason(c.refer_reason).label, "question": c.refer_question if words else ""}
