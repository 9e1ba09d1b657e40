"""Referrals whose child has come: admitted, with its outcome, sent back, followed up; each by its own operations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from consortium.casework.models import BallSpell, Clock, Service
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Encounter, FollowUp, Referral
from referrals.operations.answering import accept
from referrals.operations.caring import admit
from referrals.operations.outcomes import Ending, send_outcome
from referrals.operations.returning import Plan, back_refer, take_over
from referrals.operations.transport import arrive
from referrals.states import Appropriateness, Destination, Place
from tests.consultations.cases import by
from tests.referrals.cases import sent


def arrived(asker: User, specialist: User, patient: Patient, service: Service, **fields: Any) -> Referral:
    """Accepted by `specialist`, and come."""
    referral = sent(asker, patient, service, **fields)
    by(specialist, accept, case_id=referral.pk)
    made: Referral = by(specialist, arrive, case_id=referral.pk)
    return made


def admitted(asker: User, specialist: User, patient: Patient, service: Service, **fields: Any) -> Referral:
    referral = arrived(asker, specialist, patient, service, **fields)
    made: Referral = by(specialist, admit, case_id=referral.pk, place=Place.WARD, ward="5 East")
    return made


def ending(**fields: Any) -> Ending:
    """A whole outcome of a child that came and left today."""
    plain = Ending(
        admitted_on=clock.today(), left_on=clock.today(), diagnoses=("J05.0 Croup",),
        course="Nebulised adrenaline twice, dexamethasone.", medicines="None.", immunisations="None.",
        pending="None.", follow_up="Community centre in three days.", destination=Destination.HOME,
        special_care=True, appropriateness=Appropriateness.APPROPRIATE, to_sender="Well timed.",
        for_family="She may go home.",
    )  # fmt: skip
    return replace(plain, **fields)


def told(asker: User, specialist: User, patient: Patient, service: Service, **fields: Any) -> Referral:
    """The outcome is signed; `fields` of the Ending."""
    referral = admitted(asker, specialist, patient, service)
    made: Referral = by(specialist, send_outcome, case_id=referral.pk, ending=ending(**fields))
    return made


def plan(service: Service, **fields: Any) -> Plan:
    """Two visits, in three days and in ten."""
    today = clock.today()
    visits = ((today + timedelta(days=3), "Weigh, count breaths."), (today + timedelta(days=10), "Look at the ears."))
    plain = Plan(service.pk, "Watch at home; come back with stridor at rest.", "None.", visits, guardian_agreed=True)
    return replace(plain, **fields)


def sent_back(referral: Referral, doctor: User, centre: Service, **fields: Any) -> Referral:
    """The child goes to `centre`'s institution with a plan."""
    made: Referral = by(doctor, back_refer, case_id=referral.pk, plan=plan(centre, **fields))
    return made


def followed(back: Referral, doctor: User) -> Referral:
    """Taken over by `doctor` of the centre."""
    made: Referral = by(doctor, take_over, case_id=back.pk)
    return made


def running(referral: Referral) -> list[str]:
    """The legs whose clock is running or paused."""
    return sorted(Clock.unscoped.filter(case_id=referral.pk, stopped_at=None).values_list("leg", flat=True))


def holder(referral: Referral) -> tuple[str, Any]:
    """Who has the ball now: the one open spell."""
    spell = BallSpell.unscoped.get(case_id=referral.pk, until=None)
    return spell.party, spell.user_id


def fresh(referral: Referral) -> Referral:
    found: Referral = Referral.unscoped.select_related("case__pathway").get(pk=referral.pk)
    return found


def stays(referral: Referral) -> list[Encounter]:
    return list(Encounter.unscoped.filter(case_id=referral.pk).order_by("begun_at"))


def visits(referral: Referral) -> list[FollowUp]:
    return list(FollowUp.unscoped.filter(case_id=referral.pk).order_by("number"))


def ended_at(referral: Referral) -> Any:
    """When its pathway closed; None while it goes on."""
    case: Any = fresh(referral).case
    return case.pathway.closed_at
