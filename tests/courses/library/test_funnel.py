"""How far people come, where films lose them: counted by people, and nothing told of few."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction

from consortium.kernel.actors import system
from consortium.kernel.errors import Busy
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Certificate
from courses.library.models import Course, Lesson
from courses.library.queries.apart import LEAST, held_back, places_held_back
from courses.library.queries.curves import BOTTOM, PIECES, TOP, Curve, curves_of
from courses.library.queries.funnel import Way, courses_counted, exams_of, in_time, ways_of
from tests.cast import actor_for
from tests.courses.library.crowd import certified, finishes, takes, watches
from tests.courses.library.films import playing, shown_in_course
from tests.courses.library.making import as_, chapter, draft, lessons_of, publish, published, reading
from tests.factories.exams import make_exam, make_version
from tests.factories.people import make_staff


def way(course: Course) -> Way:
    return ways_of(system("a test counts"), course)[0]


# -- how far people come ----------------------------------------------------------------------------------------------


def test_each_step_holds_the_next(course: Course, community: Institution) -> None:
    takes(course, community)
    takes(course, community, begun=True)
    takes(course, community, done=1)
    takes(course, community, done=2)
    certified(takes(course, community, done=2, days=3), course)
    found = way(course)

    assert (found.enrolled, found.begun, found.half, found.learnt, found.certified) == (5, 4, 3, 2, 1)


def test_who_left_is_not_counted(course: Course, community: Institution) -> None:
    takes(course, community)
    takes(course, community, done=2, withdrawn=True)

    assert (way(course).enrolled, way(course).learnt) == (1, 0)


def test_less_than_half_is_no_half(trainer: User, hospital: Institution) -> None:
    course = published(trainer, hospital, "One", "Two", "Three")
    takes(course, hospital, done=1)

    assert (way(course).begun, way(course).half) == (1, 0)


def test_a_lesson_that_is_not_required_brings_nobody_further(trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    reading(trainer, where, "Extra", required=False)
    reading(trainer, where, "Needed")
    course = publish(trainer, version).course
    takes(course, hospital, done=1)

    assert (way(course).begun, way(course).half) == (1, 0)


def test_where_nothing_is_required_all_of_it_counts(trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    for title in ("One", "Two"):
        reading(trainer, where, title, required=False)
    course = publish(trainer, version).course
    takes(course, hospital, done=1)
    takes(course, hospital, done=2)

    assert (way(course).half, way(course).learnt) == (2, 1)


def test_who_completed_an_earlier_version_has_done_it(course: Course, community: Institution) -> None:
    takes(course, community, days=1)

    assert (way(course).begun, way(course).half, way(course).learnt, way(course).passed) == (1, 1, 1, 1)


@pytest.fixture
def examined(trainer: User, hospital: Institution) -> Course:
    """A reading, then an exam."""
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    reading(trainer, where)
    reading(trainer, where, "Exam", kind="exam", exam_id=make_exam(trainer, hospital, [make_version(hospital)]).pk)
    return publish(trainer, version).course


def test_an_exam_is_a_step_of_its_own(examined: Course, community: Institution) -> None:
    takes(examined, community, done=1)
    takes(examined, community, done=2)
    found = way(examined)

    assert (found.has_exam, found.learnt, found.passed) == (True, 2, 1)


def test_who_only_passed_the_exam_has_not_done_the_lessons(examined: Course, community: Institution) -> None:
    exam = lessons_of(examined)[1]
    finishes(takes(examined, community), examined, exam.pk, exam.key)
    found = way(examined)

    assert (found.half, found.learnt, found.passed) == (1, 0, 0)


def test_a_course_without_an_exam_has_no_such_step(course: Course, community: Institution) -> None:
    takes(course, community)

    assert "Exams passed too" not in [word for word, _count, _share in way(course).steps]


def test_a_course_s_exams_are_named(examined: Course, trainer: User) -> None:
    with as_(trainer):
        assert [lesson.title_en for lesson in exams_of(examined)] == ["Exam"]


@pytest.mark.parametrize("step", ["replaced", "revoked"])
def test_a_certificate_that_has_ended_counts_no_more(course: Course, community: Institution, step: str) -> None:
    row = certified(takes(course, community, done=2, days=1), course)
    Certificate.unscoped.filter(pk=row.pk).update(step=step, ended_at=row.issued_at, reason="Wrong")

    assert (way(course).passed, way(course).certified) == (1, 0)


def test_a_certificate_of_another_course_is_another_s(
    course: Course, trainer: User, hospital: Institution, community: Institution
) -> None:
    certified(takes(course, community, done=2, days=1), published(trainer, hospital))

    assert way(course).certified == 0


def test_the_share_is_of_those_enrolled() -> None:
    steps = Way("", enrolled=3, begun=2).steps

    assert [(count, share) for _word, count, share in steps[:3]] == [(3, 100), (2, 67), (0, 0)]


def test_nobody_is_no_share() -> None:
    assert {share for _word, _count, share in Way("").steps} == {0}


def test_a_course_nobody_takes_has_no_way(course: Course) -> None:
    assert ways_of(system("a test counts"), course) == (Way(""), [])


# -- time to completion -----------------------------------------------------------------------------------------------


def test_days_from_enrolment_to_completion(course: Course, community: Institution) -> None:
    for days in (1, 2, 3, 4, 10):
        takes(course, community, days=days)
    takes(course, community)

    assert way(course).days == pytest.approx((3, 7.6))


def test_days_of_few_are_not_told() -> None:
    assert Way("", enrolled=9, completed=LEAST - 1, times=(3, 4)).days is None
    assert Way("", enrolled=9, completed=LEAST, times=(3, 4)).days == (3, 4)


# -- by place ---------------------------------------------------------------------------------------------------------


def many(course: Course, place: Institution | None, count: int) -> None:
    for _person in range(count):
        takes(course, place)


def told(course: Course) -> list[tuple[str, int]]:
    return [(one.label, one.enrolled) for one in ways_of(system("a test counts"), course)[1]]


def test_places_stand_the_most_first(course: Course, hospital: Institution, community: Institution) -> None:
    many(course, community, 5)
    many(course, hospital, 6)

    assert told(course) == [(hospital.name, 6), (community.name, 5)]


def test_places_of_few_stand_together(
    course: Course, hospital: Institution, community: Institution, district: Institution
) -> None:
    many(course, hospital, 6)
    many(course, community, 4)
    many(course, district, 1)

    assert told(course) == [(hospital.name, 6), ("All others", 5)]


def test_one_place_of_few_takes_the_next_with_it(
    course: Course, hospital: Institution, community: Institution, district: Institution
) -> None:
    """Else the whole less the others would tell it."""
    many(course, hospital, 7)
    many(course, community, 5)
    many(course, district, 1)

    assert told(course) == [(hospital.name, 7), ("All others", 6)]


def test_nothing_is_told_apart_where_all_are_few(course: Course, hospital: Institution, community: Institution) -> None:
    many(course, hospital, 3)
    many(course, community, 3)

    assert told(course) == []


def test_one_place_of_many_and_one_of_few_are_not_told_apart(
    course: Course, hospital: Institution, community: Institution
) -> None:
    many(course, hospital, 6)
    many(course, community, 1)

    assert told(course) == []


def test_who_works_nowhere_is_a_place_too(course: Course) -> None:
    many(course, None, 5)

    assert told(course) == [("No institution", 5)]


# -- the list of courses ----------------------------------------------------------------------------------------------


def listed(user: User, **asked: Any) -> list[tuple[Course, int]]:
    with as_(user) as actor:
        return [(course, found.enrolled) for course, found in courses_counted(actor, **asked).items]


def test_a_trainer_counts_the_courses_of_their_place(
    course: Course, trainer: User, other_trainer: User, unrelated: Institution, community: Institution
) -> None:
    takes(course, community)
    other = published(other_trainer, unrelated)

    assert listed(trainer) == [(course, 1)]
    assert listed(other_trainer) == [(other, 0)]


@pytest.mark.parametrize("role", [Role.CONSORTIUM_MANAGER, Role.AUDITOR])
def test_managers_and_auditors_count_all(
    course: Course, other_trainer: User, unrelated: Institution, hospital: Institution, role: str
) -> None:
    other = published(other_trainer, unrelated)

    assert listed(make_staff("reader", hospital, role)) == [(other, 0), (course, 0)]


def of(user: User, place: UUID) -> tuple[int, str]:
    with as_(user) as actor:
        ((_course, found),) = courses_counted(actor, place=place).items
    return found.enrolled, found.untold


def test_people_of_one_place_alone(
    course: Course, trainer: User, hospital: Institution, community: Institution
) -> None:
    many(course, community, 5)
    many(course, hospital, 6)

    assert of(trainer, community.pk) == (5, "")
    assert of(trainer, community.region_id) == (11, "")


def test_a_place_is_not_told_that_would_tell_a_few_of_its_region(
    course: Course, trainer: User, hospital: Institution, community: Institution
) -> None:
    """The region's nine less these six would be the other three."""
    many(course, hospital, 6)
    many(course, community, 3)

    assert of(trainer, hospital.region_id) == (9, "")
    assert of(trainer, hospital.pk) == (0, "rest")
    assert of(trainer, community.pk) == (0, "few")


def test_a_region_is_not_told_that_would_tell_a_few_of_another(
    course: Course, trainer: User, hospital: Institution, unrelated: Institution
) -> None:
    many(course, hospital, 6)
    many(course, unrelated, 2)

    assert of(trainer, hospital.region_id) == of(trainer, hospital.pk) == (0, "rest")
    assert of(trainer, unrelated.region_id) == (0, "few")


def test_who_works_nowhere_is_not_told_by_the_rest(course: Course, trainer: User, hospital: Institution) -> None:
    many(course, hospital, 6)
    many(course, None, 1)

    assert of(trainer, hospital.region_id) == (0, "rest")


def test_a_place_nobody_is_of_is_few(course: Course, trainer: User, unrelated: Institution) -> None:
    assert of(trainer, unrelated.pk) == (0, "few")


def test_a_few_are_told_whole_to_who_builds_the_course_alone(
    course: Course, trainer: User, hospital: Institution
) -> None:
    many(course, hospital, LEAST - 1)
    auditor = make_staff("reader", hospital, Role.AUDITOR)
    with as_(auditor) as actor:
        ((_course, found),) = courses_counted(actor).items
        assert ways_of(actor, course) == (found, [])

    assert (found.enrolled, found.untold) == (0, "few")
    assert listed(trainer) == [(course, LEAST - 1)]


# -- which groups may be told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 9, "b": 5}, ""),
        ({"a": 9, "b": 0}, ""),
        ({"a": 9, "b": 7, "c": 3}, "bc"),
        ({"a": 9, "b": 7, "c": 3, "d": 2}, "cd"),
        ({"a": 9, "b": 1}, "ab"),
        ({"a": 2, "b": 1}, "ab"),
        ({}, ""),
    ],
)
def test_all_that_is_not_told_is_five_or_more(sizes: dict[str, int], hidden: str) -> None:
    assert held_back(sizes) == set(hidden)


def test_a_region_that_is_not_told_takes_its_places_with_it() -> None:
    sizes = {"north": {"a": 9, "b": 8}, "south": {"c": 3}, "west": {"d": 30, "e": 7, "f": 4}}

    assert places_held_back(sizes) == ({"north", "south"}, set("abcef"))


# -- more people than one request can read -----------------------------------------------------------------------------


def test_counting_that_takes_too_long_says_so(db: None) -> None:
    with pytest.raises(Busy, match="took too long"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        with in_time():
            cursor.execute("SELECT pg_sleep(60)")


def test_another_fault_of_the_database_passes_on() -> None:
    with pytest.raises(OperationalError, match="away"), in_time():
        raise OperationalError("away")


def test_a_list_without_courses_asks_for_no_figures(other_trainer: User, django_assert_num_queries: Any) -> None:
    actor = actor_for(other_trainer)
    with as_(other_trainer), django_assert_num_queries(1):
        assert courses_counted(actor).items == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_two_queries(
    trainer: User, hospital: Institution, count: int, django_assert_num_queries: Any
) -> None:
    for _course in range(count):
        many(published(trainer, hospital), hospital, count)
    actor = actor_for(trainer)
    with as_(trainer), django_assert_num_queries(2):
        assert len(courses_counted(actor).items) == count


# -- where films lose their viewers -----------------------------------------------------------------------------------


@pytest.fixture
def filmed(trainer: User) -> Course:
    """One video of six seconds: pieces of 300 ms."""
    return shown_in_course(trainer, playing(trainer))


def watched(course: Course, *spans: tuple[int, int]) -> None:
    user = takes(course, course.institution)
    video = lessons_of(course)[0].video
    assert video is not None
    watches(user, video, *spans)


def curve(course: Course, trainer: User) -> Curve:
    with as_(trainer):
        (found,) = curves_of(course)
    return found


def test_a_piece_counts_for_who_watched_its_middle(filmed: Course, trainer: User) -> None:
    watched(filmed, (0, 6000))
    watched(filmed, (0, 450))
    watched(filmed, (0, 451), (5700, 6000))
    found = curve(filmed, trainer)

    assert found.viewers == 3
    assert found.shares == [100, 67, *[33] * (PIECES - 3), 67]


def test_who_watched_nothing_is_no_viewer(filmed: Course, trainer: User) -> None:
    watched(filmed)

    assert (curve(filmed, trainer).viewers, curve(filmed, trainer).shares) == (0, [])


def test_viewers_of_another_course_are_not_counted(filmed: Course, trainer: User, course: Course) -> None:
    video = lessons_of(filmed)[0].video
    assert video is not None
    watches(takes(course, course.institution), video, (0, 6000))

    assert curve(filmed, trainer).viewers == 0


def test_a_course_without_videos_has_no_curve(course: Course, trainer: User, django_assert_num_queries: Any) -> None:
    with as_(trainer), django_assert_num_queries(1):
        assert curves_of(course) == []


@pytest.mark.parametrize("count", [1, 3])
def test_curves_take_two_queries(filmed: Course, trainer: User, count: int, django_assert_num_queries: Any) -> None:
    for _viewer in range(count):
        watched(filmed, (0, 6000))
    with as_(trainer), django_assert_num_queries(2):
        assert curves_of(filmed)[0].viewers == count


def drawn(*shares: int, viewers: int = LEAST) -> Curve:
    return Curve(Lesson(), 6000, viewers, list(shares))


def test_the_piece_that_loses_most() -> None:
    assert drawn(100, 90, 50, 40, *[40] * 16).steepest == (600, 40)


def test_where_nobody_stops_nothing_is_told_of_it() -> None:
    assert drawn(*[80] * PIECES).steepest is None


def test_few_viewers_are_not_told() -> None:
    assert (drawn(100, viewers=LEAST - 1).enough, drawn(100).enough) == (False, True)


def test_the_line_goes_from_top_to_bottom() -> None:
    first, *_, last = drawn(100, *[50] * (PIECES - 2), 0).points.split()

    assert first == f"54.2,{TOP:.1f}"
    assert last == f"365.8,{BOTTOM:.1f}"


def test_the_table_names_each_piece() -> None:
    rows = drawn(*[40] * PIECES).rows

    assert (len(rows), rows[0], rows[-1]) == (PIECES, (0, 300, 40), (5700, 6000, 40))


def test_the_axes_say_quarters() -> None:
    found = drawn(*[40] * PIECES)

    assert [at for _x, at in found.x_ticks] == [0, 1500, 3000, 4500, 6000]
    assert [share for _y, share in found.y_ticks] == [0, 25, 50, 75, 100]


@pytest.mark.parametrize("count", [1, 3])
def test_the_figures_of_a_course_take_five_queries(
    filmed: Course, trainer: User, count: int, django_assert_num_queries: Any
) -> None:
    for _viewer in range(count * LEAST):
        watched(filmed, (0, 6000))
    with as_(trainer), django_assert_num_queries(5):
        ways_of(system("a test counts"), filmed), curves_of(filmed), exams_of(filmed)
