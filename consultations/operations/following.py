"""What became of the child (C11, C14): asked on day 21, twice reminded, then the coordinator's to ask."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.operations import acting_institution, ring_topics
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.scoping import unfiltered
from consortium.people.queries.actors import able_to_act
from consortium.people.states import Role
from consultations.events import OutcomeAsked, OutcomeMissed, OutcomePassedOn, OutcomeTold
from consultations.models import OutcomeChase
from consultations.models.outcomes import OUTCOMES, AdviceFit, Agreement, MissReason, Outcome, OutcomeStep

BATCH = 100
NOTE_LENGTH, DIAGNOSIS_LENGTH = 2_000, 200


def begin_chase(*, actor: Actor, case_id: UUID) -> OutcomeChase:
    """The question was closed: in `settings.OUTCOME_DAYS` it is asked how the child is. Inside that transaction.

    Asked for already: the same row.
    """
    rows = OutcomeChase.objects.filter(case_id=case_id, step=OutcomeStep.PENDING)
    found: OutcomeChase | None = rows.first()
    if found is not None:
        return found
    at = clock.now()
    due = at + timedelta(days=settings.OUTCOME_DAYS)
    chase = OutcomeChase(case_id=case_id, opened_at=at, due_at=due, next_at=due)
    with database_rules():
        chase.save(force_insert=True)
    return chase


def stop_chase(*, actor: Actor, case_id: UUID) -> None:
    """The case is open again, or was an error: nobody is asked any more. Inside that transaction."""
    rows = OutcomeChase.objects.select_for_update(of=("self",)).filter(case_id=case_id)
    for chase in rows.filter(step__in=(OutcomeStep.PENDING, OutcomeStep.ASKED, OutcomeStep.OFFICE)):
        OUTCOMES.take("stop", actor, chase)
        chase.next_at = None
        chase.save()


def chase_due(*, actor: Actor) -> int:
    """One round of the clock: each row that is due takes one step, in a transaction of its own. How many.

    Two rounds at once pass by what the other has in hand; after a rest of the worker each step is taken once.
    """
    ids = list(OutcomeChase.objects.due().order_by("next_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_chase_one(actor, chase_id) for chase_id in ids)


@transaction.atomic
def _chase_one(actor: Actor, chase_id: UUID) -> bool:
    rows = OutcomeChase.objects.due().select_for_update(of=("self",), skip_locked=True).select_related("case__service")
    chase: OutcomeChase | None = rows.filter(pk=chase_id).first()
    if chase is None:
        return False
    _step_of(chase)(actor, chase)
    return True


def _step_of(chase: OutcomeChase) -> Callable[[Actor, OutcomeChase], None]:
    if chase.step == OutcomeStep.PENDING:
        return _ask
    return _remind if chase.reminders < settings.OUTCOME_REMINDERS else _pass_on


def _later() -> Any:
    return clock.now() + timedelta(days=settings.OUTCOME_REMIND_DAYS)


def _ask(actor: Actor, chase: OutcomeChase) -> None:
    case = chase.case
    OUTCOMES.take("ask", actor, chase)
    able = able_to_act(case.asker_id, roles=(Role.ASKER,), institution_id=case.asking_institution_id)
    chase.holder_id = case.asker_id if able else None
    chase.next_at = _later()
    _finish(actor, chase, "ask_outcome", OutcomeAsked(case.pk, chase.pk, 0))


def _remind(actor: Actor, chase: OutcomeChase) -> None:
    OUTCOMES.take("remind", actor, chase)
    chase.reminders += 1
    chase.next_at = _later()
    event = OutcomeAsked(chase.case_id, chase.pk, chase.reminders)
    _finish(actor, chase, "remind_outcome", event, number=chase.reminders)


def _pass_on(actor: Actor, chase: OutcomeChase) -> None:
    OUTCOMES.take("pass_on", actor, chase)
    chase.holder, chase.next_at = None, None
    _finish(actor, chase, "pass_outcome", OutcomePassedOn(chase.case_id, chase.pk))


def _finish(
    actor: Actor, chase: OutcomeChase, verb: str, event: DomainEvent, *, text: str = "", **facts: Any
) -> OutcomeChase:
    with database_rules():
        chase.save()
    case = chase.case
    record(
        actor=actor, verb=verb, subject=case, patient_id=case.patient_id,
        institution_id=acting_institution(actor, case), facts={"outcome_id": str(chase.pk), **facts}, text=text,
        event=event,
    )  # fmt: skip
    ring_topics([f"asked:{case.asking_institution_id}", f"desk:{case.asker_id}"])
    return chase


def _locked(case_id: UUID) -> OutcomeChase:
    """The newest one of the case, locked, when the actor sees it. Its case is read as it is: who is asked may not see
    closed cases else, and is shown no name."""
    rows = OutcomeChase.objects.select_for_update(of=("self",)).filter(case_id=case_id).order_by("-opened_at")
    chase: OutcomeChase | None = rows.first()
    if chase is None:
        raise NotVisible
    chase.case = unfiltered(Case, why="what is asked about it").select_related("service").get(pk=case_id)
    return chase


@transaction.atomic
def tell_outcome(
    *,
    actor: Actor,
    case_id: UUID,
    outcome: str,
    advice_fit: str,
    diagnosis: str = "",
    agreement: str = "",
    note: str = "",
) -> OutcomeChase:
    """Say how the child is and whether the advice fitted, before it is asked too, and again when more is known."""
    chase = _locked(case_id)
    _check(outcome, advice_fit, diagnosis, agreement, note)
    told = (outcome, advice_fit, diagnosis.strip(), agreement, note.strip())
    if chase.step == OutcomeStep.KNOWN and told == _told(chase):
        return chase
    OUTCOMES.take("tell", actor, chase)
    chase.outcome, chase.advice_fit, chase.diagnosis, chase.agreement, chase.note = told
    chase.miss_reason = ""
    _close(actor, chase)
    event = OutcomeTold(case_id, chase.pk, outcome, advice_fit)
    text = "\n".join(filter(None, [chase.diagnosis, chase.note]))
    return _finish(actor, chase, "tell_outcome", event, text=text, outcome=outcome, advice_fit=advice_fit)


def _told(chase: OutcomeChase) -> tuple[str, ...]:
    return (chase.outcome, chase.advice_fit, chase.diagnosis, chase.agreement, chase.note)


def _close(actor: Actor, chase: OutcomeChase) -> None:
    chase.told_at, chase.told_by_id, chase.next_at, chase.holder = clock.now(), actor.user_id, None, None


def _check(outcome: str, advice_fit: str, diagnosis: str, agreement: str, note: str) -> None:
    wrong: dict[str, Any] = {}
    if outcome not in Outcome.values:
        wrong["outcome"] = _("Say how the child is.")
    if advice_fit not in AdviceFit.values:
        wrong["advice_fit"] = _("Say whether the advice fitted.")
    if agreement and agreement not in Agreement.values:
        wrong["agreement"] = _("Choose one of these.")
    for name, text, most in (("diagnosis", diagnosis, DIAGNOSIS_LENGTH), ("note", note, NOTE_LENGTH)):
        if len(text) > most:
            wrong[name] = _("This is longer than %(most)d characters.") % {"most": most}
    if wrong:
        raise InvalidInput(wrong)


@transaction.atomic
def miss_outcome(*, actor: Actor, case_id: UUID, reason: str, note: str = "") -> OutcomeChase:
    """The family could not be reached, and why."""
    chase = _locked(case_id)
    if reason not in MissReason.values:
        raise InvalidInput({"reason": _("Choose a reason.")})
    _check(Outcome.SAME, AdviceFit.YES, "", "", note)
    if chase.step == OutcomeStep.UNREACHABLE and chase.miss_reason == reason:
        return chase
    OUTCOMES.take("miss", actor, chase)
    chase.miss_reason, chase.note = reason, note.strip()
    _close(actor, chase)
    event = OutcomeMissed(case_id, chase.pk, reason)
    return _finish(actor, chase, "miss_outcome", event, text=chase.note, reason=reason)


def pass_outcome_on(*, outcome_id: UUID, from_id: UUID, to_id: UUID) -> None:
    """Taken over with a hand-over: who takes over is asked, when they work at the asking clinic too."""
    rows = OutcomeChase.objects.select_for_update(of=("self",)).select_related("case")
    chase: OutcomeChase | None = rows.filter(pk=outcome_id, step=OutcomeStep.ASKED, holder_id=from_id).first()
    if chase is None:
        return
    place = chase.case.asking_institution_id
    chase.holder_id = to_id if able_to_act(to_id, roles=(Role.ASKER,), institution_id=place) else None
    chase.save(update_fields=["holder"])
