"""Reminders of visits: three days before and the day before, to who sent the child and knows the family."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from consortium.casework.models import Case
from consortium.casework.operations import locked_case
from consortium.casework.states import BookingStep
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from referrals.events import VisitReminded
from referrals.models import Visit

#: how long before the visit each reminder goes out
BEFORE = (timedelta(days=3), timedelta(days=1))
MOST = 500
_WHY = "visits that come near"


def remind_visits(*, actor: Actor) -> int:
    """Send the reminders that are due (beat): how many. Twice at once sends each once; a visit booked late gets the
    last one alone."""
    now, due = clock.now(), []
    ahead = unfiltered(Visit, why=_WHY).filter(
        booking__step=BookingStep.BOOKED, booking__period__startswith__gt=now,
        booking__period__startswith__lte=now + BEFORE[0], reminders__lt=len(BEFORE),
    )  # fmt: skip
    for visit in ahead.select_related("booking").order_by("booking__period")[:MOST]:
        number = sum(visit.booking.begins - now <= span for span in BEFORE)
        if number > visit.reminders:
            due.append((visit.pk, visit.case_id, number))
    return sum(_remind(actor, *each) for each in due)


@transaction.atomic
def _remind(actor: Actor, visit_id: UUID, case_id: UUID, number: int) -> bool:
    """Under the case's lock, so that a visit moved meanwhile is not told of."""
    case: Case = locked_case(case_id)
    rows = unfiltered(Visit, why=_WHY).filter(pk=visit_id, reminders__lt=number, booking__step=BookingStep.BOOKED)
    if not rows.update(reminders=number):
        return False
    record(
        actor=actor, verb="remind_visit", subject=case, patient_id=case.patient_id,
        institution_id=case.asking_institution_id, facts={"visit": str(visit_id), "number": number},
        event=VisitReminded(case.pk, visit_id, number),
    )  # fmt: skip
    return True
