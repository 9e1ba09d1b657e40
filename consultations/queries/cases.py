"""One consultation, what may be done with it, and whose turn comes next."""

from typing import Any, cast
from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.operations import Turn
from consortium.casework.policies import serves
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.machine import Transition
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.queries import actor_by_id
from consortium.people.states import Role
from consultations.models import Consultation
from consultations.states import MACHINE


def consultation_for(case_id: UUID) -> Consultation:
    """The consultation with its case, asker, responder, service and institutions; NotVisible when hidden."""
    for consultation in _seen(current_actor(), case_id):
        return cast("Consultation", consultation)
    raise NotVisible()


@prepared
def _seen(actor: Actor, case_id: UUID) -> Any:
    with acting_as(actor):
        rows = Consultation.objects.select_related(
            "case__asker", "case__responder", "case__asking_institution", "case__service__institution",
            "case__service__specialty", "case__pathway", "case__ball_user", "declined_by_service",
        )  # fmt: skip
        return rows.filter(pk=case_id)


def available(actor: Actor, consultation: Consultation) -> list[Transition]:
    """The acts that `actor` may do now: the buttons of the page and the `available_actions` of the API."""
    return MACHINE.available(actor, consultation)


def can_answer(user_id: UUID, case: Case) -> bool:
    """Whether this person could act as the case's specialist today."""
    return serves(actor_by_id(user_id), case.service_id)


def queue_turn() -> Turn:
    """A case in a queue is with the coordinator until somebody takes it."""
    return Turn(Ball.COORDINATOR)


def whose_turn_as_asker(case: Case) -> Turn:
    """The asker when they can act, else any clinician of the asking institution, else the coordinator."""
    active = unfiltered(Membership, why="who of the asking clinic can act").filter(
        institution_id=case.asking_institution_id, role=Role.ASKER
    )
    able = set(active.active(clock.today()).values_list("user_id", flat=True))
    if case.asker_id in able:
        return Turn(Ball.ASKER, case.asker_id)
    return Turn(Ball.ASKER) if able else Turn(Ball.COORDINATOR)
