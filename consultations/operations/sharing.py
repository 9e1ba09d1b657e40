"""When the guardian no longer agrees to share the record, and when they agree again (docs/decisions/0010)."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.operations import start_clock, stop_clock
from consortium.casework.states import Leg
from consortium.kernel.actors import Actor
from consortium.kernel.errors import WrongStep
from consortium.kernel.scoping import unfiltered
from consultations.events import ConsultationSubmitted, SharingStopped
from consultations.models import Consultation
from consultations.operations.allocation import release
from consultations.operations.moving import begin, close, finish, hold_patient, locked, open_again, take
from consultations.queries import queue_turn
from consultations.states import Step, WithdrawReason


def stop_sharing(*, actor: Actor, patient_id: UUID) -> None:
    """The system withdraws every open question about a child to another institution, the most urgent first, and takes
    the tick off the drafts. Inside the transaction in which the consent ends."""
    cases = Case.objects.open().filter(patient_id=patient_id, consultation__isnull=False)
    elsewhere = cases.exclude(service__institution_id=F("asking_institution_id"))
    for case_id in elsewhere.order_by("priority", "due_at").values_list("pk", flat=True):
        _come_back(actor, case_id)
    drafts = unfiltered(Consultation, why="the consent to share has ended").filter(case__patient_id=patient_id)
    drafts.filter(step=Step.DRAFT, consent_given=True).update(consent_given=False)


def _come_back(actor: Actor, case_id: UUID) -> None:
    """Everything stays with the asking clinic; nobody elsewhere holds it."""
    move = begin(actor, case_id, "stop_sharing")
    held_by, consultation = move.case.responder_id, move.consultation
    consultation.withdraw_reason, consultation.consent_given = WithdrawReason.CONSENT, False
    stop_clock(move.case)
    release(move)
    close(move)
    event = SharingStopped(case_id, move.case.service_id, held_by)  # type: ignore[arg-type]
    finish(move, event, facts={"reason": WithdrawReason.CONSENT.value})


@transaction.atomic
def send_again(*, actor: Actor, case_id: UUID) -> Consultation:
    """The guardian agrees again: the same case, with all that was written, goes back into its queue. Sent already: the
    same consultation."""
    hold_patient(case_id)
    consultation = locked(case_id)
    if consultation.step == Step.REQUESTED:
        return consultation
    move = take(actor, consultation, "send_again")
    case = move.case
    if case.service is None or not case.service.is_open:
        raise WrongStep(_("This service takes no questions now. Ask a new question of another."))
    consultation.withdraw_reason, consultation.consent_given = "", True
    open_again(move)
    start_clock(case, Leg.ALLOCATION)
    turn = queue_turn()
    move.give_to(turn.party, turn.user_id)
    return finish(move, ConsultationSubmitted(case.pk, case.service.pk, case.priority))
