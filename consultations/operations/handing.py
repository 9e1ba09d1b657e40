"""The asking side when its doctor is gone: the turn passes to who can act."""

from uuid import UUID

from consortium.casework.operations import pass_ball
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consultations.operations.moving import locked
from consultations.queries import whose_turn_as_asker


def hand_over_asker(*, actor: Actor, case_id: UUID) -> None:
    """Give the ball, where it lies with the asking side, to somebody there who can act, else to the coordinator."""
    case = locked(case_id).case
    turn = whose_turn_as_asker(case)
    if (turn.party, turn.user_id) == (case.ball, case.ball_user_id):
        return
    passed = pass_ball(case, turn)
    case.version += 1
    case.save()
    record(
        actor=actor, verb="hand_over", subject=case, patient_id=case.patient_id,
        institution_id=case.asking_institution_id, facts={"to": turn.party}, also=[passed],
    )  # fmt: skip
