"""Open questions whose holder cannot act: there should be none, and a sweep finds those that slipped through."""

from uuid import UUID

from django.db.models import Q

from consortium.casework.queries.stranded import MOST, asker_able, asker_unable, responder_serves, urgent_first
from consortium.people.states import Role
from consultations.states import ASKING_STEPS, HELD_STEPS


def stranded(*, most: int = MOST) -> list[UUID]:
    """The cases that are due for another holder, the most urgent first. One query.

    The rules are those of `can_answer` and `whose_turn_as_asker`, for all cases at once: held by a specialist who no
    longer answers for the service; with an asker, or a clinic, that cannot act; or with the coordinator although the
    clinic can, unless they have taken it on because its time was over.
    """
    held = Q(consultation__step__in=HELD_STEPS, responder__isnull=False) & ~responder_serves()
    waiting = asker_able(Role.ASKER) & Q(consultation__step__in=ASKING_STEPS)
    due = held | asker_unable(Role.ASKER) | waiting
    return urgent_first(due, most=most, consultation__isnull=False)
