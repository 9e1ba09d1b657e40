"""Video calls brought to a step by their own operations, for the tests about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from consortium.calls import operations as calls
from consortium.calls.models import Room, Seat
from consortium.casework.models import Booking
from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation, Meeting
from consultations.operations import Offer
from tests.consultations.cases import by


def at(hours: float) -> datetime:
    """A full minute so many hours ahead."""
    return (clock.now() + timedelta(hours=hours)).replace(second=0, microsecond=0)


def newest(consultation: Consultation) -> Meeting:
    made: Meeting = Meeting.unscoped.filter(case_id=consultation.pk).latest("created_at", "id")
    return made


def proposed(who: User, consultation: Consultation, *times: datetime, **words: Any) -> Meeting:
    offer = Offer(times or (at(48), at(72)), **words)
    by(who, operations.propose_video, case_id=consultation.pk, offer=offer)
    return newest(consultation)


def booked(proposer: User, picker: User, consultation: Consultation, when: datetime | None = None) -> Meeting:
    when = when or at(48)
    proposed(proposer, consultation, when)
    by(picker, operations.book_video, case_id=consultation.pk, starts_at=when)
    return newest(consultation)


def called(who: User, consultation: Consultation, **words: Any) -> Meeting:
    by(who, operations.call_now, case_id=consultation.pk, **words)
    return newest(consultation)


def seated(meeting: Meeting, *people: User, host: User) -> dict[str, Seat]:
    """Everybody comes in, the host first; the others are let in. By username."""
    seats = {host.username: by(host, calls.join, room_id=meeting.room_id)}
    for user in people:
        seat = by(user, calls.join, room_id=meeting.room_id)
        seats[user.username] = by(host, calls.admit, seat_id=seat.pk)
    return seats


def room_of(meeting: Meeting) -> Room:
    assert meeting.room_id is not None
    room: Room = Room.unscoped.get(pk=meeting.room_id)
    return room


def booking_of(meeting: Meeting) -> Booking:
    assert meeting.booking_id is not None
    booking: Booking = Booking.unscoped.get(pk=meeting.booking_id)
    return booking


def heard() -> None:
    """Everything that was published has been delivered."""
    with acting_as(system("test")):
        while relay():
            pass


def sys(operation: Any, **words: Any) -> Any:
    with acting_as(system("test")) as itself:
        return operation(actor=itself, **words)
