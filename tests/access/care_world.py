"""What the rows of care speak of: a child on the ward, and one whose outcome was sent."""

from __future__ import annotations

from typing import Any

from referrals.models import Referral
from referrals.operations.answering import accept
from referrals.operations.caring import admit
from referrals.operations.outcomes import send_outcome
from referrals.operations.sending import send_now
from referrals.operations.transport import arrive
from referrals.states import Place
from tests.factories.patients import make_patient
from tests.referrals.cared import ending
from tests.referrals.cases import WHOLE


def care_rows(world: Any) -> dict[str, Any]:
    """Both sent by the centre, accepted by the specialist."""
    inside, told = _admitted(world, "Zhou Min"), _admitted(world, "Zhou Ming")
    world.does("specialist", send_outcome, case_id=told.pk, ending=ending())
    return {"inside": inside, "told": told}


def _admitted(world: Any, name: str) -> Referral:
    child = make_patient(world.centre, name)
    words = {"patient": child, "institution_id": world.centre.pk, "fields": {**WHOLE, "service_id": world.service.pk}}
    referral: Referral = world.does("asker", send_now, **words)
    world.does("specialist", accept, case_id=referral.pk)
    world.does("specialist", arrive, case_id=referral.pk)
    world.does("specialist", admit, case_id=referral.pk, place=Place.WARD)
    return referral
