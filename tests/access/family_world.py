"""What the rows of the family's page, the radar and the child's way speak of: a referral of a child of its own."""

from __future__ import annotations

from typing import Any

from consortium.casework.states import Priority
from referrals.operations.family import make_family_link
from referrals.operations.sending import send_now
from referrals.states import Reason
from tests.factories.patients import make_patient


def family_rows(world: Any) -> dict[str, Any]:
    """Sent from the centre to the hospital, whose clinicians know this child from then on; with the family's link."""
    child = make_patient(world.centre, "Zhao Lei")
    fields = {
        "question": "Stridor at rest: please admit.", "reason": Reason.ADMISSION, "situation": "Since midnight.",
        "assessment": "Croup.", "weight_grams": 6800, "consent_given": True, "service_id": world.service.pk,
        "priority": Priority.URGENT,
    }  # fmt: skip
    referral = world.does("asker", send_now, patient=child, institution_id=world.centre.pk, fields=fields)
    link = world.does("asker", make_family_link, case_id=referral.pk)
    return {"family_referral": referral, "family_link": link, "family_child": child}
