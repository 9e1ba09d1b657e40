"""What the database holds of lectures, their crew and their seats, and who sees them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from consortium.kernel import clock
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Attendance, CheckIn, Crew, Lecture, Seat
from courses.live.states.lectures import LectureStep, Part, SeatKind
from tests.courses.library.making import as_
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


def refused(rule: str, **changed: Any) -> None:
    """That the database refuses to give the one lecture these values."""
    with pytest.raises((IntegrityError, InternalError), match=rule), transaction.atomic():
        Lecture.unscoped.update(**changed)


def seen_by(user: User) -> int:
    with as_(user):
        return int(Lecture.objects.count())


def seat(lecture: Lecture, user: User, **more: Any) -> Seat:
    made: Seat = Seat.unscoped.create(lecture=lecture, user=user, taken_at=clock.now(), **more)
    return made


def test_a_lecture_says_its_title(lecture: Lecture) -> None:
    refused("lectures_lecture_titled", title_en="", title_zh="")


def test_a_lecture_is_neither_short_nor_endless(lecture: Lecture) -> None:
    refused("lectures_lecture_minutes", minutes=4)
    refused("lectures_lecture_minutes", minutes=481)


def test_a_lecture_without_seats_is_none(lecture: Lecture) -> None:
    refused("lectures_lecture_capacity", capacity=0)


def test_an_announced_lecture_says_since_when(lecture: Lecture) -> None:
    refused("lectures_lecture_announced", announced_at=None)


def test_a_live_lecture_says_since_when(lecture: Lecture) -> None:
    refused("lectures_lecture_times", step=LectureStep.LIVE)


def test_only_an_ended_lecture_has_an_end(lecture: Lecture) -> None:
    refused("lectures_lecture_times", ended_at=clock.now())


def test_a_cancelled_lecture_says_why(lecture: Lecture) -> None:
    refused("lectures_lecture_reason", step=LectureStep.CANCELLED)


def test_reach_and_language_are_known(lecture: Lecture) -> None:
    refused("lectures_lecture_reach", reach="moon")
    refused("lectures_lecture_language", language="la")


def test_a_step_is_not_jumped_over(hospital: Institution) -> None:
    lecture_at(hospital, step=LectureStep.DRAFT)
    refused("Invalid transition", step=LectureStep.LIVE, announced_at=clock.now(), opened_at=clock.now())


def test_a_lecture_begins_as_a_draft(hospital: Institution) -> None:
    with pytest.raises(InternalError, match="lecture_first_step"):
        Lecture.unscoped.create(institution=hospital, title_en="A", starts_at=clock.now(), made_at=clock.now(),
                                step=LectureStep.LIVE)  # fmt: skip


def test_somebody_has_one_part(lecture: Lecture, lecturer: User) -> None:
    with pytest.raises(IntegrityError, match="lectures_crew_once"):
        given_by(lecture, lecturer, Part.MODERATOR)


def test_a_part_is_known(lecture: Lecture, listener: User) -> None:
    with pytest.raises(IntegrityError, match="lectures_crew_part"):
        given_by(lecture, listener, "singer")


def test_one_person_has_one_seat(lecture: Lecture, listener: User) -> None:
    seat(lecture, listener)
    with pytest.raises(IntegrityError, match="lectures_seat_once"):
        seat(lecture, listener)


def test_one_may_come_and_bring_a_room(lecture: Lecture, listener: User, community: Institution) -> None:
    seat(lecture, listener)
    seat(lecture, listener, kind=SeatKind.CLASSROOM, place="Room 2", institution=community)
    assert Seat.unscoped.count() == 2


@pytest.mark.parametrize("place", ["", "Room 2"])
def test_a_classroom_is_somewhere_at_an_institution(lecture: Lecture, listener: User, place: str) -> None:
    with pytest.raises(IntegrityError, match="lectures_seat_place"):
        seat(lecture, listener, kind=SeatKind.CLASSROOM, place=place)


def test_one_person_sits_in_no_room(lecture: Lecture, listener: User) -> None:
    with pytest.raises(IntegrityError, match="lectures_seat_place"):
        seat(lecture, listener, place="Room 2")


def test_the_database_counts_the_seats(lecture: Lecture, listener: User, asker: User) -> None:
    Lecture.unscoped.update(capacity=1)
    taken = seat(lecture, listener)
    with pytest.raises(InternalError, match="lectures_seat_free"), transaction.atomic():
        seat(lecture, asker)
    Seat.unscoped.filter(pk=taken.pk).update(given_up_at=clock.now())
    seat(lecture, asker)
    with pytest.raises(InternalError, match="lectures_seat_free"):
        Seat.unscoped.filter(pk=taken.pk).update(given_up_at=None)


def test_one_checks_in_once(lecture: Lecture, listener: User) -> None:
    sat = seat(lecture, listener)
    CheckIn.unscoped.create(seat=sat, user=listener, at=clock.now())
    with pytest.raises(IntegrityError, match="lectures_checkin_once"):
        CheckIn.unscoped.create(seat=sat, user=listener, at=clock.now())


def test_nobody_leaves_before_they_came(lecture: Lecture, listener: User) -> None:
    began, ended = clock.now(), lecture.made_at
    with pytest.raises(IntegrityError, match="lectures_attendance_span"):
        Attendance.unscoped.create(lecture=lecture, user=listener, began_at=began, ended_at=ended)


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_a_draft_is_seen_by_who_plans(hospital: Institution, lecturer: User, listener: User, manager: User) -> None:
    lecture_at(hospital, step=LectureStep.DRAFT)
    trainer = make_staff("planner", hospital, Role.TRAINING_ADMIN)
    assert [seen_by(user) for user in (lecturer, trainer, listener, manager)] == [1, 1, 0, 0]


def test_a_draft_is_seen_by_its_crew(hospital: Institution, listener: User) -> None:
    given_by(lecture_at(hospital, step=LectureStep.DRAFT), listener, Part.TYPIST)
    assert seen_by(listener) == 1


def test_an_announced_lecture_is_seen_by_all(lecture: Lecture, listener: User, stranger: User, manager: User) -> None:
    assert [seen_by(user) for user in (listener, stranger, manager)] == [1, 1, 1]


def test_a_lecture_of_the_house_is_seen_there(hospital: Institution, listener: User, nurse: User) -> None:
    lecture_at(hospital, reach="institution")
    assert seen_by(listener) == 0


def test_who_is_registered_sees_it_whatever_its_reach(hospital: Institution, listener: User) -> None:
    seat(lecture_at(hospital, reach="institution"), listener)
    assert seen_by(listener) == 1


def test_who_has_no_role_sees_what_they_registered_for(lecture: Lecture, db: None) -> None:
    visitor = User.objects.create_user(username="visitor", password="x")
    before = seen_by(visitor)
    seat(lecture, visitor)
    assert (before, seen_by(visitor)) == (0, 1)


def test_the_crew_is_seen_by_whoever_sees_the_lecture(lecture: Lecture, listener: User) -> None:
    with as_(listener):
        assert Crew.objects.count() == 1


def test_seats_are_one_s_own_and_the_planner_s(
    lecture: Lecture, listener: User, asker: User, lecturer: User, manager: User
) -> None:
    seat(lecture, listener)
    counts = []
    for user in (listener, asker, lecturer, manager):
        with as_(user):
            counts.append(Seat.objects.count())
    assert counts == [1, 0, 1, 1]


def test_check_ins_are_one_s_own_and_the_room_s(lecture: Lecture, listener: User, asker: User, lecturer: User) -> None:
    CheckIn.unscoped.create(seat=seat(lecture, listener), user=asker, at=clock.now())
    stranger_to_it = make_staff("elsewhere", lecture.institution, Role.NURSE)
    counts = []
    for user in (listener, asker, lecturer, stranger_to_it):
        with as_(user):
            counts.append(CheckIn.objects.count())
    assert counts == [1, 1, 1, 0]
