"""What referrals hear: a person who can no longer act gives their open work back, in the same transaction."""

from typing import Any
from uuid import UUID

from consortium.casework.events import ItemTakenOver, ServiceLeft, WentOffDuty
from consortium.casework.models import Case
from consortium.casework.states import Ball, CaseKind
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.people.events import SeatGained, SeatLost
from referrals.operations.handing import hand_on, hand_over_turn, return_to_service
from referrals.operations.moving import locked
from referrals.queries.holding import HELD_STEPS, IN_HAND, can_hold


def _open(**of: Any) -> Any:
    """Open referrals, the most urgent first."""
    return Case.objects.open().filter(kind=CaseKind.REFERRAL, **of).order_by("priority", "due_at", "pk")


def _held(user_id: UUID, **of: Any) -> Any:
    return _open(responder_id=user_id, referral__step__in=HELD_STEPS, **of).values_list("pk", flat=True)


@receives(SeatLost, duty=True)
def return_open_work(entry_id: int, event: SeatLost) -> None:
    """Urgent first: what they had accepted goes to the service, what they had sent to a colleague or coordinator."""
    for case_id in list(_held(event.user_id)):
        if not can_hold(event.user_id, locked(case_id)):
            return_to_service(actor=current_actor(), case_id=case_id, why="their seat ended")
    _pass_on(ball=Ball.ASKER, asking_institution_id=event.institution_id)


@receives(SeatGained, duty=True)
def take_back_sent_work(entry_id: int, event: SeatGained) -> None:
    """Somebody of the sending side can act again: what waited for it leaves the coordinator."""
    _pass_on(ball=Ball.COORDINATOR, asking_institution_id=event.institution_id)


def _pass_on(**of: Any) -> None:
    for case_id in list(_open(**of).values_list("pk", flat=True)):
        hand_over_turn(actor=current_actor(), case_id=case_id)


@receives(ServiceLeft, duty=True)
def return_work_of_service(entry_id: int, event: ServiceLeft) -> None:
    """Left the service: the referrals that they had accepted for it go back to it."""
    for case_id in list(_held(event.user_id, service_id=event.service_id)):
        return_to_service(actor=current_actor(), case_id=case_id, why="they left the service")


@receives(WentOffDuty, duty=True)
def return_work_of_duty(entry_id: int, event: WentOffDuty) -> None:
    """Off duty: what they had to act on and did not hand over. A visit that lies ahead stays with who booked it."""
    for case_id in list(_held(event.user_id, service_id=event.service_id, ball__in=IN_HAND)):
        return_to_service(actor=current_actor(), case_id=case_id, why="their duty ended", stays=True)


@receives(ItemTakenOver, duty=True)
def pass_on_referral(entry_id: int, event: ItemTakenOver) -> None:
    """Taken over by name at the change of shifts."""
    if event.kind == "referral":
        hand_on(actor=current_actor(), case_id=event.item_id, from_id=event.from_id, to_id=event.to_id)
