"""Swaps: a shift offered to a colleague by name, taken by name; the lead may overrule."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case as SqlCase
from django.db.models import F, Value, When
from django.utils.translation import gettext as _

from consortium.casework.events import SwapAccepted, SwapDeclined, SwapOffered, SwapOverruled
from consortium.casework.models import Shift, Swap
from consortium.casework.operations.roster import locked_shift, roster_seat
from consortium.casework.policies import may_offer_shift
from consortium.casework.queries.roster import returnable
from consortium.casework.states import SWAP, SwapStep
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.people.operations import hold_person

_EVENTS = {"accept": SwapAccepted, "decline": SwapDeclined, "withdraw": None, "overrule": SwapOverruled}


@transaction.atomic
def offer_swap(
    *, actor: Actor, shift_id: UUID, to_user_id: UUID, in_return_id: UUID | None = None, key: UUID | None = None
) -> Swap:
    """Offer a shift of one's own to somebody of the same service, perhaps for one of theirs."""
    shift = locked_shift(shift_id)
    require(may_offer_shift(actor, shift))

    def make() -> Swap:
        _check_offer(actor, shift, to_user_id, in_return_id)
        swap = Swap(
            shift=shift, from_user_id=actor.user_id, to_user_id=to_user_id, in_return_id=in_return_id,
            offered_at=clock.now(), created_by_id=actor.author_id, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            swap.save(force_insert=True)
        return swap

    swap, fresh = once(Swap, actor=actor, key=key, make=make)
    if fresh:
        _note(actor, swap, "swap-offer", SwapOffered(swap.pk, actor.user_id, to_user_id))
    return swap


def _check_offer(actor: Actor, shift: Shift, to_user_id: UUID, in_return_id: UUID | None) -> None:
    if shift.begins <= clock.now():
        raise WrongStep(_("This shift has begun: hand over instead."), code="begun")
    there = shift.service.members.filter(user_id=to_user_id, left_at=None, user__is_active=True)
    if to_user_id == actor.user_id or not there.exists():
        raise InvalidInput({"to_user_id": _("Choose a colleague of this service.")})
    if in_return_id and not returnable(actor, [to_user_id], after=clock.now()).filter(pk=in_return_id).exists():
        raise InvalidInput({"in_return_id": _("Choose a shift of theirs that lies ahead, in a service of yours.")})


def _note(actor: Actor, swap: Swap, verb: str, event: Any, **facts: Any) -> None:
    record(
        actor=actor, verb=verb, subject=swap, institution_id=swap.shift.service.institution_id, event=event,
        facts={"from": str(swap.from_user_id), "to": str(swap.to_user_id), "shift": str(swap.shift_id), **facts},
    )  # fmt: skip


@transaction.atomic
def answer_swap(*, actor: Actor, swap_id: UUID, verb: str, reason: str = "") -> Swap:
    """Accept, decline, withdraw or overrule. An accepted swap that is overruled gives the shifts back."""
    swap = _locked(swap_id)
    was = swap.step
    SWAP.take(verb, actor, swap)
    if verb == "overrule" and not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    if verb == "accept":
        _exchange(swap, back=False)
    elif verb == "overrule" and was == SwapStep.ACCEPTED:
        _exchange(swap, back=True)
    swap.answered_at, swap.answered_by_id, swap.reason = clock.now(), actor.author_id, reason.strip()
    swap.save()
    kind = _EVENTS[verb]
    _note(actor, swap, f"swap-{verb}", kind(swap.pk, swap.from_user_id, swap.to_user_id) if kind else None, was=was)
    return swap


def _locked(swap_id: UUID) -> Swap:
    seen: Swap | None = Swap.objects.filter(pk=swap_id).first()
    if seen is None:
        raise NotVisible
    list(Shift.objects.select_for_update().filter(pk__in=[seen.shift_id, seen.in_return_id]).order_by("pk"))
    swap: Swap = Swap.objects.select_for_update(of=("self",)).select_related("shift__service").get(pk=swap_id)
    return swap


def _exchange(swap: Swap, *, back: bool) -> None:
    """Both shifts change hands in one statement, so that two of the same hours may be exchanged."""
    giver, taker = (swap.to_user_id, swap.from_user_id) if back else (swap.from_user_id, swap.to_user_id)
    ids = [each for each in (swap.shift_id, swap.in_return_id) if each]
    ahead = Shift.objects.standing().filter(pk__in=ids, period__startswith__gt=clock.now())
    rows = ahead.select_related("service")
    holds = {shift.pk: shift.user_id for shift in rows}
    wanted = {swap.shift_id: giver, **({swap.in_return_id: taker} if swap.in_return_id else {})}
    if holds != wanted:
        raise WrongStep(_("The roster has changed since: one of these shifts has begun or is somebody else's."))
    owner = SqlCase(When(pk=swap.shift_id, then=Value(taker)), default=Value(giver))
    for user_id in sorted({giver, taker}):
        hold_person(user_id)
    for shift in rows if not back else ():
        roster_seat(shift.service, taker if shift.pk == swap.shift_id else giver)
    with database_rules(), transaction.atomic():
        ahead.update(user=owner, version=F("version") + 1)
