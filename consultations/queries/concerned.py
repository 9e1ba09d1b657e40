"""Whom to call about a question, in their order, and whom an act concerns (casework's, with the dispute's own)."""

from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.queries import concerned
from consortium.casework.queries.concerned import asking_side, coordinators_of, readers_of

__all__ = ["answering_side", "asking_side", "coordinators_of", "leads_looking", "on_call", "readers_of"]


def leads_looking(case: Case) -> list[UUID]:
    """Who is to look again at what was declined: the leads of the service, but for who declined."""
    declined = case.consultation.declined_by_id
    return [user_id for user_id in concerned.leads_of(case.service_id) if user_id != declined]


def on_call(case: Case) -> list[UUID]:
    """The specialist who holds it, who is on duty, then leads, then coordinators.

    While a decline is disputed only those leads who did not decline, then the coordinators.
    """
    consultation = getattr(case, "consultation", None)
    if consultation is not None and consultation.looked_at_again and case.responder_id is None:
        return [*leads_looking(case), *coordinators_of(case)]
    return concerned.on_call(case)


def answering_side(case: Case) -> list[UUID]:
    """The specialist who holds the case; while it lies in a queue, the coordinators."""
    return [case.responder_id] if case.responder_id else coordinators_of(case)
