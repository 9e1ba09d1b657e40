"""Referrals brought to their first steps by their own operations."""

from __future__ import annotations

from typing import Any

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.patients.models import Patient
from consortium.people.models import Membership, User
from referrals.models import Referral
from referrals.operations.sending import send_now
from referrals.states import Reason
from tests.consultations.cases import by

QUESTION = "Barking cough and stridor at rest: please admit."
WHOLE = {
    "question": QUESTION, "reason": Reason.ADMISSION, "situation": "Stridor since midnight.",
    "assessment": "Severe croup.", "weight_grams": 6800, "consent_given": True,
}  # fmt: skip


def sent(asker: User, patient: Patient, service: Service, *, priority: int = Priority.URGENT, **more: Any) -> Referral:
    """Sent by `asker` to `service`; `more`: further fields, or arguments of `send_now`."""
    named = {name: more.pop(name) for name in ("kind", "asker_id", "parent_id", "by_alarm", "key") if name in more}
    place = more.pop("institution_id", None) or Membership.unscoped.filter(user=asker)[0].institution_id
    fields = {**WHOLE, "service_id": service.pk, "priority": priority, **more}
    made: Referral = by(asker, send_now, patient=patient, institution_id=place, fields=fields, **named)
    return made
