"""One's own referred children: where each is, what became of it, and what there is to learn from it."""

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import get_language

from consortium.casework.models import Case
from consortium.casework.queries.rows import case_url, child_words
from consortium.casework.states import CaseKind, Priority
from consortium.clinical.diagnoses import words_of
from consortium.kernel.actors import Actor
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from referrals.models import Outcome, Referral
from referrals.policies import may_refer
from referrals.states import Appropriateness, CancelReason, Concordance, EndReason, Step

_WHY = "one's own referrals: their asker always sees them"
#: the most recent first; the index of whose cases they are has it
_NEWEST = ("-created_at", "id")


def _sent_by(user_id: UUID) -> Any:
    rows = unfiltered(Case, why=_WHY).filter(kind=CaseKind.REFERRAL, asker_id=user_id, submitted_at__isnull=False)
    return rows.filter(entered_in_error_at=None)


def own_referrals(actor: Actor, *, is_open: bool, after: str = "", size: int = 20) -> Page:
    """Whom the actor referred, the newest first, as rows; those on their way, or those that are over. Three queries."""
    cases = _sent_by(actor.user_id).filter(is_open=is_open).select_related("referral", "service__institution")
    page = keyset(cases, order=_NEWEST, after=after, size=size)
    ids = [case.pk for case in page.items]
    outcomes = _outcomes(ids)
    names = {p.pk: p.display_name for p in Patient.objects.filter(pk__in=[case.patient_id for case in page.items])}
    items = [_row(case, names.get(case.patient_id, ""), outcomes.get(case.pk)) for case in page.items]
    return Page(items, page.next_cursor)


def _outcomes(ids: list[UUID]) -> dict[UUID, Outcome]:
    """The newest outcome of each, with what the sender said to it."""
    rows = unfiltered(Outcome, why=_WHY).filter(case_id__in=ids).select_related("acknowledgement")
    return {outcome.case_id: outcome for outcome in rows.order_by("number")}


def _row(case: Case, name: str, outcome: Outcome | None) -> dict[str, Any]:
    """url, who, title, where, priority, step, sent_at, why it ended, and `outcome` (`_learned`) when there is one."""
    referral: Referral = case.referral
    who, service = child_words(case.sex, case.age_days, None), case.service
    return {
        "id": case.pk, "patient_id": case.patient_id, "url": case_url(case), "who": f"{name} · {who}" if name else who,
        "title": case.headline,
        "where": f"{service.name}, {service.institution.name}" if service else "",
        "priority": Priority(case.priority).code, "step": Step(referral.step).label,
        "is_open": case.is_open, "sent_at": case.submitted_at, "ended": _ended(referral),
        "to_acknowledge": referral.step == Step.OUTCOME_SENT,
        "outcome": _learned(referral, outcome) if outcome else None,
    }  # fmt: skip


def _ended(referral: Referral) -> str:
    if referral.step == Step.ENDED and referral.end_reason:
        return str(EndReason(referral.end_reason).label)
    if referral.step == Step.CANCELLED and referral.cancel_reason:
        return str(CancelReason(referral.cancel_reason).label)
    return ""


def _learned(referral: Referral, outcome: Outcome) -> dict[str, Any]:
    """The final diagnosis beside one's own, whether it was the right time, and the recipient's word to the sender."""
    main: dict[str, str] = next(iter(outcome.diagnoses), {})
    answer = getattr(outcome, "acknowledgement", None)
    language = get_language() or ""
    return {
        "diagnosis": words_of(main.get("code", ""), main.get("text", ""), language),
        "mine": words_of(referral.diagnosis_code, referral.working_diagnosis, language),
        "concordance": Concordance(answer.concordance).label if answer else "",
        "timing": Appropriateness(outcome.appropriateness).label if outcome.appropriateness else "",
        "to_sender": outcome.to_sender,
        "learnt": answer.learnt if answer else "",
        "destination": outcome.get_destination_display(),
        "left_on": outcome.left_on,
    }


@prepared
def _outcomes_waiting(user_id: UUID) -> Any:
    waiting = _sent_by(user_id).filter(is_open=True, referral__step=Step.OUTCOME_SENT).values("asker_id")
    return waiting.annotate(n=Count("pk")).values_list("n", flat=True)


def referred_panel(actor: Actor) -> dict[str, Any] | None:
    """Beside the worklist (settings.WORKLIST_PANELS): begin a referral, and how many outcomes wait to be read. One
    query; nothing for who refers nobody."""
    if not may_refer(actor):
        return None
    return {"template": "referrals/referred_panel.html", "waiting": sum(_outcomes_waiting(actor.user_id))}
