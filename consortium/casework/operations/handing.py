"""Turns that pass on because who has them can no longer act. Callers hold the lock on the case's row."""

from consortium.casework.models import Case
from consortium.casework.operations.turns import Turn, pass_ball
from consortium.casework.queries.escalating import is_taken_on
from consortium.journal.operations import record
from consortium.kernel.actors import Actor


def pass_on_turn(actor: Actor, case: Case, turn: Turn) -> bool:
    """Give the ball to `turn`; False where it lies there already.

    What the coordinator has taken on because its time was over stays with them.
    """
    if (turn.party, turn.user_id) == (case.ball, case.ball_user_id) or is_taken_on(case):
        return False
    passed = pass_ball(case, turn)
    case.version += 1
    case.save()
    record(
        actor=actor, verb="hand_over", subject=case, patient_id=case.patient_id,
        institution_id=case.asking_institution_id, facts={"to": turn.party}, also=[passed],
    )  # fmt: skip
    return True
