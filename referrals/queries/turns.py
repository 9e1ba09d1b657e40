"""Whose turn comes next."""

from consortium.casework.models import Case
from consortium.casework.operations import Turn
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role

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
