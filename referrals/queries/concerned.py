"""Whom an act on a referral concerns, and whom to call about it, in their order (casework's, of the two sides)."""

from uuid import UUID

from consortium.casework.models import Case, Service
from consortium.casework.queries import concerned
from consortium.casework.queries.concerned import coordinators_at, doctors_of
from consortium.people.states import Role, Tier
from referrals.policies import asked_services

#: who acts for a side: a child is sent up by a centre's doctors, and down again by specialists
DOCTORS = (Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD)


def callers_at(institution_id: UUID) -> list[UUID]:
    """Who may ask for a clinic by telephone: its doctors; where it has none with an account, its nurses."""
    return doctors_of(institution_id, DOCTORS) or doctors_of(institution_id, (Role.NURSE,))


def sender_side(case: Case) -> list[UUID]:
    """Who sent the child, while they work there; else every doctor of the sending institution. Where there is
    none its nurses, as `callers_at`; where nobody has an account the coordinators, who wrote it down."""
    side = concerned.asking_side
    return side(case, DOCTORS) or side(case, (Role.NURSE,)) or concerned.coordinators_of(case)


def receiver_side(case: Case) -> list[UUID]:
    """Who has accepted; until somebody has, or when they no longer can, whom the service calls."""
    return [case.responder_id] if case.responder_id else on_call(case)


def on_call(case: Case, service: Service | None = None) -> list[UUID]:
    """Who is on duty, leads and coordinators; close to home, where nobody stands by, every doctor of the place."""
    asked = service or case.service
    if asked is None:
        return []
    called = concerned.on_call(case, asked.pk)
    if asked.institution.tier < Tier.TERTIARY:
        called += [user_id for user_id in doctors_of(asked.institution_id, DOCTORS) if user_id != case.asker_id]
    return list(dict.fromkeys(called))


def everybody_called(case: Case) -> list[UUID]:
    """Whom the services call that are asked now: one, or for a stat child several."""
    services = asked_services(case.referral)
    return list(dict.fromkeys(user_id for service in services for user_id in on_call(case, service)))


def offices(case: Case) -> list[UUID]:
    """The coordinators of the receiving institution, then those of the sending one."""
    here = concerned.coordinators_of(case)
    return list(dict.fromkeys([*here, *coordinators_at(case.asking_institution_id)]))
