"""How a referral ends without an outcome: withdrawn, cancelled at the sender's wish (R12, R13), ended (R19), or entered
in error (R20)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations import add_message, stop_clock
from consortium.casework.states import MessageKind
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.scoping import unfiltered
from referrals.events import (
    CancelAsked,
    CancelRefused,
    ReferralCancelled,
    ReferralEnded,
    ReferralEnteredInError,
)
from referrals.models import Encounter, Referral
from referrals.operations.home_visits import call_off_visits
from referrals.operations.moving import Move, begin, close, finish, locked, take
from referrals.operations.offering import offers_of
from referrals.operations.vehicles import free_vehicle
from referrals.operations.visiting import free_visit
from referrals.queries.turns import turn_of
from referrals.states import (
    CANCEL_CHOICES,
    EndReason,
    ErrorReason,
    OfferStep,
    Step,
)

_OPEN_OFFERS = (OfferStep.REQUESTED, OfferStep.SEEN, OfferStep.ACCEPTED)


@transaction.atomic
def withdraw(
    *, actor: Actor, case_id: UUID, reason: str, note: str = "", version: int | None = None
) -> Referral:  # fmt: skip
    """The sender takes it back alone, while nobody has looked at it, or after a decline."""
    referral = locked(case_id)
    if referral.step == Step.CANCELLED:
        return referral
    move = take(actor, referral, "withdraw", version)
    _check_cancel(reason)
    referral.cancel_reason = reason
    shut(move, _("The sender withdrew it."))
    return finish(move, ReferralCancelled(move.case.pk, reason), facts={"reason": reason}, text=note)


def _check_cancel(reason: str) -> None:
    if reason not in dict(CANCEL_CHOICES):
        raise InvalidInput({"reason": _("Choose a reason.")})


def shut(move: Move, why: str) -> None:
    """Nobody is asked any more, nothing is booked, no clock runs, nobody has to act."""
    case = move.case
    offers_of(case).filter(step__in=_OPEN_OFFERS).update(step=OfferStep.WITHDRAWN)
    free_visit(case, why)
    free_vehicle(case, why)
    stays = unfiltered(Encounter, why="the stay of a locked case").filter(case_id=case.pk, ended_at=None)
    stays.update(ended_at=clock.now())
    call_off_visits(move)
    stop_clock(case)
    if case.is_open:
        close(move)


@transaction.atomic
def ask_cancel(
    *, actor: Actor, case_id: UUID, reason: str, note: str = "", version: int | None = None
) -> Referral:  # fmt: skip
    """The sender no longer wants it (R12). It has been received: the recipient decides. Asked for already: the same."""
    referral = locked(case_id)
    if referral.cancel_asked_at is not None and referral.cancel_reason == reason:
        return referral
    move = take(actor, referral, "ask_cancel", version)
    _check_cancel(reason)
    referral.cancel_asked_at, referral.cancel_reason = clock.now(), reason
    if note.strip():
        add_message(actor=actor, case=move.case, text=note, kind=MessageKind.DECISION)
    move.give_to_service()
    return finish(move, CancelAsked(move.case.pk, reason), facts={"reason": reason}, text=note)


@transaction.atomic
def confirm_cancel(*, actor: Actor, case_id: UUID, version: int | None = None) -> Referral:
    """The recipient agrees (R13): cancelled. An outcome sent before it wins, and this is refused."""
    referral = locked(case_id)
    if referral.step == Step.CANCELLED:
        return referral
    move = take(actor, referral, "confirm_cancel", version)
    shut(move, _("The sender asked to cancel it."))
    reason = referral.cancel_reason
    return finish(move, ReferralCancelled(move.case.pk, reason), facts={"reason": reason})


@transaction.atomic
def keep(*, actor: Actor, case_id: UUID, reason: str, version: int | None = None) -> Referral:
    """The recipient goes on with the child (R13k), and says why; it goes on where it stood."""
    move = begin(actor, case_id, "keep", version)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why the referral is kept.")})
    add_message(actor=actor, case=move.case, text=reason, kind=MessageKind.DECISION)
    move.referral.cancel_asked_at, move.referral.cancel_reason = None, ""
    turn = turn_of(move.referral)
    move.give_to(turn.party, turn.user_id)
    return finish(move, CancelRefused(move.case.pk), text=reason)


@transaction.atomic
def end(
    *, actor: Actor, case_id: UUID, reason: str, note: str = "", version: int | None = None
) -> Referral:  # fmt: skip
    """It ends without care (R19): died, left the area, refused, cannot be found. Never counted as completed."""
    referral = locked(case_id)
    if referral.step == Step.ENDED and referral.end_reason == reason:
        return referral
    move = take(actor, referral, "end", version)
    if reason not in EndReason.values:
        raise InvalidInput({"reason": _("Choose a reason.")})
    referral.end_reason = reason
    shut(move, str(EndReason(reason).label))
    return finish(move, ReferralEnded(move.case.pk, reason), facts={"reason": reason}, text=note)


@transaction.atomic
def enter_in_error(
    *, actor: Actor, case_id: UUID, reason: str, note: str = "", version: int | None = None
) -> Referral:  # fmt: skip
    """Wrong child, or entered twice (R20): kept, hidden from lists, and everyone who read it is told."""
    move = begin(actor, case_id, "enter_in_error", version)
    if reason not in ErrorReason.values:
        raise InvalidInput({"reason": _("Choose a reason.")})
    move.referral.error_reason = reason
    move.case.entered_in_error_at = clock.now()
    shut(move, _("Entered in error."))
    return finish(move, ReferralEnteredInError(move.case.pk), facts={"reason": reason}, text=note)
