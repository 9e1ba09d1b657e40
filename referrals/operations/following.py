"""The visits close to home: done, missed and recalled, worsened, over (R18)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consortium.casework.operations import stop_clock
from consortium.casework.operations.drafting import seen_patient
from consortium.casework.queries.intake import why_not
from consortium.casework.states import Ball, Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep, database_rules
from referrals.events import ChildWorsened, FollowUpDone, FollowUpEnded, FollowUpMissed
from referrals.models import FollowUp, Offer, Referral
from referrals.operations.home_visits import call_off_visits, step_visit
from referrals.operations.moving import Move, begin, close, finish, hold_patient, locked, stop_waiting, take
from referrals.operations.returning import TASK_LENGTH, made_with, to_next_visit, weight_now
from referrals.operations.sending import send_now
from referrals.policies import treats_at
from referrals.queries.following import MISSED_OFTEN, next_visit, times_missed
from referrals.queries.routing import Need, places
from referrals.states import FollowUpStep, Kind, OfferStep, Reason


@transaction.atomic
def visit_done(
    *, actor: Actor, case_id: UUID, text: str, next_on: date | None = None, next_task: str = ""
) -> Referral:  # fmt: skip
    """The child came: how it is, in `text`. Another visit may be planned; the last one of all ends the follow-up.

    Raises InvalidInput, WrongStep, NotPermitted, NotVisible.
    """
    move = begin(actor, case_id, "visit_done")
    visit = _current(move)
    _check_text("text", text)
    if next_on is not None:
        _plan(move, next_on, next_task)
    visit.done_at, visit.done_by_id, visit.finding = clock.now(), actor.user_id, text.strip()
    step_visit(move, visit, "done")
    move.also.append(FollowUpDone(case_id, visit.pk))
    if next_visit(case_id) is None:
        finish(move, text=visit.finding, facts={"visit": visit.number})
        return _end(take(actor, move.referral, "end_follow_up"))
    to_next_visit(move)
    move.give_to_service()
    return finish(move, text=visit.finding, facts={"visit": visit.number})


@transaction.atomic
def visit_missed(*, actor: Actor, case_id: UUID, recall_on: date) -> Referral:
    """The child did not come: the family is called again for `recall_on`. Missed twice, somebody has to find them: the
    coordinator has the ball, and the visit stays planned."""
    move = begin(actor, case_id, "visit_missed")
    visit = _current(move)
    if recall_on < max(clock.today(), visit.day):
        raise InvalidInput({"recall_on": _("The second try comes after the first.")})
    if visit.step == FollowUpStep.PLANNED:
        visit.recall_on = recall_on
        step_visit(move, visit, "recall")
    else:
        step_visit(move, visit, "miss")
        _plan(move, recall_on, visit.task, visit.needs)
    times = times_missed(case_id)
    to_next_visit(move)
    if times >= MISSED_OFTEN:
        move.give_to(Ball.COORDINATOR)
    else:
        move.give_to_service()
    facts = {"visit": visit.number, "times": times, "recall_on": recall_on.isoformat()}
    return finish(move, FollowUpMissed(case_id, visit.pk, times), facts=facts)


@transaction.atomic
def worsened(
    *,
    actor: Actor,
    case_id: UUID,
    question: str,
    priority: int = Priority.URGENT,
    service_id: UUID | None = None,
    key: UUID | None = None,
) -> Referral:
    """The child got worse: sent up again on the same pathway, to whom it came from unless told, or who takes it where
    they do not; whatever is still open of the referral that it came home from. Returns the new referral, which a nurse
    writes down for the doctor who follows the child. Raises as `sending.send`."""
    hold_patient(case_id)
    referral = locked(case_id)
    if (made := made_with(actor, key, case_id)) is not None:
        return made
    move = take(actor, referral, "worsened")
    _check_text("question", question)
    _settle_visits(move, worse=True)
    stop_clock(move.case)
    stop_waiting(move)
    service_id = service_id or _goes_to(move, priority)
    up = _sent_up(move, {"question": question, "priority": priority, "service_id": service_id}, key)
    finish(move, ChildWorsened(case_id, up.pk), facts={"up": str(up.pk)}, text=question)
    return up


def _goes_to(move: Move, priority: int) -> UUID | None:
    """Back to who sent it home, while that service takes the child; else the fittest that does."""
    case, parent = move.case, move.referral.parent
    before = parent.service if parent is not None else None
    if before is not None and before.is_open and not why_not(before, case.age_days, priority):
        return before.pk
    here = {"institution": case.service.institution, "priority": priority}  # type: ignore[union-attr]
    able = [place for place in places(Need.of_referral(move.referral, **here)) if not place.refusal]
    return able[0].service.pk if able else None


def _sent_up(move: Move, fields: dict[str, Any], key: UUID | None) -> Referral:
    case, patient = move.case, seen_patient(move.case.patient_id)
    place: UUID = case.service.institution_id  # type: ignore[union-attr]
    doctor = treats_at(move.actor, place)
    told = {"reason": Reason.WORSE, "symptom": case.symptom, "weight_grams": weight_now(patient), **fields}
    return send_now(
        actor=move.actor, patient=patient, institution_id=place, fields=told, kind=Kind.UP, parent_id=case.pk,
        again=True, asker_id=None if doctor else case.responder_id, key=key,
    )  # fmt: skip


@transaction.atomic
def end_follow_up(*, actor: Actor, case_id: UUID) -> Referral:
    """Nothing more is to be done: visits still ahead are called off, and the pathway closes when it was its last."""
    return _end(begin(actor, case_id, "end_follow_up"))


def _end(move: Move) -> Referral:
    _settle_visits(move)
    stop_clock(move.case)
    close(move)
    return finish(move, FollowUpEnded(move.case.pk))


def _current(move: Move) -> FollowUp:
    """The visit that is next; WrongStep when none is planned."""
    visit = next_visit(move.case.pk)
    if visit is None:
        raise WrongStep(_("No visit is planned."))
    return visit


def _settle_visits(move: Move, *, worse: bool = False) -> None:
    """No visit is ahead any more; the nearest is where it got worse. What the centre was asked for is done."""
    call_off_visits(move, worse=worse)
    Offer.objects.filter(case_id=move.case.pk, step=OfferStep.ACCEPTED).update(step=OfferStep.COMPLETED)


def _plan(move: Move, day: date, task: str, needs: Sequence[str] = ()) -> None:
    _check_text("next_task", task)
    if day < clock.today():
        raise InvalidInput({"next_on": _("A visit lies ahead.")})
    newest = FollowUp.objects.filter(case_id=move.case.pk).aggregate(most=Max("number"))["most"] or 0
    with database_rules():
        visit = FollowUp(case=move.case, number=newest + 1, due_on=day, task=task.strip(), needs=list(needs))
        visit.save(force_insert=True)


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise InvalidInput({name: _("Write something first.")})
    if len(text) > (TASK_LENGTH if name == "next_task" else 10_000):
        raise InvalidInput({name: _("This is too long.")})
