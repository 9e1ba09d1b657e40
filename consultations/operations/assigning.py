"""Allocation by itself (C3a): to who is on duty and has least in hand, within what one is given in a shift."""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from consortium.casework.models import Case, Service
from consortium.casework.queries.capacity import next_specialists
from consortium.casework.states import Allocation
from consortium.journal.models import Entry
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from consultations.operations.allocation import give_case, held_able
from consultations.operations.moving import locked, take
from consultations.states import Step

_WHY = "cases that wait for who is on duty"
#: at one beat
MOST = 200


def assign_waiting(*, actor: Actor) -> int:
    """Give what waits in the queues of services that allocate by themselves: how many. Where nobody is able, a case
    stays in its queue with the coordinator. Twice at once is once."""
    return sum(_assign(actor, case_id, service_id) for case_id, service_id in list(_waiting()))


def _waiting() -> Iterator[tuple[UUID, UUID]]:
    """(case, service), the most urgent first; what is disputed is its lead's to look at."""
    rows = unfiltered(Case, why=_WHY).unclaimed().filter(
        service__allocation=Allocation.AUTOMATIC, consultation__step=Step.REQUESTED, consultation__disputed_at=None
    )  # fmt: skip
    yield from rows.order_by("priority", "due_at", "pk").values_list("pk", "service_id")[:MOST]


@transaction.atomic
def _assign(actor: Actor, case_id: UUID, service_id: UUID) -> bool:
    """The service's row first: its cases are given one after another, so that nobody is given more than they can take.
    What somebody else holds at this moment waits for the next beat."""
    services = Service.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    service = services.filter(pk=service_id, allocation=Allocation.AUTOMATIC).first()
    free = unfiltered(Case, why=_WHY).unclaimed().select_for_update(of=("self",), skip_locked=True)
    if service is None or free.filter(pk=case_id, service_id=service_id).first() is None:
        return False
    consultation = locked(case_id)
    if consultation.step != Step.REQUESTED or consultation.disputed_at is not None:
        return False
    passed = {consultation.case.asker_id, *declined_by(consultation.case)}
    for user_id in next_specialists(service, but=passed):
        if held_able(user_id, consultation.case):
            give_case(take(actor, consultation, "assign"), user_id)
            return True
    return False


def declined_by(case: Case) -> list[UUID]:
    """Who has said no to this case, or from whom it was taken back: it does not come back to them by itself."""
    said = unfiltered(Entry, why=_WHY).of_subject(case).filter(verb__in=("decline", "take_back"), actor__isnull=False)
    return [
        UUID(facts["left_by"]) if verb == "take_back" else actor_id
        for verb, actor_id, facts in said.values_list("verb", "actor_id", "facts")
    ]
