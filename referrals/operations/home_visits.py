"""The visits of a plan close to home, beneath the acts that move them. The caller holds the lock on the case."""

from consortium.kernel.errors import database_rules
from referrals.models import FollowUp
from referrals.operations.moving import Move
from referrals.queries.following import visits_ahead
from referrals.states import FOLLOW_UP


def step_visit(move: Move, visit: FollowUp, verb: str) -> None:
    """Take the visit's own step (states.FOLLOW_UP) and keep what else was set on it."""
    FOLLOW_UP.take(verb, move.actor, visit)
    visit.version += 1
    with database_rules():
        visit.save()


def call_off_visits(move: Move, *, worse: bool = False) -> None:
    """No visit is ahead any more; with `worse`, the nearest is where the child got worse."""
    for number, visit in enumerate(visits_ahead(move.case.pk)):
        step_visit(move, visit, "worsen" if worse and number == 0 else "cancel")
