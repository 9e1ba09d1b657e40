"""Whose turn comes next."""

from consortium.casework.models import Case, ServiceMember
from consortium.casework.operations import Turn
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role, Tier
from referrals.models import Referral
from referrals.states import Step

_DOCTORS = (Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD)


def asker_turn(case: Case) -> Turn:
    """The asker when they can act, else any doctor of the sending institution, else the coordinator."""
    active = unfiltered(Membership, why="who of the sending institution can act").filter(
        institution_id=case.asking_institution_id, role__in=_DOCTORS
    )
    able = set(active.active(clock.today()).values_list("user_id", flat=True))
    if case.asker_id in able:
        return Turn(Ball.ASKER, case.asker_id)
    return Turn(Ball.ASKER) if able else Turn(Ball.COORDINATOR)


def service_turn(case: Case) -> Turn:
    """The receiving service, while somebody of it can act (as `policies.receives` counts them); else the coordinator.
    Two queries at most."""
    service = case.service
    if service is None:
        return Turn(Ball.COORDINATOR)
    there = unfiltered(Membership, why="who of the receiving service can act").active(clock.today())
    there = there.filter(institution_id=service.institution_id, role__in=_DOCTORS)
    seats = ServiceMember.objects.filter(service=service, left_at=None, user__is_active=True)
    served = there.filter(role__in=_DOCTORS[1:], user__in=seats.values("user"))
    near_home = service.institution.tier < Tier.TERTIARY and there.exists()
    return Turn(Ball.RESPONDER) if near_home or served.exists() else Turn(Ball.COORDINATOR)


def turn_of(referral: Referral) -> Turn:
    """Whose turn it is by the step alone; while the sender is asked for information, theirs."""
    case, step = referral.case, referral.step
    if referral.information_asked_at is not None:
        return asker_turn(case)
    if step in (Step.DRAFT, Step.OUTCOME_SENT):
        return asker_turn(case)
    if step == Step.DECLINED:
        return Turn(Ball.COORDINATOR)
    if step == Step.SCHEDULED:
        return Turn(Ball.FAMILY)
    if step in (Step.TRANSPORT, Step.EN_ROUTE):
        return Turn(Ball.TRANSPORT)
    return Turn(Ball.RESPONDER, case.responder_id) if case.responder_id else service_turn(case)
