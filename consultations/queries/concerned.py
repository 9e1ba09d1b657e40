"""Whom to call about a case, in their order, and whom an act concerns."""

from uuid import UUID

from consortium.casework.models import Case, ServiceMember
from consortium.casework.queries.on_duty import on_duty_ids
from consortium.casework.states import Ball
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role


def coordinators_of(case: Case) -> list[UUID]:
    """The coordinators of the service's institution."""
    if case.service is None:
        return []
    seats = unfiltered(Membership, why="whom to call").active(clock.today())
    of_office = seats.filter(role=Role.COORDINATOR, institution_id=case.service.institution_id)
    return list(of_office.order_by("starts_on", "user_id").values_list("user_id", flat=True))


def leads_looking(case: Case) -> list[UUID]:
    """Who is to look again at what was declined: the leads of the service, but for who declined."""
    leads = ServiceMember.objects.filter(service=case.service, left_at=None, user__is_active=True, is_lead=True)
    declined = case.consultation.declined_by_id
    return [user_id for user_id in leads.order_by("user_id").values_list("user_id", flat=True) if user_id != declined]


def on_call(case: Case) -> list[UUID]:
    """The specialist who holds it; on duty by rank, those with least to do first; then leads; then coordinators.

    While a decline is disputed only those leads who did not decline, then the coordinators.
    """
    consultation = getattr(case, "consultation", None)
    if consultation is not None and consultation.looked_at_again and case.responder_id is None:
        return [*leads_looking(case), *coordinators_of(case)]
    members = ServiceMember.objects.filter(service=case.service, left_at=None, user__is_active=True)
    load = dict.fromkeys(members.values_list("user_id", flat=True), 0)
    held = unfiltered(Case, why="who has least to do").open().filter(responder_id__in=load)
    for responder_id in held.values_list("responder_id", flat=True):
        load[responder_id] += 1
    on_duty = dict(on_duty_ids(case.service_id))
    order = [
        *([case.responder_id] if case.responder_id else []),
        *sorted(on_duty, key=lambda user_id: (on_duty[user_id], load[user_id], str(user_id))),
        *members.filter(is_lead=True).values_list("user_id", flat=True),
        *coordinators_of(case),
    ]
    return [user_id for user_id in dict.fromkeys(order) if user_id != case.asker_id]


def asking_side(case: Case) -> list[UUID]:
    """The asker while they work there, else every clinician of the asking institution."""
    seats = unfiltered(Membership, why="whom an answer concerns").active(clock.today())
    able = seats.filter(role=Role.ASKER, institution_id=case.asking_institution_id)
    ids = set(able.values_list("user_id", flat=True))
    return [case.asker_id] if case.asker_id in ids else sorted(ids, key=str)


def answering_side(case: Case) -> list[UUID]:
    """The specialist who holds the case; while it lies in a queue, the coordinators."""
    if case.responder_id is not None and case.ball != Ball.COORDINATOR:
        return [case.responder_id]
    return [case.responder_id] if case.responder_id else coordinators_of(case)


def readers_of(case: Case) -> list[UUID]:
    """Everybody who has read this case, its parties included."""
    entries = unfiltered(Entry, why="who must hear that it was an error").of_subject(case)
    readers = entries.filter(actor__isnull=False).values_list("actor_id", flat=True)
    return sorted(set(readers), key=str)
