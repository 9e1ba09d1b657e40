"""The child is there: admitted or seen, noted for the sender, and sent home (R10, R11)."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from consortium.casework.models import Message
from consortium.casework.operations import add_message, settle_booking
from consortium.casework.states import BookingStep, Leg, MessageKind
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, database_rules
from referrals.events import CareBegun, ChildDischarged, InterimNoted
from referrals.models import Encounter, Referral, Visit
from referrals.operations.moving import Move, begin, finish, locked, next_leg, take
from referrals.operations.visiting import free_visit
from referrals.states import Place, Step

#: the first note of a stay has the leg's own target; while it lasts the sender hears at least once a week
NEXT_NOTE = timedelta(days=7)
#: where a child stays; the clinic is an act of its own
STAYS = tuple(choice for choice in Place.choices if choice[0] != Place.CLINIC)
WARD_LENGTH = 120


@transaction.atomic
def admit(*, actor: Actor, case_id: UUID, place: str, ward: str = "") -> Referral:
    """Admit the child that has arrived, or has come to the visit: the sender is owed a first note.

    `place` is one of STAYS. Raises InvalidInput, WrongStep, NotPermitted, NotVisible.
    """
    move = begin(actor, case_id, "admit")
    if place not in dict(STAYS):
        raise InvalidInput({"place": _("Choose where the child is cared for.")})
    _enter(move, place, ward)
    if move.came_from == Step.SCHEDULED:
        next_leg(move, Leg.INTERIM_NOTE)
    return finish(move, CareBegun(move.case.pk, place), facts={"place": place, "ward": ward.strip()})


@transaction.atomic
def see_child(*, actor: Actor, case_id: UUID, clinic: str = "") -> Referral:
    """The child was seen in the clinic, and goes on: the outcome is owed to the sender."""
    move = begin(actor, case_id, "see_child")
    _enter(move, Place.CLINIC, clinic, over=True)
    next_leg(move, Leg.OUTCOME)
    return finish(move, CareBegun(move.case.pk, Place.CLINIC), facts={"place": Place.CLINIC, "ward": clinic.strip()})


def _enter(move: Move, place: str, ward: str, *, over: bool = False) -> None:
    if len(ward.strip()) > WARD_LENGTH:
        raise InvalidInput({"ward": _("This is longer than %(most)d characters.") % {"most": WARD_LENGTH}})
    at = clock.now()
    move.referral.arrived_at = move.referral.arrived_at or at
    with database_rules():
        Encounter(
            case=move.case, place=place, ward=ward.strip(), begun_at=at, begun_by_id=move.actor.user_id,
            ended_at=at if over else None,
        ).save(force_insert=True)  # fmt: skip
    _settle_visit(move)
    return_to_service(move)


def _settle_visit(move: Move) -> None:
    """The visit that was booked was kept; when the child came before its time, that time is free again."""
    begun = Visit.objects.filter(case_id=move.case.pk, booking__step=BookingStep.BOOKED).select_related("booking")
    with acting_as(system("the child has come")) as itself:
        for visit in begun:
            if visit.booking.begins <= clock.now():
                settle_booking(actor=itself, booking_id=visit.booking_id, verb="attend")
    free_visit(move.case, _("The child came earlier."))


def return_to_service(move: Move) -> None:
    """The receiving service goes on; while the sender is asked for something, it stays with them."""
    if move.referral.information_asked_at is None:
        move.give_to_service()


@transaction.atomic
def note_interim(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Referral:
    """How the child is, in the thread, for the sender to read at once; written anew for each `key` only once.

    Raises InvalidInput, WrongStep, NotPermitted, NotVisible.
    """
    referral = locked(case_id)
    if _noted_before(actor, referral, key):
        return referral
    move = take(actor, referral, "note_interim")
    said = add_message(actor=actor, case=move.case, text=text, kind=MessageKind.INTERIM, key=key)
    if referral.step == Step.ARRIVED or in_care(referral):
        next_leg(move, Leg.INTERIM_NOTE, target=NEXT_NOTE)
    return_to_service(move)
    return finish(move, InterimNoted(move.case.pk), facts={"message": said.seq}, text=said.text)


def _noted_before(actor: Actor, referral: Referral, key: UUID | None) -> bool:
    mine = Message.objects.filter(case_id=referral.pk, created_by_id=actor.user_id)
    return key is not None and mine.filter(request_key=key).exists()


def in_care(referral: Referral) -> bool:
    """Whether a stay has begun and not ended."""
    return bool(Encounter.objects.filter(case_id=referral.pk, ended_at=None).exists())


@transaction.atomic
def discharge(*, actor: Actor, case_id: UUID) -> Referral:
    """The stay ends: the outcome is owed to the sender."""
    move = begin(actor, case_id, "discharge")
    end_stay(move)
    next_leg(move, Leg.OUTCOME)
    return_to_service(move)
    return finish(move, ChildDischarged(move.case.pk))


def end_stay(move: Move, on: date | None = None) -> None:
    """Now, or at the end of the day `on` when that is over: an outcome may be written days after the child has left."""
    at = clock.now() if on is None else min(clock.now(), clock.midnight(on + timedelta(days=1)))
    stay = Encounter.objects.filter(case_id=move.case.pk, ended_at=None)
    stay.update(ended_at=Greatest(F("begun_at"), Value(at)))
