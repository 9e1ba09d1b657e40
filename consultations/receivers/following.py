"""A closed question is followed to its end: the chase begins and stops with it, and those whom it concerns are told."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from consortium.casework.events import ItemTakenOver
from consortium.casework.models import Case
from consortium.casework.queries.concerned import facts_of
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice
from consortium.patients.events import PatientErased
from consultations import events
from consultations.models import OutcomeChase, Review
from consultations.operations.following import begin_chase, pass_outcome_on, stop_chase
from consultations.queries.concerned import asking_side, coordinators_of
from consultations.receivers.calling import case_heard

_WHY = "telling those whom an outcome concerns"


@receives(events.ConsultationClosedOut, duty=True)
def chase_after_close(entry_id: int, event: events.ConsultationClosedOut) -> None:
    begin_chase(actor=current_actor(), case_id=event.consultation_id)


@receives(events.ConsultationLapsed, duty=True)
def chase_after_lapse(entry_id: int, event: events.ConsultationLapsed) -> None:
    begin_chase(actor=current_actor(), case_id=event.consultation_id)


@receives(events.ConsultationReopened, duty=True)
def stop_after_reopening(entry_id: int, event: events.ConsultationReopened) -> None:
    stop_chase(actor=current_actor(), case_id=event.consultation_id)


@receives(events.AnswerCorrected, duty=True)
def stop_after_correction(entry_id: int, event: events.AnswerCorrected) -> None:
    """A corrected answer opens the case again; it is asked anew once that is closed."""
    if case_heard(event.consultation_id).is_open:
        stop_chase(actor=current_actor(), case_id=event.consultation_id)


@receives(events.ConsultationEnteredInError, duty=True)
def stop_after_error(entry_id: int, event: events.ConsultationEnteredInError) -> None:
    stop_chase(actor=current_actor(), case_id=event.consultation_id)


@receives(ItemTakenOver, duty=True)
def pass_on_outcome(entry_id: int, event: ItemTakenOver) -> None:
    if event.kind == "outcome":
        pass_outcome_on(outcome_id=event.item_id, from_id=event.from_id, to_id=event.to_id)


def _send(people: Iterable[UUID], kind: str, case: Case, url: str, once: str, **facts: Any) -> None:
    for recipient_id in dict.fromkeys(people):
        send_notice(
            actor=current_actor(), recipient_id=recipient_id, kind=kind, subject=case, url=url, once=f"{once}:{kind}",
            facts={**facts_of(case), **facts},
        )  # fmt: skip


def _page(case: Case) -> str:
    return reverse("consultations:outcome", args=[case.pk])


@receives(events.OutcomeAsked)
def ask_clinic(entry_id: int, event: events.OutcomeAsked) -> None:
    case = case_heard(event.consultation_id)
    holder = unfiltered(OutcomeChase, why=_WHY).filter(pk=event.outcome_id).values_list("holder_id", flat=True).first()
    kind = "consultation.outcome_again" if event.number else "consultation.outcome"
    _send([holder] if holder else asking_side(case), kind, case, _page(case), str(entry_id))


@receives(events.OutcomePassedOn)
def ask_office(entry_id: int, event: events.OutcomePassedOn) -> None:
    case = case_heard(event.consultation_id)
    _send(coordinators_of(case), "consultation.outcome_office", case, _page(case), str(entry_id))


@receives(events.OutcomeTold)
def tell_specialist(entry_id: int, event: events.OutcomeTold) -> None:
    """The one who answered learns what became of the child."""
    case = case_heard(event.consultation_id)
    if case.responder_id:
        _send([case.responder_id], "consultation.outcome_told", case, reverse("consultations:mine"), str(entry_id))


@receives(PatientErased, duty=True)
def erase_outcomes(entry_id: int, event: PatientErased) -> None:
    """Free text goes; what was counted stays."""
    of_child = {"case__patient_id": event.patient_id}
    unfiltered(OutcomeChase, why="erasing what was written about a child").filter(**of_child).update(
        diagnosis="", note=""
    )
    reviews = unfiltered(Review, why="erasing what was written about a child").filter(**of_child)
    reviews.exclude(note="").update(note="—")
