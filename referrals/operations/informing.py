"""Asking the sender for more, and their answer (R22): in the thread; a stat clock never waits."""

from uuid import UUID

from django.db import transaction

from consortium.casework.operations import add_message
from consortium.casework.operations.informing import information_came, said_already, wait_for_information
from consortium.casework.states import MessageKind
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from referrals.events import InformationRequested, InformationSupplied
from referrals.models import Referral
from referrals.operations.moving import finish, locked, take
from referrals.queries.turns import turn_of


@transaction.atomic
def ask_information(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Referral:
    """The recipient needs more: what runs waits (stat never), and the sender's own clock begins."""
    referral = locked(case_id)
    if said_already(actor, case_id, key):
        return referral
    move = take(actor, referral, "ask_information")
    message = add_message(actor=actor, case=move.case, text=text, kind=MessageKind.INFORMATION_REQUEST, key=key)
    referral.information_asked_at = clock.now()
    wait_for_information(move.case)
    move.give_to_asker()
    event = InformationRequested(move.case.pk)
    return finish(move, event, facts={"message": message.seq}, text=message.text)


@transaction.atomic
def supply_information(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Referral:
    """The sender supplies it: what waited runs on, with whoever's turn the step makes it."""
    referral = locked(case_id)
    if said_already(actor, case_id, key):
        return referral
    move = take(actor, referral, "supply_information")
    message = add_message(actor=actor, case=move.case, text=text, kind=MessageKind.INFORMATION, key=key)
    referral.information_asked_at = None
    information_came(move.case)
    turn = turn_of(referral)
    move.give_to(turn.party, turn.user_id)
    event = InformationSupplied(move.case.pk)
    return finish(move, event, facts={"message": message.seq}, text=message.text)
