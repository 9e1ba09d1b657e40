"""One referral, and what may be done with it."""

from typing import Any, cast
from uuid import UUID

from consortium.kernel.actors import Actor, acting_as, current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.machine import Transition
from consortium.kernel.prepared import prepared
from referrals.models import Referral
from referrals.states import MACHINE


def referral_for(case_id: UUID) -> Referral:
    """The referral with its case, asker, responder, service and institutions; NotVisible when hidden."""
    for referral in _seen(current_actor(), case_id):
        return cast("Referral", referral)
    raise NotVisible


@prepared
def _seen(actor: Actor, case_id: UUID) -> Any:
    with acting_as(actor):
        rows = Referral.objects.select_related(
            "case__asker", "case__responder", "case__asking_institution", "case__service__institution",
            "case__service__specialty", "case__pathway", "case__ball_user", "recorded_by",
        )  # fmt: skip
        return rows.filter(pk=case_id)


def available(actor: Actor, referral: Referral) -> list[Transition]:
    """The acts that `actor` may do now: the buttons of the page and the `available_actions` of the API."""
    return MACHINE.available(actor, referral)
