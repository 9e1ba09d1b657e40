"""Conditions on Case for who can act on it now: what is held by somebody who cannot is found and passed on; and open
cases that nobody has, of which there should be none."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from consortium.casework.models import BallSpell, Case, Clock, ServiceMember
from consortium.casework.queries.escalating import taken_on
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role

#: found by one sweep
MOST = 100
_WHY = "nobody holds a case who cannot act"


def seats(**of: Any) -> Any:
    """The seats that hold today."""
    return unfiltered(Membership, why="who can act on a case").active(clock.today()).filter(**of)


def asking_seats(*roles: str) -> Any:
    """Of the asking institution's side of a case."""
    return seats(institution_id=OuterRef("asking_institution_id"), role__in=roles)


def asker_unable(*roles: str) -> Q:
    """It is the turn of an asker who cannot act, or of a side on which nobody can."""
    side = asking_seats(*roles)
    one = Q(ball=Ball.ASKER, ball_user__isnull=False) & ~Q(Exists(side.filter(user_id=OuterRef("ball_user_id"))))
    return one | Q(ball=Ball.ASKER, ball_user=None) & ~Q(Exists(side))


def asker_able(*roles: str) -> Q:
    """The coordinator has it although the asking side can act, and has not taken it on because its time was over."""
    return Q(ball=Ball.COORDINATOR) & Q(Exists(asking_seats(*roles))) & ~Q(taken_on())


def responder_serves() -> Q:
    """The responder is a specialist of the case's service now."""
    specialist = seats(
        user_id=OuterRef("responder_id"), user__is_active=True, role__in=(Role.SPECIALIST, Role.SERVICE_LEAD)
    )
    served = ServiceMember.objects.filter(
        service_id=OuterRef("service_id"), user_id=OuterRef("responder_id"), left_at=None
    )
    return Q(Exists(specialist)) & Q(Exists(served))


def urgent_first(condition: Q, *, most: int = MOST, **of: Any) -> list[UUID]:
    """The open cases that meet the condition, the most urgent first. One query."""
    cases = unfiltered(Case, why=_WHY).open().filter(condition, **of).order_by("priority", "due_at", "pk")
    return list(cases.values_list("pk", flat=True)[:most])


def held_by_nobody(kind: str) -> list[UUID]:
    """Open cases of a kind without the spell of whose turn it is, or without a clock that runs or is paused: there are
    none. One query."""
    spell = unfiltered(BallSpell, why=_WHY).filter(case_id=OuterRef("pk"), until=None, party=OuterRef("ball"))
    same = spell.filter(user_id=OuterRef("ball_user_id")) | spell.filter(user=None, case__ball_user=None)
    running = unfiltered(Clock, why=_WHY).filter(case_id=OuterRef("pk"), stopped_at=None)
    return urgent_first(~Q(Exists(same)) | ~Q(Exists(running)), kind=kind)
