"""Whom to call about any case, in their order, whom an act concerns, and what a call may say of it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from consortium.casework.models import Case, ServiceMember
from consortium.casework.queries.on_duty import on_duty_ids
from consortium.casework.states import Ball, Tell
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role


def coordinators_of(case: Case) -> list[UUID]:
    """The coordinators of the service's institution."""
    return coordinators_at(case.service.institution_id) if case.service else []


def coordinators_at(institution_id: UUID) -> list[UUID]:
    seats = unfiltered(Membership, why="whom to call").active(clock.today())
    of_office = seats.filter(role=Role.COORDINATOR, institution_id=institution_id)
    return list(of_office.order_by("starts_on", "user_id").values_list("user_id", flat=True))


def _members(service_id: UUID | None) -> Any:
    of_service: dict[str, Any] = {"service_id": service_id}
    return ServiceMember.objects.filter(left_at=None, user__is_active=True, **of_service)


def leads_of(service_id: UUID | None) -> list[UUID]:
    """The leads of a service."""
    seats = _members(service_id).filter(is_lead=True)
    return list(seats.order_by("user_id").values_list("user_id", flat=True))


def on_call(case: Case, service_id: UUID | None = None) -> list[UUID]:
    """Who holds it; on duty by rank, those with least to do first; then leads; then coordinators; never the asker.

    `service_id`: of a service that is asked beside the case's own.
    """
    asked = service_id or case.service_id
    members = _members(asked)
    load = dict.fromkeys(members.values_list("user_id", flat=True), 0)
    held = unfiltered(Case, why="who has least to do").open().filter(responder_id__in=load)
    for responder_id in held.values_list("responder_id", flat=True):
        load[responder_id] += 1
    on_duty = dict(on_duty_ids(asked))
    order = [
        *([case.responder_id] if case.responder_id else []),
        *sorted(on_duty, key=lambda user_id: (on_duty[user_id], load[user_id], str(user_id))),
        *members.filter(is_lead=True).values_list("user_id", flat=True),
        *coordinators_of(case),
    ]
    return [user_id for user_id in dict.fromkeys(order) if user_id != case.asker_id]


def doctors_of(institution_id: UUID, roles: Sequence[str] = (Role.ASKER,)) -> list[UUID]:
    """Everybody of an institution who holds one of `roles` now."""
    seats = unfiltered(Membership, why="whom an answer concerns").active(clock.today())
    able = seats.filter(role__in=roles, institution_id=institution_id)
    return sorted(set(able.values_list("user_id", flat=True)), key=str)


def asking_side(case: Case, roles: Sequence[str] = (Role.ASKER,)) -> list[UUID]:
    """The asker while they work there, else everybody of the asking institution in one of `roles`."""
    ids = doctors_of(case.asking_institution_id, roles)
    return [case.asker_id] if case.asker_id in ids else ids


def told_of_step(
    case: Case,
    tell: str,
    *,
    asks: bool,
    called: Callable[[Case], list[UUID]] = on_call,
    roles: Sequence[str] = (Role.ASKER,),
) -> list[UUID]:
    """Whom a step of the escalation tells, in the order in which a page would call them.

    `asks`: in this leg the asking side has to act, whose doctors have one of `roles`; `called`: whom a case that nobody
    holds calls.
    """
    if tell == Tell.COORDINATOR:
        return coordinators_of(case) or leads_of(case.service_id)
    if asks:
        everybody = [] if tell == Tell.HOLDER else doctors_of(case.asking_institution_id, roles)
        return [*asking_side(case, roles), *everybody]
    if tell == Tell.LEAD:
        return leads_of(case.service_id) or coordinators_of(case)
    answering = [case.responder_id] if case.responder_id else called(case)
    return [*(asking_side(case, roles) if case.ball == Ball.ASKER else []), *answering]


def readers_of(case: Case) -> list[UUID]:
    """Everybody who has read this case, its parties included."""
    entries = unfiltered(Entry, why="who must hear that it was an error").of_subject(case)
    readers = entries.filter(actor__isnull=False).values_list("actor_id", flat=True)
    return sorted(set(readers), key=str)


def heard(case_id: UUID, *features: str) -> Case:
    """The case that an event is about, for whom it concerns; `features` names rows beside it ("consultation")."""
    rows = unfiltered(Case, why="telling those whom a case concerns")
    case: Case = rows.select_related("service__specialty", *features).get(pk=case_id)
    return case


def facts_of(case: Case) -> dict[str, Any]:
    """What tells one case from another without naming the child, in both languages."""
    facts: dict[str, Any] = {"sex": case.sex, "age_days": case.age_days}
    if case.service is None:
        return facts
    named = {"en": case.service.name_en, "zh": case.service.name_zh}
    return {**facts, "service": named, "specialty": named}
