"""Referrals on their way, and what stands of them in the database."""

from __future__ import annotations

from typing import Any

from consortium.casework.models import BallSpell, Case, Clock, Service
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Referral, Transport
from referrals.operations.answering import accept
from referrals.operations.transport import Handover, Way, arrange_transport, depart, sign_handover
from referrals.states import Mode
from tests.consultations.cases import by
from tests.referrals.cases import sent

I_PASS = Handover("Croup, adrenaline twice.", "Unstable", "Oxygen 2 l/min.", "Tires: bag her.")


def stored(referral: Referral) -> Referral:
    made: Referral = Referral.unscoped.select_related("case__service").get(pk=referral.pk)
    return made


def running(referral: Referral) -> Clock:
    """The one clock that runs: there is never none and never two."""
    found: Clock = Clock.unscoped.get(case_id=referral.pk, stopped_at=None, paused_at=None)
    return found


def ball(referral: Referral) -> tuple[str, Any]:
    spell = BallSpell.unscoped.get(case_id=referral.pk, until=None)
    case = Case.unscoped.get(pk=referral.pk)
    assert (case.ball, case.ball_user_id) == (spell.party, spell.user_id)
    return spell.party, spell.user_id


def transport_of(referral: Referral) -> Transport:
    found: Transport = Transport.unscoped.get(pk=referral.pk)
    return found


def accepted(asker: User, specialist: User, patient: Patient, service: Service, **fields: Any) -> Referral:
    referral = sent(asker, patient, service, **{"priority": Priority.STAT, **fields})
    made: Referral = by(specialist, accept, case_id=referral.pk)
    return made


def arranged(asker: User, referral: Referral, **fields: Any) -> Referral:
    way = Way(**{"mode": Mode.SENDER_AMBULANCE, "crew": "Dr Lin, nurse Zhou", "phone": "139 0000 0000", **fields})
    made: Referral = by(asker, arrange_transport, case_id=referral.pk, way=way)
    return made


def handed_over(asker: User, referral: Referral) -> Referral:
    made: Referral = by(asker, sign_handover, case_id=referral.pk, handover=I_PASS)
    return made


def departed(asker: User, referral: Referral, **more: Any) -> Referral:
    made: Referral = by(asker, depart, case_id=referral.pk, **more)
    return made


def soon(**parts: float) -> Any:
    from datetime import timedelta

    return clock.now() + timedelta(**parts)
