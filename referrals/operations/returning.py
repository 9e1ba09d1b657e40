"""Down again: sent back with a plan to a centre that can carry it, and taken over there (R16, R17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.operations.drafting import seen_patient
from consortium.casework.states import Ball, Leg, Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.patients.queries.measuring import latest_values
from consortium.people.states import Capability
from referrals.events import BackReferred, CareTakenOver
from referrals.models import CareDraft, FollowUp, Outcome, Referral
from referrals.operations.moving import Move, begin, finish, hold_patient, locked, next_leg, take
from referrals.operations.offering import answer, waiting_offers
from referrals.operations.sending import send_now
from referrals.queries.following import next_visit
from referrals.states import Kind, Letter, OfferStep, Reason

MOST_VISITS = 12
TASK_LENGTH = 500


class PlannedVisit(NamedTuple):
    """The day, what to do at it, and the Capability codes that this takes."""

    day: date
    task: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What the centre is to do. `visits`: (day, what to do at it), or PlannedVisit; `needs`: Capability codes that the
    centre must have besides what the visits need."""

    service_id: UUID | None
    plan: str
    medicines: str
    visits: tuple[tuple[date, str] | PlannedVisit, ...]
    guardian_agreed: bool | None
    needs: tuple[str, ...] = ()
    priority: int = Priority.ROUTINE

    def planned(self) -> list[PlannedVisit]:
        """The visits by their day."""
        made = [each if isinstance(each, PlannedVisit) else PlannedVisit(*each) for each in self.visits]
        return sorted(made, key=lambda visit: (visit.day, visit.task))

    def all_needs(self) -> tuple[str, ...]:
        """Of the plan and of every visit, each once."""
        return tuple(dict.fromkeys([*self.needs, *(code for visit in self.planned() for code in visit.needs)]))


@transaction.atomic
def back_refer(*, actor: Actor, case_id: UUID, plan: Plan, key: UUID | None = None) -> Referral:
    """Send the child back with a plan: a referral of its own on the same pathway, once for each `key`.

    Returns the back-referral; this referral runs on. Raises InvalidInput (by field), AlreadyReferred, WrongStep.
    """
    hold_patient(case_id)
    referral = locked(case_id)
    if (made := made_with(actor, key, case_id)) is not None:
        return made
    move = take(actor, referral, "back_refer")
    _check(move, plan)
    back = _sent_back(move, plan, key)
    _plan_visits(back, plan.planned())
    CareDraft.objects.filter(case_id=case_id, author_id=actor.user_id, letter=Letter.PLAN).delete()
    finish(move, BackReferred(case_id, back.pk), facts={"back": str(back.pk)}, text=plan.plan)
    return back


def made_with(actor: Actor, key: UUID | None, parent_id: UUID) -> Referral | None:
    """What the same person has sent out of this case with the same key."""
    if key is None:
        return None
    rows = unfiltered(Referral, why="made with this key by the same person").filter(parent_id=parent_id)
    found: Referral | None = rows.filter(case__created_by_id=actor.user_id, case__request_key=key).first()
    return found


def _check(move: Move, plan: Plan) -> None:
    wrong: dict[str, Any] = {**_wrong_place(move, plan), **_wrong_visits(plan.planned())}
    if not plan.plan.strip():
        wrong["plan"] = _("Write what is to be done, and what must bring the child back.")
    if not plan.medicines.strip():
        wrong["medicines"] = _("Write “none” where there is none.")
    if set(plan.all_needs()) - set(Capability.values):
        wrong["needs"] = _("Choose from the list.")
    if not plan.guardian_agreed:
        wrong["guardian_agreed"] = _("Ask the guardian whether the child may be followed up there, and tick the box.")
    if wrong:
        raise InvalidInput(wrong)


def _wrong_place(move: Move, plan: Plan) -> dict[str, Any]:
    rows, here = Service.objects.filter(is_open=True).select_related("institution"), move.case.service
    found = rows.filter(pk=plan.service_id).first() if plan.service_id else None
    if found is None or here is None or found.institution.tier >= here.institution.tier:
        return {"service_id": _("Choose a centre or hospital closer to the child's home.")}
    return {}


def _wrong_visits(visits: Sequence[PlannedVisit]) -> dict[str, Any]:
    if not visits or len(visits) > MOST_VISITS:
        return {"visits": _("Plan at least one visit, and at most %(most)d.") % {"most": MOST_VISITS}}
    if any(visit.day < clock.today() for visit in visits):
        return {"visits": _("A visit lies ahead.")}
    if any(not visit.task.strip() or len(visit.task) > TASK_LENGTH for visit in visits):
        return {"visits": _("Say what is to be done at each visit, in at most %(most)d characters.") % {
            "most": TASK_LENGTH
        }}  # fmt: skip
    return {}


def _sent_back(move: Move, plan: Plan, key: UUID | None) -> Referral:
    case, patient = move.case, seen_patient(move.case.patient_id)
    diagnosis = _diagnosis(move.referral)
    return send_now(
        actor=move.actor, patient=patient, institution_id=case.service.institution_id,  # type: ignore[union-attr]
        fields={
            "service_id": plan.service_id, "priority": plan.priority, "question": plan.plan, "plan": plan.plan,
            "plan_medicines": plan.medicines, "needs_capabilities": plan.all_needs(), "reason": Reason.FOLLOW_UP,
            "guardian_agreed": True, "symptom": case.symptom, "weight_grams": weight_now(patient), **diagnosis,
        },
        kind=Kind.BACK, parent_id=case.pk, key=key,
    )  # fmt: skip


def _diagnosis(referral: Referral) -> dict[str, str]:
    """The final diagnosis where it is known, else what the sender thought."""
    newest = Outcome.objects.filter(case_id=referral.pk).order_by("-number").first()
    if newest is None:
        return {"working_diagnosis": referral.working_diagnosis, "diagnosis_code": referral.diagnosis_code}
    main = newest.diagnoses[0]
    return {"working_diagnosis": main["text"][:200], "diagnosis_code": main["code"]}


def weight_now(patient: Patient) -> int | None:
    """Grams, when the newest weight is still the child's; an older one is not told again as if it were measured now."""
    known = latest_values(patient).get("weight")
    return int(known.value * 1000) if known and known.is_current and known.value else None


def _plan_visits(back: Referral, visits: Sequence[PlannedVisit]) -> None:
    rows = [
        FollowUp(case=back.case, number=number, due_on=visit.day, task=visit.task.strip(), needs=list(visit.needs))
        for number, visit in enumerate(visits, 1)
    ]
    with database_rules():
        FollowUp.objects.bulk_create(rows)


@transaction.atomic
def take_over(*, actor: Actor, case_id: UUID, version: int | None = None) -> Referral:
    """A doctor of the centre takes the child over: the visits of the plan are theirs, the clock runs to the first."""
    move = begin(actor, case_id, "take_over", version)
    case, referral = move.case, move.referral
    for offer in waiting_offers(case):
        answer(offer, actor, OfferStep.ACCEPTED, seen_at=offer.seen_at or clock.now())
    case.responder_id, referral.accepted_at = actor.user_id, referral.accepted_at or clock.now()
    referral.information_asked_at = None
    to_next_visit(move)
    move.give_to(Ball.RESPONDER, actor.user_id)
    event = CareTakenOver(case.pk, actor.user_id)
    return finish(move, event, facts={"responder": str(actor.user_id), "service": str(case.service_id)})


def to_next_visit(move: Move) -> None:
    """The clock of the follow-up runs until the day of the next visit is over; a day when that is past."""
    ahead = next_visit(move.case.pk)
    left = clock.midnight(ahead.day + timedelta(days=1)) - clock.now() if ahead else None
    if left is not None and left <= timedelta():
        left = timedelta(days=1)
    next_leg(move, Leg.FOLLOW_UP, target=left)
