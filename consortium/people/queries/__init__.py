"""Reading people: who acts, who works where, what a signed-in page shows of its reader."""

from consortium.people.queries.actors import (
    able_to_act,
    actor_by_id,
    actor_of,
    actor_of_request,
    is_locked,
    lacks_second_factor,
    proven_at,
)
from consortium.people.queries.directory import (
    institutions,
    invitations_of,
    open_invitation,
    open_reset,
    person,
    seats_at,
    staff,
)

__all__ = [
    "able_to_act",
    "actor_by_id",
    "actor_of",
    "actor_of_request",
    "institutions",
    "invitations_of",
    "is_locked",
    "lacks_second_factor",
    "open_invitation",
    "open_reset",
    "person",
    "proven_at",
    "seats_at",
    "staff",
]
