"""Seats, classrooms and their codes, reminders, and what is told to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from consortium.casework.queries.agenda import feed_of
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.notices.models import Notice
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.events.lectures import CrewAsked, LectureCancelled, LectureMoved, LectureNear
from courses.live.models import Lecture, Seat
from courses.live.operations.reminding import remind_lectures
from courses.live.operations.seats import check_in, give_up_seat, take_seat
from courses.live.queries.classrooms import CODE_LASTS, code_at, is_code
from courses.live.receivers import lectures as telling
from courses.live.states.lectures import SeatKind
from courses.live.tasks.lectures import remind
from tests.courses.library.making import as_
from tests.courses.live.planned import lecture_at
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


def seated(user: User, lecture: Lecture, **more: Any) -> Seat:
    with as_(user) as actor:
        return take_seat(actor=actor, lecture_id=lecture.pk, **more)[0]


def room_of(user: User, lecture: Lecture) -> Seat:
    return seated(user, lecture, kind=SeatKind.CLASSROOM, place="Room 2")


def reminded() -> int:
    with acting_as(system("a test")) as actor:
        return remind_lectures(actor=actor)


def told() -> list[tuple[str, str]]:
    return sorted(Notice.unscoped.values_list("recipient__username", "kind"))


def test_one_registers_once(listener: User, lecture: Lecture, community: Institution) -> None:
    first = seated(listener, lecture)
    assert seated(listener, lecture) == first
    assert first.institution == community


def test_a_double_click_takes_one_seat(listener: User, lecture: Lecture) -> None:
    key = uuid4()
    seat = seated(listener, lecture, key=key)
    with as_(listener) as actor:
        give_up_seat(actor=actor, seat_id=seat.pk)
        assert take_seat(actor=actor, lecture_id=lecture.pk, key=key) == (seat, False)


def test_a_full_lecture_takes_nobody_until_a_seat_is_given_up(listener: User, asker: User, lecture: Lecture) -> None:
    Lecture.unscoped.update(capacity=1)
    seat = seated(listener, lecture)
    with pytest.raises(DomainError, match="All seats are taken"), transaction.atomic():
        seated(asker, lecture)
    with as_(listener) as actor:
        give_up_seat(actor=actor, seat_id=seat.pk)
        give_up_seat(actor=actor, seat_id=seat.pk)
    assert seated(asker, lecture).given_up_at is None


@pytest.mark.parametrize(("step", "hours"), [("ended", -2), ("announced", -2), ("cancelled", 1)])
def test_nobody_registers_for_what_is_over(listener: User, hospital: Institution, step: str, hours: float) -> None:
    lecture = lecture_at(hospital, step="announced" if step == "cancelled" else step, hours=hours)
    if step == "cancelled":
        Lecture.unscoped.update(step=step, reason="Ill")
    with pytest.raises(NotPermitted, match="cannot register"):
        seated(listener, lecture)


def test_nobody_registers_for_a_draft(listener: User, hospital: Institution) -> None:
    with pytest.raises(NotVisible):
        seated(listener, lecture_at(hospital, step="draft"))


def test_a_live_lecture_takes_who_comes_late(listener: User, hospital: Institution) -> None:
    assert seated(listener, lecture_at(hospital, step="live", hours=-3)).given_up_at is None


def test_who_holds_no_role_brings_no_room(listener: User, lecture: Lecture) -> None:
    visitor = User.objects.create_user(username="visitor", password="x")
    Seat.unscoped.create(lecture=lecture, user=visitor, taken_at=clock.now())
    with pytest.raises(NotPermitted, match="somebody who works there"):
        room_of(visitor, lecture)


def test_a_room_is_somewhere(listener: User, lecture: Lecture) -> None:
    with pytest.raises(InvalidInput, match="which room"):
        seated(listener, lecture, kind=SeatKind.CLASSROOM, place=" ")


def test_nobody_gives_up_another_s_seat(listener: User, asker: User, lecturer: User, lecture: Lecture) -> None:
    seat = seated(listener, lecture)
    with as_(asker) as actor, pytest.raises(NotVisible):
        give_up_seat(actor=actor, seat_id=seat.pk)
    with as_(lecturer) as actor, pytest.raises(NotPermitted, match="somebody else's"):
        give_up_seat(actor=actor, seat_id=seat.pk)


# -- checking in ------------------------------------------------------------------------------------------------------


def test_a_code_holds_for_a_moment_and_for_one_room() -> None:
    seat, now = uuid4(), clock.now()
    code = code_at(seat, now)
    assert is_code(seat, code.upper(), now + CODE_LASTS)
    assert not is_code(seat, code, now + 2 * CODE_LASTS)
    assert not is_code(uuid4(), code, now)


def entered(user: User, seat: Seat, code: str = "") -> bool:
    with as_(user) as actor:
        return check_in(actor=actor, seat_id=seat.pk, code=code or code_at(seat.pk, clock.now()))[1]


@pytest.fixture
def room(listener: User, hospital: Institution) -> Seat:
    """Registered by the listener, for a lecture that begins in a moment."""
    return room_of(listener, lecture_at(hospital, hours=0.1))


def test_whoever_scans_the_code_is_there_once(nurse: User, room: Seat) -> None:
    assert [entered(nurse, room) for _time in range(2)] == [True, False]


def test_an_old_code_opens_nothing(nurse: User, room: Seat) -> None:
    with pytest.raises(InvalidInput, match="old"):
        entered(nurse, room, "aaaaaaaa")


def test_nobody_checks_in_a_day_before(nurse: User, listener: User, lecture: Lecture) -> None:
    with pytest.raises(WrongStep, match="not open"):
        entered(nurse, room_of(listener, lecture))


def test_one_person_s_seat_is_no_room(nurse: User, listener: User, lecture: Lecture) -> None:
    with pytest.raises(NotVisible):
        entered(nurse, seated(listener, lecture))


def test_nobody_checks_in_to_a_lecture_they_do_not_see(stranger: User, community: Institution, listener: User) -> None:
    here = lecture_at(community, hours=0.1, reach="institution")
    with pytest.raises(NotVisible):
        entered(stranger, room_of(listener, here))


def test_who_holds_no_role_sits_nowhere(room: Seat) -> None:
    visitor = User.objects.create_user(username="visitor", password="x")
    Seat.unscoped.create(lecture=room.lecture, user=visitor, taken_at=clock.now())
    with pytest.raises(NotPermitted, match="no role"):
        entered(visitor, room)


# -- reminders --------------------------------------------------------------------------------------------------------


def test_each_reminder_goes_out_once(hospital: Institution) -> None:
    lecture_at(hospital, hours=30)
    counts = [reminded()]
    for later in (7.0, 7.0, 29.8, 29.8):
        with clock.moved(timedelta(hours=later)):
            counts.append(reminded())
    assert counts == [0, 1, 0, 1, 0]


def test_what_is_announced_late_is_reminded_of_once(hospital: Institution) -> None:
    lecture_at(hospital, hours=0.1)
    assert [remind(), reminded()] == [1, 0]


def test_nobody_is_reminded_of_drafts_and_of_what_has_begun(hospital: Institution) -> None:
    lecture_at(hospital, hours=1, step="draft")
    lecture_at(hospital, hours=1, step="live")
    lecture_at(hospital, hours=-0.1)
    assert reminded() == 0


# -- telling ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("receiver", "event", "kind"),
    [
        (telling.tell_it_comes_near, lambda pk: LectureNear(pk, False), "lecture.day"),
        (telling.tell_it_comes_near, lambda pk: LectureNear(pk, True), "lecture.soon"),
        (telling.tell_it_was_moved, LectureMoved, "lecture.moved"),
        (telling.tell_it_was_cancelled, LectureCancelled, "lecture.cancelled"),
    ],
)
def test_the_registered_and_the_crew_are_told_once(
    listener: User, asker: User, lecture: Lecture, receiver: Any, event: Any, kind: str
) -> None:
    seated(listener, lecture)
    room_of(listener, lecture)
    with acting_as(system("a test")):
        for _time in range(2):
            receiver(7, event(lecture.pk))
    assert told() == [("lecturer", kind), ("listener", kind)]


def test_who_gets_a_part_is_told(listener: User, lecture: Lecture) -> None:
    with acting_as(system("a test")):
        telling.tell_the_crew(7, CrewAsked(lecture.pk, listener.pk, "typist"))
    notice = Notice.unscoped.get()
    assert (notice.kind, notice.facts["title"]["en"]) == ("lecture.crew", "Fever with a rash")
    assert set(notice.facts["when"]) == {"en", "zh"}


def test_what_one_is_registered_for_stands_in_one_s_calendar(
    listener: User, asker: User, lecturer: User, lecture: Lecture
) -> None:
    seated(listener, lecture)
    with acting_as(system("a test")):
        feeds = [b"Fever with a rash" in feed_of(user) for user in (listener, asker, lecturer)]
    assert feeds == [True, False, True]


def test_a_draft_stands_in_no_calendar(hospital: Institution, lecturer: User) -> None:
    from tests.courses.live.planned import given_by

    given_by(lecture_at(hospital, step="draft"), lecturer)
    with acting_as(system("a test")):
        assert b"Fever with a rash" not in feed_of(lecturer)


def test_a_room_is_a_nurse_s_to_register_too(hospital: Institution, lecture: Lecture) -> None:
    assert room_of(make_staff("ward", hospital, Role.NURSE), lecture).place == "Room 2"


def test_nobody_is_reminded_of_what_was_cancelled_since(hospital: Institution, lecture: Lecture) -> None:
    Lecture.unscoped.filter(pk=lecture.pk).update(step="cancelled", reason="Ill")
    with acting_as(system("test")):
        telling.tell_it_comes_near(0, LectureNear(lecture.pk, True))
    assert not Notice.unscoped.filter(kind="lecture.soon").exists()
