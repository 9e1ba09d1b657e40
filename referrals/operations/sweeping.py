"""The net under `receivers.returning`: a referral that came to somebody in the instant in which they ceased to be
able."""

from uuid import UUID

from django.db import transaction

from consortium.kernel.actors import Actor
from referrals.operations.handing import hand_over_turn, return_to_service
from referrals.operations.moving import locked
from referrals.queries.holding import HELD_STEPS, can_hold, stranded


def pass_on_stranded(*, actor: Actor) -> int:
    """Hand each open referral whose holder cannot act to whom the rules name next: how many. Twice at once is once."""
    return sum(_pass_on(actor, case_id) for case_id in stranded())


@transaction.atomic
def _pass_on(actor: Actor, case_id: UUID) -> bool:
    """Looked at again under the case's lock: what somebody else has moved meanwhile stays where it is."""
    referral = locked(case_id)
    case = referral.case
    if not case.is_open:
        return False
    if referral.step in HELD_STEPS and case.responder_id and not can_hold(case.responder_id, referral):
        return_to_service(actor=actor, case_id=case_id, why="the holder can no longer act")
        return True
    return hand_over_turn(actor=actor, case_id=case_id)
