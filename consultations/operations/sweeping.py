"""The net under `receivers.returning`: a case that came to somebody in the instant in which they ceased to be able."""

from uuid import UUID

from django.db import transaction

from consortium.kernel.actors import Actor
from consultations.operations.allocation import return_to_queue
from consultations.operations.handing import hand_over_asker
from consultations.operations.moving import locked
from consultations.operations.opinions import take_back_stranded_opinions
from consultations.queries import can_answer
from consultations.queries.stranded import stranded
from consultations.states import ASKING_STEPS, HELD_STEPS

_WHY = "the holder can no longer act"


def pass_on_stranded(*, actor: Actor) -> int:
    """Hand each open case whose holder cannot act to whom the rules name next, and take back opinions that nobody can
    give: how many. Twice at once is once."""
    passed = sum(_pass_on(actor, case_id) for case_id in stranded())
    return passed + take_back_stranded_opinions(actor=actor)


@transaction.atomic
def _pass_on(actor: Actor, case_id: UUID) -> bool:
    """Looked at again under the case's lock: what somebody else has moved meanwhile stays where it is."""
    consultation = locked(case_id)
    case = consultation.case
    version = case.version
    if not case.is_open:
        return False
    if consultation.step in HELD_STEPS and case.responder_id and not can_answer(case.responder_id, case):
        return_to_queue(actor=actor, case_id=case_id, why=_WHY)
    elif consultation.step in ASKING_STEPS:
        hand_over_asker(actor=actor, case_id=case_id)
    return locked(case_id).case.version != version
