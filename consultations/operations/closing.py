"""How a consultation ends (C11, C13, C18), and begins again (C16)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations import stop_clock
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consultations.events import (
    ConsultationClosedOut,
    ConsultationEnteredInError,
    ConsultationReopened,
    ConsultationWithdrawn,
)
from consultations.models import Consultation
from consultations.operations.dialogue import ask_back, said_already
from consultations.operations.moving import begin, close, finish, hold_patient, locked, open_again, take
from consultations.states import WITHDRAW_CHOICES, Change, ErrorReason, Step


@transaction.atomic
def close_out(
    *,
    actor: Actor,
    case_id: UUID,
    change: str,
    referral_avoided: bool | None,
    usefulness: int | None = None,
    note: str = "",
) -> Consultation:
    """The asker says what changed and whether a referral was avoided; the loop of this question is closed."""
    consultation = locked(case_id)
    if consultation.step == Step.CLOSED and consultation.change == change:
        return consultation
    move = take(actor, consultation, "close_out")
    _check_outcome(change, referral_avoided, usefulness)
    consultation.change, consultation.referral_avoided = change, referral_avoided
    consultation.usefulness, consultation.close_note = usefulness, note.strip()
    stop_clock(move.case)
    close(move)
    event = ConsultationClosedOut(move.case.pk, referral_avoided)
    facts = {"change": change, "referral_avoided": referral_avoided, "usefulness": usefulness}
    return finish(move, event, facts=facts, text=note)


def _check_outcome(change: str, referral_avoided: bool | None, usefulness: int | None) -> None:
    wrong = {}
    if change not in Change.values:
        wrong["change"] = _("Say what the answer changed.")
    if referral_avoided is None:
        wrong["referral_avoided"] = _("Say whether a referral was avoided.")
    if usefulness is not None and usefulness not in range(1, 6):
        wrong["usefulness"] = _("Choose 1 to 5.")
    if wrong:
        raise InvalidInput(wrong)


@transaction.atomic
def withdraw(*, actor: Actor, case_id: UUID, reason: str, note: str = "") -> Consultation:
    """The asker takes the question back; the specialist is told."""
    consultation = locked(case_id)
    if consultation.step == Step.WITHDRAWN:
        return consultation
    move = take(actor, consultation, "withdraw")
    if reason not in dict(WITHDRAW_CHOICES):
        raise InvalidInput({"reason": _("Choose a reason.")})
    consultation.withdraw_reason = reason
    stop_clock(move.case)
    close(move)
    return finish(move, ConsultationWithdrawn(move.case.pk), facts={"reason": reason}, text=note)


@transaction.atomic
def reopen(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Consultation:
    """Within 30 days: the same consultation, the same pathway, a second round."""
    hold_patient(case_id)
    consultation = locked(case_id)
    if said_already(actor, consultation, key):
        return consultation
    move = take(actor, consultation, "reopen")
    move.also.append(ConsultationReopened(move.case.pk))
    open_again(move)
    return ask_back(move, text, key)


@transaction.atomic
def enter_in_error(*, actor: Actor, case_id: UUID, reason: str, note: str = "") -> Consultation:
    """Wrong child, or entered twice: kept, hidden from lists, and everyone who read it is told."""
    move = begin(actor, case_id, "enter_in_error")
    if reason not in ErrorReason.values:
        raise InvalidInput({"reason": _("Choose a reason.")})
    move.consultation.error_reason = reason
    move.case.entered_in_error_at = clock.now()
    stop_clock(move.case)
    if move.case.is_open:
        close(move)
    return finish(move, ConsultationEnteredInError(move.case.pk), facts={"reason": reason}, text=note)
