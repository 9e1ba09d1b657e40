"""The card of who was asked: each service with its answer, a decline that is disputed, a wish to cancel."""

from typing import Any

from consortium.casework.queries.page import CasePage
from referrals.models import Offer, Referral
from referrals.states import CancelReason, DeclineReason, OfferStep


def part_asked(page: CasePage[Referral]) -> dict[str, Any] | None:
    """None while one service was asked and nothing is to be said of it. One query."""
    rows = Offer.objects.filter(case_id=page.case.pk).select_related(
        "service__institution", "alternative__institution", "answered_by"
    )
    offers = [_offer(offer, words=page.thread_shown) for offer in rows.order_by("number")]
    r = page.row
    dispute = r.dispute_reason if page.thread_shown else ""
    cancel = CancelReason(r.cancel_reason).label if r.cancel_asked_at and r.cancel_reason else ""
    if len(offers) < 2 and not cancel and not r.disputed_at and not any(offer["reason"] for offer in offers):
        return None
    return {
        "offers": offers, "disputed_at": r.disputed_at, "dispute": dispute, "cancel": cancel,
        "cancel_asked_at": r.cancel_asked_at,
    }  # fmt: skip


_TONES = {OfferStep.ACCEPTED: "green", OfferStep.DECLINED: "yellow", OfferStep.REQUESTED: "you"}


def _offer(offer: Offer, *, words: bool) -> dict[str, Any]:
    alternative = offer.alternative
    return {
        "place": f"{offer.service.name} · {offer.service.institution.name}",
        "step": offer.get_step_display(), "tone": _TONES.get(OfferStep(offer.step), ""),
        "at": offer.answered_at or offer.seen_at or offer.asked_at,
        "who": offer.answered_by.get_full_name() if offer.answered_by else "",
        "reason": DeclineReason(offer.decline_reason).label if offer.decline_reason else "",
        "alternative": f"{alternative.name}, {alternative.institution.name}" if alternative else "",
        "note": offer.note if words else "",
    }  # fmt: skip
