"""Who was there: visits that go on while the server sees their page, in batches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from consortium.kernel import clock
from consortium.kernel.errors import NotPermitted
from consortium.people.models import User
from courses.live.models import Attendance, Lecture
from courses.live.operations.presence import SAME_VISIT, keep_attendance
from tests.courses.live.room.rooms import as_system, do

pytestmark = pytest.mark.django_db


def keep(lecture: Lecture, *users: User) -> None:
    as_system(keep_attendance, lecture_id=lecture.pk, user_ids=[user.pk for user in users])


def seconds_ago(lecture: Lecture, seconds: float) -> None:
    """What was kept until now was kept so long ago."""
    for visit in Attendance.unscoped.filter(lecture=lecture):
        at = visit.ended_at - timedelta(seconds=seconds)
        Attendance.unscoped.filter(pk=visit.pk).update(began_at=min(visit.began_at, at), ended_at=at)


def visits(lecture: Lecture) -> dict[UUID, int]:
    rows: Any = Attendance.unscoped.filter(lecture=lecture).values_list("user_id", flat=True)
    return {user: list(rows).count(user) for user in rows}


def test_who_comes_and_who_stays(lecture: Lecture, viewer: User, other_viewer: User) -> None:
    keep(lecture, viewer)
    seconds_ago(lecture, 30)
    keep(lecture, viewer, other_viewer)
    stayed = Attendance.unscoped.get(user=viewer)
    assert visits(lecture) == {viewer.pk: 1, other_viewer.pk: 1}
    assert (stayed.ended_at - stayed.began_at).total_seconds() >= 30


def test_who_was_away_for_long_begins_another_visit(lecture: Lecture, viewer: User) -> None:
    keep(lecture, viewer)
    seconds_ago(lecture, SAME_VISIT + 1)
    keep(lecture, viewer)
    assert visits(lecture) == {viewer.pk: 2}


def test_before_and_after_the_lecture_nobody_attends(lecture: Lecture, viewer: User) -> None:
    Lecture.unscoped.filter(pk=lecture.pk).update(step="ended", ended_at=clock.now())
    keep(lecture, viewer)
    assert visits(lecture) == {}


def test_nobody_writes_down_their_own(lecture: Lecture, viewer: User) -> None:
    with pytest.raises(NotPermitted):
        do(viewer, keep_attendance, lecture_id=lecture.pk, user_ids=[viewer.pk])


def test_of_many_it_is_two_statements(
    lecture: Lecture, viewer: User, other_viewer: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):  # with the savepoint
        keep(lecture, viewer, other_viewer)
