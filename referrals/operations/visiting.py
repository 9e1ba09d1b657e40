"""Visits at the receiving hospital: booked, moved, missed, cancelled (R7, R8), and the waiting list for a place.

A visit is a booking of a published slot. The hospital gives any place of it; the sender, on the spot, those that are
kept for referrals. The database lets nobody have the same place twice.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consortium.casework.models import Booking, Calendar, Case, Slot
from consortium.casework.operations import acting_institution, book_slot, settle_booking
from consortium.casework.states import BookingKind, BookingStep, Leg
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from referrals.events import VisitBooked, VisitCancelled, VisitMissed
from referrals.models import Referral, Visit, Waiting
from referrals.operations.moving import Move, finish, locked, next_leg, take
from referrals.policies import books_for_receiver, may_book_visit
from referrals.queries.turns import turn_of
from referrals.states import VISIT_STEPS, Step

#: after its end the family had a day to come; then somebody asks
GRACE = timedelta(days=1)
TEXT_LENGTH = 1_000
#: from where a child may wait for a place
WAITING_FROM = (Step.ACCEPTED, Step.UNATTENDED, Step.VISIT_CANCELLED)
NOTICE_HOURS = range(1, 24 * 14 + 1)
_WHY = "the visits of a locked case"


@transaction.atomic
def book_visit(
    *, actor: Actor, case_id: UUID, slot_id: UUID, instructions: str = "", key: UUID | None = None,
    version: int | None = None,
) -> Referral:  # fmt: skip
    """Book a place in a published slot of the receiving hospital, or another instead of the one before (R7, R8). The
    same `key` twice is one visit.

    Raises Taken (the place, or who is in charge, is booked), InvalidInput, WrongStep, NotPermitted, NotVisible.
    """
    referral = locked(case_id)
    mine = unfiltered(Visit, why=_WHY).filter(case_id=case_id, created_by_id=actor.user_id, request_key=key)
    if key is not None and mine.exists():
        return referral
    move = take(actor, referral, "rebook_visit" if referral.step in VISIT_STEPS else "book_visit", version)
    if len(instructions.strip()) > TEXT_LENGTH:
        raise InvalidInput({"instructions": _("Say it in fewer words.")})
    before = standing_visit(move.case)
    booking = _booked(move, slot_id)
    visit = _keep(move, booking, instructions or (before.instructions if before else ""), key)
    if before is not None:
        _give_back(before, _("Moved to another time."))
    _leave_list(move.case, filled=True)
    next_leg(move, Leg.ARRIVAL, target=booking.ends + GRACE - clock.now())
    _pass_on(move)
    event = VisitBooked(move.case.pk, visit.pk, again=move.came_from in VISIT_STEPS)
    return finish(move, event, facts={"visit": str(visit.pk), "begins": booking.begins.isoformat()})


def standing_visit(case: Case) -> Visit | None:
    """The visit that lies ahead, or has not been settled."""
    rows = unfiltered(Visit, why=_WHY).filter(case_id=case.pk, booking__step=BookingStep.BOOKED)
    found: Visit | None = rows.select_related("booking").order_by("-number").first()
    return found


def _booked(move: Move, slot_id: UUID) -> Booking:
    """The hospital's side has any place of the slot; the sender those kept for referrals."""
    here = Slot.objects.filter(pk=slot_id, calendar__service__institution_id=move.case.service.institution_id)  # type: ignore[union-attr]
    if not here.exists():
        raise InvalidInput({"slot_id": _("Choose a time of the hospital that receives the child.")})
    if not books_for_receiver(move.actor, move.referral):
        return book_slot(actor=move.actor, slot_id=slot_id, case_id=move.case.pk, what=BookingKind.CLINIC)
    with acting_as(system("the receiving hospital books a visit")) as itself:
        return book_slot(actor=itself, slot_id=slot_id, case_id=move.case.pk, what=BookingKind.CLINIC)


def _keep(move: Move, booking: Booking, instructions: str, key: UUID | None) -> Visit:
    number = unfiltered(Visit, why=_WHY).filter(case_id=move.case.pk).aggregate(most=Max("number"))["most"] or 0
    visit = Visit(
        case=move.case, number=number + 1, booking=booking, booked_at=clock.now(), instructions=instructions.strip(),
        by_sender=not books_for_receiver(move.actor, move.referral), created_by_id=move.actor.author_id,
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules():
        visit.save(force_insert=True)
    return visit


def _give_back(visit: Visit, reason: str) -> None:
    """Its time is free again; whoever waits gets it."""
    with acting_as(system("the visit will not come about")) as itself:
        settle_booking(actor=itself, booking_id=visit.booking_id, verb="cancel", reason=reason)


def _pass_on(move: Move) -> None:
    turn = turn_of(move.referral)
    move.give_to(turn.party, turn.user_id)


@transaction.atomic
def miss_visit(*, actor: Actor, case_id: UUID, version: int | None = None) -> Referral:
    """The child did not come (R8n): the hospital finds the next time. Before the visit begins: WrongStep."""
    move = take(actor, locked(case_id), "miss_visit", version)
    visit = _ahead(move)
    with acting_as(system("the child did not come")) as itself:
        settle_booking(actor=itself, booking_id=visit.booking_id, verb="no_show")
    next_leg(move, Leg.BOOKING)
    _pass_on(move)
    return finish(move, VisitMissed(move.case.pk, visit.pk), facts={"visit": str(visit.pk)})


@transaction.atomic
def cancel_visit(*, actor: Actor, case_id: UUID, reason: str, version: int | None = None) -> Referral:
    """The visit is off (R8c), by either side, with words why; its time is free again."""
    move = take(actor, locked(case_id), "cancel_visit", version)
    said = reason.strip()[:200]
    if not said:
        raise InvalidInput({"reason": _("Say why.")})
    visit = _ahead(move)
    _give_back(visit, said)
    visit.cancel_reason = said
    visit.save(update_fields=["cancel_reason"])
    next_leg(move, Leg.BOOKING)
    _pass_on(move)
    return finish(move, VisitCancelled(move.case.pk, visit.pk, said), facts={"visit": str(visit.pk)}, text=said)


def _ahead(move: Move) -> Visit:
    visit = standing_visit(move.case)
    if visit is None:
        raise WrongStep(_("No visit is booked."))
    return visit


def free_visit(case: Case, reason: str) -> None:
    """No visit will come about: its time is free again, and the child no longer waits for another."""
    visit = standing_visit(case)
    if visit is not None:
        _give_back(visit, reason)
    _leave_list(case)


# --- the waiting list -------------------------------------------------------------------------------------------------


@transaction.atomic
def wait_for_place(*, actor: Actor, case_id: UUID, calendar_id: UUID, notice_hours: int = 24) -> Waiting:
    """On the waiting list of a calendar: the next place that frees is the child's by itself, the most urgent first,
    then who waits longest. `notice_hours`: how soon the family can come. On another list before: it changes lists, and
    keeps since when it waits."""
    referral = locked(case_id)
    require(may_book_visit(actor, referral))
    if referral.step not in WAITING_FROM:
        raise WrongStep(_("Only a child who is accepted and has no visit waits for a place."))
    case = referral.case
    here = Calendar.objects.filter(closed_at=None, service__institution_id=case.service.institution_id)  # type: ignore[union-attr]
    calendar = here.filter(pk=calendar_id).first()
    if calendar is None:
        raise InvalidInput({"calendar_id": _("Choose a calendar of the hospital that receives the child.")})
    if notice_hours not in NOTICE_HOURS:
        raise InvalidInput({"notice_hours": _("Say 1 hour to 14 days.")})
    row = unfiltered(Waiting, why=_WHY).filter(case_id=case_id).first()
    still = row is not None and row.filled_at is None and row.left_at is None
    since = row.since if row is not None and still else clock.now()
    row = row or Waiting(case=case)
    row.calendar, row.priority, row.since, row.notice_hours = calendar, case.priority, since, notice_hours
    row.filled_at = row.left_at = None
    row.save()
    record(
        actor=actor, verb="wait_for_place", subject=case, patient_id=case.patient_id,
        institution_id=acting_institution(actor, case), facts={"calendar": str(calendar.pk), "hours": notice_hours},
    )  # fmt: skip
    return row


def _leave_list(case: Case, *, filled: bool = False) -> None:
    waiting = unfiltered(Waiting, why="the waiting list of a locked case").filter(case_id=case.pk)
    waiting.filter(filled_at=None, left_at=None).update(**{"filled_at" if filled else "left_at": clock.now()})
