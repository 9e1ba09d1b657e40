"""What became of the child, as it was signed; corrected ones struck."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium.casework.queries.page import CasePage
from consortium.casework.queries.signing import signature
from consortium.clinical.diagnoses import words_of
from referrals.models import Outcome, Referral
from referrals.policies import may_act_for_asker
from referrals.queries.avoidable import manual_page
from referrals.queries.outcomes import outcomes_of
from referrals.states import Appropriateness, Destination


def part_outcome(page: CasePage[Referral]) -> dict[str, Any] | None:
    """`outcomes`, the newest last, and `avoidable`: what the manual says, for the sender alone. Only for who may know
    the child, for it is free text."""
    signed = outcomes_of(page.case.pk) if page.identified else []
    if not signed:
        return None
    corrected = {row.corrects_id: row for row in signed if row.corrects_id}
    private = signed[-1].avoidable and may_act_for_asker(page.actor, page.row).allowed
    return {
        "outcomes": [_shown(row, corrected.get(row.pk)) for row in signed],
        "avoidable": {"manual": manual_page(page.row)} if private else None,
        "case_id": page.case.pk,
    }


def diagnoses_in_words(outcome: Outcome) -> list[str]:
    """Each with its code, in the reader's language; the main one first."""
    language = get_language() or ""
    return [f"{row['code']} {words_of(row['code'], row['text'], language)}" for row in outcome.diagnoses]


def told(outcome: Outcome) -> list[tuple[str, str]]:
    """The parts of an outcome as they are read, in their order; dates apart. Empty ones are left out."""
    appropriate = Appropriateness(outcome.appropriateness).label if outcome.appropriateness else ""
    between = [(_("The referral"), str(appropriate)), (_("A word to the sender"), outcome.to_sender)]
    return [*for_everybody(outcome), *((label, text) for label, text in between if text)]


def for_everybody(outcome: Outcome) -> list[tuple[str, str]]:
    """Those that may lie on a table: without what the two sides say to each other."""
    said = [
        (_("Final diagnoses"), "\n".join(diagnoses_in_words(outcome))), (_("Course"), outcome.course),
        (_("Medicines"), outcome.medicines), (_("Immunisations given"), outcome.immunisations),
        (_("Results still pending"), outcome.pending), (_("Follow-up"), outcome.follow_up),
        (_("Went"), str(Destination(outcome.destination).label)), (_("For the family"), outcome.for_family),
    ]  # fmt: skip
    return [(label, text) for label, text in said if text]


def _shown(outcome: Outcome, corrected_by: Outcome | None) -> dict[str, Any]:
    return {
        **signature(outcome), "number": outcome.number, "signed_at": outcome.signed_at, "parts": told(outcome),
        "admitted_on": outcome.admitted_on, "left_on": outcome.left_on, "struck": corrected_by is not None,
        "struck_reason": corrected_by.correction_reason if corrected_by else "",
        "correction_reason": outcome.correction_reason,
    }  # fmt: skip
