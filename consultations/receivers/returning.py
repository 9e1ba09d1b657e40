"""What consultations hear: a person who can no longer act gives their open work back, in the same transaction."""

from uuid import UUID

from consortium.casework.events import ItemTakenOver, ServiceLeft, WentOffDuty
from consortium.casework.models import Case
from consortium.casework.states import Ball
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.people.events import SeatGained, SeatLost
from consultations.operations import return_to_queue
from consultations.operations.handing import hand_on, hand_over_asker
from consultations.queries import can_answer
from consultations.states import ASKING_STEPS, HELD_STEPS


@receives(SeatLost, duty=True)
def return_open_work(entry_id: int, event: SeatLost) -> None:
    """Urgent first: what they were to answer goes to the queue, what they had asked to a colleague or coordinator."""
    held = Case.objects.open().filter(responder_id=event.user_id, consultation__step__in=HELD_STEPS)
    for case in held.order_by("priority", "due_at").select_related("service"):
        if not can_answer(event.user_id, case):
            return_to_queue(actor=current_actor(), case_id=case.pk, why="their seat ended")
    asked = Case.objects.open().filter(ball=Ball.ASKER, asking_institution_id=event.institution_id)
    for case in asked.filter(consultation__isnull=False).order_by("priority", "due_at"):
        hand_over_asker(actor=current_actor(), case_id=case.pk)


@receives(SeatGained, duty=True)
def take_back_asked_work(entry_id: int, event: SeatGained) -> None:
    """Somebody of the asking clinic can act again: what waited for it leaves the coordinator."""
    waiting = Case.objects.open().filter(asking_institution_id=event.institution_id, ball=Ball.COORDINATOR)
    for case in waiting.filter(consultation__step__in=ASKING_STEPS).order_by("priority", "due_at"):
        hand_over_asker(actor=current_actor(), case_id=case.pk)


def _return_work(user_id: UUID, service_id: UUID, why: str) -> None:
    held = Case.objects.open().filter(responder_id=user_id, service_id=service_id, consultation__step__in=HELD_STEPS)
    for case in held.order_by("priority", "due_at"):
        return_to_queue(actor=current_actor(), case_id=case.pk, why=why)


@receives(ServiceLeft, duty=True)
def return_work_of_service(entry_id: int, event: ServiceLeft) -> None:
    """Left the service: its open cases go back to its queue."""
    _return_work(event.user_id, event.service_id, "they left the service")


@receives(WentOffDuty, duty=True)
def return_work_of_duty(entry_id: int, event: WentOffDuty) -> None:
    """Off duty: what was not handed over goes back to the queue, urgent first."""
    _return_work(event.user_id, event.service_id, "their duty ended")


@receives(ItemTakenOver, duty=True)
def pass_on_case(entry_id: int, event: ItemTakenOver) -> None:
    """Taken over by name at the change of shifts."""
    if event.kind == "case":
        hand_on(actor=current_actor(), case_id=event.item_id, from_id=event.from_id, to_id=event.to_id)
