"""One referral, and what may be done with it."""

from uuid import UUID

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.machine import Transition
from referrals.models import Referral
from referrals.states import MACHINE


def referral_for(case_id: UUID) -> Referral:
    """The referral with its case, asker, responder, service and institutions; NotVisible when hidden."""
    rows = Referral.objects.select_related(
        "case__asker", "case__responder", "case__asking_institution", "case__service__institution",
        "case__service__specialty", "case__pathway", "case__ball_user", "recorded_by",
    )  # fmt: skip
    referral: Referral | None = rows.filter(pk=case_id).first()
    if referral is None:
        raise NotVisible
    return referral


def available(actor: Actor, referral: Referral) -> list[Transition]:
    """The acts that `actor` may do now: the buttons of the page and the `available_actions` of the API."""
    return MACHINE.available(actor, referral)
