"""From one shift to the next: everything open, with a note each, taken over by name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.events import HandoverLapsed, HandoverOffered, HandoverTaken, ItemTakenOver
from consortium.casework.models import Case, Handover, HandoverItem, Service
from consortium.casework.operations.services import the_seat, the_service
from consortium.casework.queries.open_items import OpenItem, open_items
from consortium.casework.states import HANDOVER, HandoverStep, ItemOutcome
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, Taken, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.scoping import unfiltered

NOTE_LENGTH = 500


@transaction.atomic
def offer_handover(
    *, actor: Actor, service_id: UUID, to_user_id: UUID, notes: Mapping[str, str] | None = None,
    key: UUID | None = None,
) -> Handover:  # fmt: skip
    """Offer all that the actor has open for the service to a named colleague, with a note by item ("case:<id>").

    The actor holds everything until it is taken over. The same `key` twice is one hand-over.
    """
    service = the_service(service_id)
    the_seat(service, actor.user_id)
    _colleague(actor, service, to_user_id)

    def make() -> Handover:
        return _offered(actor, service, to_user_id, notes or {}, key)

    handover, fresh = once(Handover, actor=actor, key=key, make=make)
    if fresh:
        _note(actor, handover, "handover-offer", HandoverOffered(handover.pk, actor.user_id, to_user_id))
    return handover


def _colleague(actor: Actor, service: Service, to_user_id: UUID) -> None:
    there = service.members.filter(user_id=to_user_id, left_at=None, user__is_active=True)
    if to_user_id == actor.user_id or not there.exists():
        raise InvalidInput({"to_user_id": _("Choose a colleague of this service.")})


def _offered(actor: Actor, service: Service, to_user_id: UUID, notes: Mapping[str, str], key: UUID | None) -> Handover:
    items = open_items(actor.user_id, service.pk)
    if not items:
        raise WrongStep(_("You have nothing open here: you can simply go off duty."), code="nothing-open")
    if any(len(note) > NOTE_LENGTH for note in notes.values()):
        raise InvalidInput({"notes": _("This is longer than %(most)d characters.") % {"most": NOTE_LENGTH}})
    handover = Handover(
        service=service, from_user_id=actor.user_id, to_user_id=to_user_id, offered_at=clock.now(),
        created_by_id=actor.author_id, **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules(), transaction.atomic():
        handover.save(force_insert=True)
    HandoverItem.objects.bulk_create(_item(handover, n, each, notes) for n, each in enumerate(items))
    return handover


def _item(handover: Handover, position: int, item: OpenItem, notes: Mapping[str, str]) -> HandoverItem:
    return HandoverItem(
        handover=handover, position=position, kind=item.kind, item_id=item.item_id, case=item.case,
        note=notes.get(item.key, "").strip(),
    )  # fmt: skip


def _note(actor: Actor, handover: Handover, verb: str, event: Any, **facts: Any) -> None:
    record(
        actor=actor, verb=verb, subject=handover, institution_id=handover.service.institution_id,
        facts={"from": str(handover.from_user_id), "to": str(handover.to_user_id), **facts}, event=event,
    )  # fmt: skip


def _locked(handover_id: UUID) -> Handover:
    """The hand-over, locked; NotVisible when hidden."""
    rows = Handover.objects.select_related("service", "taken_by")
    handover: Handover | None = rows.select_for_update(of=("self",)).filter(pk=handover_id).first()
    if handover is None:
        raise NotVisible
    return handover


@transaction.atomic
def take_over(*, actor: Actor, handover_id: UUID) -> Handover:
    """The actor takes over by name whatever of it is still open with the giver; all of it passes in this transaction.

    Taking over what one has taken is no error; a colleague who comes second is told who was first.
    """
    handover = _locked(handover_id)
    if handover.step == HandoverStep.TAKEN and handover.taken_by is not None:
        if handover.taken_by_id == actor.user_id:
            return handover
        name = handover.taken_by.get_full_name()
        raise Taken(_("%(name)s has taken over already.") % {"name": name}, detail={"winner": name})
    HANDOVER.take("take_over", actor, handover)
    _lock_cases(handover)
    handover.taken_at, handover.taken_by_id = clock.now(), actor.user_id
    handover.save(update_fields=["step", "taken_at", "taken_by"])
    _pass_on(actor, handover)
    return handover


def _lock_cases(handover: Handover) -> None:
    """All cases it names, in one order: what is still open when they are held stays so until the commit."""
    named = handover.items.filter(case__isnull=False).values("case_id")
    rows = unfiltered(Case, why="cases that are handed over").select_for_update(of=("self",)).order_by("pk")
    list(rows.filter(pk__in=named).values_list("pk"))


def _pass_on(actor: Actor, handover: Handover) -> None:
    """Each item that the giver still has open goes to the actor, the most urgent first; the rest is settled.

    One entry each: an event of an entry reaches a receiver once.
    """
    still = {item.key for item in open_items(handover.from_user_id, handover.service_id)}
    _note(actor, handover, "take_over", HandoverTaken(handover.pk, handover.from_user_id, actor.user_id))
    for item in handover.items.order_by("position"):
        taken = f"{item.kind}:{item.item_id}" in still
        item.outcome = ItemOutcome.TAKEN if taken else ItemOutcome.SETTLED
        item.save(update_fields=["outcome"])
        if taken:
            ids = (handover.pk, item.kind, item.item_id, handover.service_id, handover.from_user_id, actor.user_id)
            _note(actor, handover, "pass_on", ItemTakenOver(*ids), kind=item.kind, item=str(item.item_id))


@transaction.atomic
def withdraw_handover(*, actor: Actor, handover_id: UUID) -> Handover:
    """The giver keeps everything after all."""
    handover = _locked(handover_id)
    if handover.step == HandoverStep.LAPSED:
        return handover
    HANDOVER.take("lapse", actor, handover)
    handover.save(update_fields=["step"])
    _note(actor, handover, "lapse", HandoverLapsed(handover.pk, handover.from_user_id, handover.to_user_id))
    return handover
