"""Second opinions: who can no longer give one is asked no more, in the same transaction; both sides are told."""

from typing import Any

from consortium.casework.events import ItemTakenOver, ServiceLeft, WentOffDuty
from consortium.casework.states import Priority
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import tell
from consortium.people.events import SeatLost
from consortium.people.models import User
from consultations import events
from consultations.models import Opinion
from consultations.operations.opinions import pass_opinion_on, take_back_opinions
from consultations.queries.concerned import answering_side, asking_side
from consultations.receivers.calling import case_heard
from consultations.states import OpinionDecline, Step


@receives(SeatLost, duty=True)
def take_back_of_seat(entry_id: int, event: SeatLost) -> None:
    take_back_opinions(actor=current_actor(), user_id=event.user_id, reason=OpinionDecline.CANNOT_ACT)


@receives(ServiceLeft, duty=True)
def take_back_of_service(entry_id: int, event: ServiceLeft) -> None:
    take_back_opinions(
        actor=current_actor(), user_id=event.user_id, reason=OpinionDecline.CANNOT_ACT, service_id=event.service_id
    )


@receives(WentOffDuty, duty=True)
def take_back_of_duty(entry_id: int, event: WentOffDuty) -> None:
    """What is urgent cannot wait for their next shift; a routine opinion stays with whom it was asked of by name."""
    take_back_opinions(
        actor=current_actor(), user_id=event.user_id, reason=OpinionDecline.OFF_DUTY, service_id=event.service_id,
        urgent_only=True,
    )  # fmt: skip


@receives(ItemTakenOver, duty=True)
def pass_on_opinion(entry_id: int, event: ItemTakenOver) -> None:
    if event.kind == "opinion":
        pass_opinion_on(actor=current_actor(), opinion_id=event.item_id, to_id=event.to_id)


def _opinion(opinion_id: Any) -> Opinion:
    rows = unfiltered(Opinion, why="whom an opinion concerns").select_related("specialist", "asked_by")
    found: Opinion = rows.get(pk=opinion_id)
    return found


def _both(person: User) -> dict[str, str]:
    return {"en": person.full_name, "zh": person.full_name_zh}


@receives(events.OpinionAsked)
def tell_of_asking(entry_id: int, event: events.OpinionAsked) -> None:
    case, opinion = case_heard(event.consultation_id), _opinion(event.opinion_id)
    urgent = case.priority <= Priority.URGENT
    asked_by = _both(opinion.asked_by)
    tell([event.specialist_id], "consultation.opinion_asked", case, entry_id, urgent=urgent, specialist=asked_by)


@receives(events.OpinionGiven)
def tell_of_opinion(entry_id: int, event: events.OpinionGiven) -> None:
    """The lead; and the asking side, when the answer is out already: it may change what is being done."""
    case, opinion = case_heard(event.consultation_id), _opinion(event.opinion_id)
    kind = "consultation.opinion_given" if event.agrees else "consultation.opinion_dissent"
    people = answering_side(case)
    if case.consultation.step == Step.ANSWERED:
        people = [*people, *asking_side(case)]
    urgent = case.priority <= Priority.URGENT or not event.agrees
    tell(people, kind, case, entry_id, urgent=urgent, specialist=_both(opinion.specialist))


@receives(events.OpinionDeclined)
def tell_of_no_opinion(entry_id: int, event: events.OpinionDeclined) -> None:
    """The lead, while the case still waits: they may ask somebody else."""
    case, opinion = case_heard(event.consultation_id), _opinion(event.opinion_id)
    if case.is_open and event.reason not in (OpinionDecline.OWN_CASE, OpinionDecline.CASE_LEFT):
        urgent = case.priority <= Priority.URGENT
        tell(
            answering_side(case), "consultation.opinion_missing", case, entry_id, urgent=urgent,
            specialist=_both(opinion.specialist),
        )  # fmt: skip
