"""Booking people, rooms and vehicles: held, booked, moved, cancelled. The database refuses whatever overlaps.

Other features book by `book` (a stretch of time of their own) or `book_slot` (a published slot). One that has checked
its own right books as the system and names its case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from consortium.casework import events
from consortium.casework.models import Booking, BookingUse, Case, Resource, Slot
from consortium.casework.operations.resources import resources_by_id
from consortium.casework.policies import answers_for, may_book, may_book_slot
from consortium.casework.queries.busy import in_the_way, words_of
from consortium.casework.states import (
    BOOKING,
    HOLD_LASTS,
    LONGEST_BOOKING,
    PLANNED_AHEAD,
    TAKES_TIME,
    BookingKind,
    BookingStep,
)
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, NotVisible, Taken, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version

Period = tuple[datetime, datetime]
_WHY = "a hold ran out"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked: when, whom and what it takes, and the place in a slot when it is one's."""

    period: Period
    resources: tuple[Resource, ...]
    slot: Slot | None = None
    place: int | None = None


@transaction.atomic
def book(
    *, actor: Actor, what: str, resources: Sequence[UUID], period: Period, key: UUID | None = None,
    case_id: UUID | None = None, hold: bool = False,
) -> Booking:  # fmt: skip
    """Book several people, rooms or vehicles for one stretch of time; `hold` keeps it for 15 minutes only.

    Raises Taken, naming who or what is in the way and until when. The same `key` twice is one booking.
    """

    def make() -> Booking:
        wanted = tuple(resources_by_id(resources))
        require(may_book(actor, wanted))
        _check(what, wanted, period)
        return _insert(actor, what, Wish(period, wanted), key, case_id, hold)

    booking, fresh = once(Booking, actor=actor, key=key, make=make)
    return _announced(actor, booking) if fresh else booking


@transaction.atomic
def book_slot(
    *, actor: Actor, slot_id: UUID, key: UUID | None = None, case_id: UUID | None = None, hold: bool = False,
    what: str = BookingKind.CLINIC,
) -> Booking:  # fmt: skip
    """A place in a published slot, and with it the slot's person and room.

    Clinicians from outside the service get the places kept for referrals; the service itself the others first.
    """

    def make() -> Booking:
        slot = _locked_slot(slot_id)
        require(may_book_slot(actor, slot))
        return _insert(actor, what, _wish_for(actor, slot), key, case_id, hold)

    booking, fresh = once(Booking, actor=actor, key=key, make=make)
    return _announced(actor, booking) if fresh else booking


def _check(what: str, resources: Sequence[Resource], period: Period) -> None:
    begins, ends = period
    if what not in BookingKind.values:
        raise InvalidInput({"what": _("Choose what it is for.")})
    if not resources:
        raise InvalidInput({"resources": _("Choose whom or what to book.")})
    if ends <= begins:
        raise InvalidInput({"ends": _("A booking begins before it ends.")})
    if ends - begins > LONGEST_BOOKING:
        raise InvalidInput({"ends": _("A booking lasts a day at most.")})
    if ends <= clock.now():
        raise InvalidInput({"begins": _("Choose a time that lies ahead.")})
    if ends > clock.now() + PLANNED_AHEAD:
        raise InvalidInput({"ends": _("Choose a time within the next two years.")})


def _locked_slot(slot_id: UUID) -> Slot:
    """The slot, locked so that its places are given one by one."""
    rows = Slot.objects.standing().select_for_update(of=("self",))
    slot = rows.select_related("calendar__service", "calendar__room", "person__user").filter(pk=slot_id).first()
    if slot is None:
        raise NotVisible
    if slot.begins <= clock.now():
        raise WrongStep(_("This slot has begun."), code="begun")
    return slot


def _wish_for(actor: Actor, slot: Slot) -> Wish:
    return Wish((slot.period.lower, slot.period.upper), tuple(slot.resources), slot, _free_place(actor, slot))


def _free_place(actor: Actor, slot: Slot) -> int:
    """The first free place that the actor may have. Places 1 to `quota` are kept for referrals."""
    _release_holds(slot=slot)
    taken = unfiltered(Booking, why="which places are taken").filter(slot=slot, step__in=TAKES_TIME)
    gone = set(taken.values_list("place", flat=True))
    kept, open_to_all = range(1, slot.quota + 1), range(slot.quota + 1, slot.capacity + 1)
    mine = [*open_to_all] if answers_for(actor, slot) and not actor.is_system else [*kept, *open_to_all]
    if not actor.is_system and not answers_for(actor, slot):
        mine = [*kept]
    free: int | None = next((place for place in mine if place not in gone), None)
    if free is None:
        raise Taken(_("All places of this slot are taken."), code="slot-full")
    return free


def _insert(actor: Actor, what: str, wish: Wish, key: UUID | None, case_id: UUID | None, hold: bool) -> Booking:
    if case_id is not None and not Case.objects.filter(pk=case_id).exists():
        raise NotVisible
    now = clock.now()
    booking = Booking(
        kind=what, step=BookingStep.HELD if hold else BookingStep.BOOKED, period=wish.period, slot=wish.slot,
        place=wish.place, case_id=case_id, held_until=now + HOLD_LASTS if hold else None, created_at=now,
        created_by_id=actor.author_id, **({"request_key": key} if key else {}),
    )  # fmt: skip
    with _told_who_is_in_the_way(wish), database_rules(), transaction.atomic():
        booking.save(force_insert=True)
        _take(booking, wish)
    booking.refresh_from_db(fields=["period"])
    return booking


def _take(booking: Booking, wish: Wish) -> None:
    """Claim the people, rooms and vehicles; holds on them that have run out give way first.

    Their rows are locked in one order: two who insert at once into an exclusion constraint would else wait for each
    other.
    """
    ids = sorted({each.pk for each in wish.resources}, key=str)
    list(Resource.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk"))
    _release_holds(resources=wish.resources)
    occasion = wish.slot.pk if wish.slot else uuid4()
    BookingUse.objects.bulk_create(
        BookingUse(booking=booking, resource=each, period=wish.period, occasion=occasion) for each in wish.resources
    )


class _told_who_is_in_the_way:  # noqa: N801 - reads as what it does
    """Turns the refusal of the exclusion constraint into a 409 that names who or what is booked, and until when."""

    def __init__(self, wish: Wish, *, but: UUID | None = None) -> None:
        self.wish, self.but = wish, but

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        cause = error.__cause__ if error is not None else None
        if isinstance(cause, IntegrityError) and "casework_use_no_overlap" in str(cause):
            found = in_the_way(self.wish.resources, self.wish.period, but=self.but)
            told = words_of(found) or _("Somebody or something is booked at that time already.")
            raise Taken(told, code="overlap", detail={"in_the_way": [each.detail for each in found]}) from error


def _announced(actor: Actor, booking: Booking) -> Booking:
    note_booking(actor, booking, "book", events.BookingMade)
    return booking


def note_booking(actor: Actor, booking: Booking, verb: str, kind: type[events.BookingMade], **facts: Any) -> None:
    """One journal entry about a booking, in the child's chain where it is about a case."""
    case: Case | None = unfiltered(Case, why="whose chain").filter(pk=booking.case_id).first()
    record(
        actor=actor, verb=verb, subject=booking, patient_id=case.patient_id if case else None,
        facts={
            "kind": booking.kind, "step": booking.step, "begins": booking.begins.isoformat(),
            "ends": booking.ends.isoformat(), **facts,
        },
        event=kind(booking.pk, booking.kind, booking.case_id),
    )  # fmt: skip


# -- what becomes of a booking ----------------------------------------------------------------------------------------


def _locked(booking_id: UUID) -> Booking:
    rows = Booking.objects.select_related("slot__calendar__service").select_for_update(of=("self",))
    booking: Booking | None = rows.filter(pk=booking_id).first()
    if booking is None:
        raise NotVisible
    return booking


_KINDS: dict[str, type[events.BookingMade]] = {
    "confirm": events.BookingConfirmed,
    "cancel": events.BookingCancelled,
    "attend": events.BookingAttended,
    "no_show": events.BookingUnattended,
}


@transaction.atomic
def settle_booking(
    *, actor: Actor, booking_id: UUID, verb: str, reason: str = "", version: int | None = None
) -> Booking:
    """Confirm a hold, cancel with a reason, or say who came. What is cancelled gives its time back."""
    booking = _locked(booking_id)
    check_version(booking, version)
    BOOKING.take(verb, actor, booking)
    if verb == "cancel" and not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    if verb == "confirm" and booking.held_until is not None and booking.held_until <= clock.now():
        raise WrongStep(_("The hold has run out: book anew."), code="hold-over")
    if verb in ("attend", "no_show") and booking.begins > clock.now():
        raise WrongStep(_("This lies ahead: nobody can have come yet."), code="ahead")
    booking.reason = reason.strip()[:200]
    _save(booking)
    if verb == "cancel":
        unfiltered(BookingUse, why="a cancelled booking").filter(booking=booking).update(live=False)
    note_booking(actor, booking, verb, _KINDS[verb], reason=booking.reason)
    return booking


def _save(booking: Booking) -> None:
    booking.version += 1
    with database_rules(), transaction.atomic():
        booking.save()


@transaction.atomic
def move_booking(
    *, actor: Actor, booking_id: UUID, period: Period | None = None, slot_id: UUID | None = None,
    version: int | None = None,
) -> Booking:  # fmt: skip
    """To another time with the same people and rooms, or to another slot with that slot's. Refused, nothing moves."""
    booking = _locked(booking_id)
    check_version(booking, version)
    BOOKING.take("move", actor, booking)
    before = booking.begins.isoformat()
    wish = _new_wish(actor, booking, period, slot_id)
    with _told_who_is_in_the_way(wish, but=booking.pk), database_rules(), transaction.atomic():
        unfiltered(BookingUse, why="moving a booking").filter(booking=booking).delete()
        booking.period, booking.slot, booking.place = wish.period, wish.slot, wish.place
        booking.version += 1
        booking.save()
        _take(booking, wish)
    booking.refresh_from_db(fields=["period"])
    note_booking(actor, booking, "move", events.BookingMoved, before=before)
    return booking


def _new_wish(actor: Actor, booking: Booking, period: Period | None, slot_id: UUID | None) -> Wish:
    if slot_id is not None:
        slot = _locked_slot(slot_id)
        require(may_book_slot(actor, slot))
        return _wish_for(actor, slot)
    if period is None or booking.slot_id is not None:
        raise InvalidInput({"slot_id": _("Choose another slot.")})
    uses = unfiltered(BookingUse, why="moving a booking").filter(booking=booking).select_related("resource")
    resources = tuple(use.resource for use in uses.order_by("resource_id"))
    _check(booking.kind, resources, period)
    return Wish(period, resources)


# -- holds ------------------------------------------------------------------------------------------------------------


def _release_holds(*, resources: Sequence[Resource] = (), slot: Slot | None = None) -> None:
    """Holds on these that have run out: expired now, whoever's timer is late."""
    mine = models.Q(uses__resource__in=resources) | models.Q(slot=slot, slot__isnull=False)
    rows = unfiltered(Booking, why=_WHY).overdue_holds(clock.now()).filter(mine)
    for booking_id in sorted(set(rows.values_list("pk", flat=True)), key=str):
        _expire(booking_id)


def expire_holds() -> int:
    """All holds that have run out (beat): how many. Twice at once expires each once."""
    due = unfiltered(Booking, why=_WHY).overdue_holds(clock.now()).order_by("held_until")
    return sum(_expire(pk) for pk in list(due.values_list("pk", flat=True)[:500]))


@transaction.atomic
def _expire(booking_id: UUID) -> bool:
    with acting_as(system(_WHY)) as timer:
        due = unfiltered(Booking, why=_WHY).overdue_holds(clock.now()).filter(pk=booking_id)
        booking: Booking | None = due.select_for_update(skip_locked=True, of=("self",)).first()
        if booking is None:
            return False
        BOOKING.take("expire", timer, booking)
        _save(booking)
        BookingUse.objects.filter(booking=booking).update(live=False)
        note_booking(timer, booking, "expire", events.BookingExpired)
        return True
