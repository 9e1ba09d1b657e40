"""The guardian no longer agrees to share the record: open questions come back, and both sides are told."""

from consortium.casework.models import Case, ServiceMember
from consortium.casework.queries.concerned import facts_of
from consortium.kernel.actors import current_actor
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.events import receives
from consortium.live.operations import ring_rights
from consortium.live.queries import RIGHTS
from consortium.notices.operations import send_notice, stop_pages, tell
from consortium.patients.events import ConsentChanged
from consortium.patients.states import ConsentKind, ConsentStatus
from consultations.events import SharingStopped
from consultations.operations import stop_sharing
from consultations.queries.concerned import asking_side, coordinators_of
from consultations.receivers.calling import case_heard


@receives(ConsentChanged, duty=True)
def take_questions_back(entry_id: int, event: ConsentChanged) -> None:
    if event.kind == ConsentKind.SHARE and event.status != ConsentStatus.ACTIVE:
        stop_sharing(actor=current_actor(), patient_id=event.patient_id)


@receives(SharingStopped, duty=True)
def shut_open_pages(entry_id: int, event: SharingStopped) -> None:
    """Nobody is called any more, and whoever of the queue has the question on the screen looks again."""
    case = case_heard(event.consultation_id)
    stop_pages(actor=current_actor(), subject=case)
    for user_id in _queue_of(case):
        ring_on_commit(f"{RIGHTS}:{user_id}", entry_id)


@receives(SharingStopped)
def pages_are_shut(entry_id: int, event: SharingStopped) -> None:
    """Once more by the outbox, until Redis has taken it."""
    ring_rights(_queue_of(case_heard(event.consultation_id)), entry_id)


def _queue_of(case: Case) -> list[str]:
    members = ServiceMember.objects.filter(service=case.service, left_at=None)
    return sorted({*map(str, members.values_list("user_id", flat=True)), *map(str, coordinators_of(case))})


@receives(SharingStopped)
def tell_both_sides(entry_id: int, event: SharingStopped) -> None:
    """Who held it hears whom to call, for they can no longer look; the asking side what to do next."""
    case = case_heard(event.consultation_id)
    if event.held_by_id is not None:
        asking = case.asking_institution
        phone = case.asker.phone or asking.phone or asking.duty_phone
        place = {"en": f"{asking.name_en} {phone}".strip(), "zh": f"{asking.name_zh or asking.name_en} {phone}".strip()}
        send_notice(
            actor=current_actor(), recipient_id=event.held_by_id, kind="consultation.sharing_ended", subject=case,
            url="/", once=f"{entry_id}:sharing_ended", facts={**facts_of(case), "place": place}, urgent=True,
        )  # fmt: skip
    tell(asking_side(case), "consultation.came_back", case, entry_id, urgent=True)
