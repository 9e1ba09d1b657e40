"""What the sender said to the outcome: useful or not, and how the diagnoses compare."""

from typing import Any

from consortium.casework.queries.page import CasePage
from referrals.models import Acknowledgement, Referral
from referrals.queries.outcomes import outcomes_of
from referrals.queries.parts.outcome import diagnoses_in_words
from referrals.states import Appropriateness, Concordance


def part_acknowledgement(page: CasePage[Referral]) -> dict[str, Any] | None:
    """Of the newest outcome. `learnt` only for who wrote it; diagnoses only for who may know the child."""
    signed = outcomes_of(page.case.pk)
    said: Acknowledgement | None = getattr(signed[-1], "acknowledgement", None) if signed else None
    if said is None:
        return None
    return {
        "usefulness": said.usefulness,
        "concordance": Concordance(said.concordance).label,
        "appropriateness": Appropriateness(said.appropriateness).label if said.appropriateness else "",
        "working": page.row.working_diagnosis if page.identified else "",
        "final": diagnoses_in_words(signed[-1])[0] if page.identified else "",
        "learnt": said.learnt if said.by_id == page.actor.user_id else "",
        "by": said.by.get_full_name(),
        "at": said.at,
    }
