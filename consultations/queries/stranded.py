"""Open cases whose holder cannot act: there should be none, and a sweep finds those that slipped through."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from consortium.casework.models import Case, ServiceMember
from consortium.casework.queries.escalating import taken_on
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role
from consultations.states import ASKING_STEPS, HELD_STEPS

MOST = 100


def _seats(**of: Any) -> Any:
    return unfiltered(Membership, why="who can act on a case").active(clock.today()).filter(**of)


def stranded(*, most: int = MOST) -> list[UUID]:
    """The cases that are due for another holder, the most urgent first. One query.

    The rules are those of `can_answer` and `whose_turn_as_asker`, for all cases at once: held by a specialist who no
    longer answers for the service; with an asker, or a clinic, that cannot act; or with the coordinator although the
    clinic can, unless they have taken it on because its time was over.
    """
    clinic = _seats(institution_id=OuterRef("asking_institution_id"), role=Role.ASKER)
    specialist = _seats(
        user_id=OuterRef("responder_id"), user__is_active=True, role__in=(Role.SPECIALIST, Role.SERVICE_LEAD)
    )
    served = ServiceMember.objects.filter(
        service_id=OuterRef("service_id"), user_id=OuterRef("responder_id"), left_at=None
    )
    held = Q(consultation__step__in=HELD_STEPS, responder__isnull=False) & ~(Q(Exists(specialist)) & Q(Exists(served)))
    one_asker = Q(ball=Ball.ASKER, ball_user__isnull=False) & ~Q(
        Exists(clinic.filter(user_id=OuterRef("ball_user_id")))
    )
    any_asker = Q(ball=Ball.ASKER, ball_user=None) & ~Q(Exists(clinic))
    waiting = Q(ball=Ball.COORDINATOR, consultation__step__in=ASKING_STEPS) & Q(Exists(clinic)) & ~Q(taken_on())
    cases = unfiltered(Case, why="nobody holds a case who cannot act").open().filter(consultation__isnull=False)
    due = cases.filter(held | one_asker | any_asker | waiting).order_by("priority", "due_at", "pk")
    return list(due.values_list("pk", flat=True)[:most])
