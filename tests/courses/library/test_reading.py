"""What the pages read: search in both languages, shelves, pages of a list, and how many queries that takes."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.kernel.errors import NotVisible
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Course, Lesson
from courses.library.operations import (
    archive_course,
    confirm_lesson,
    edit_version,
    enrol_oneself,
    enrol_people,
)
from courses.library.queries.building import courses_built, desk_panel, people_of
from courses.library.queries.catalogue import catalogue, learning_panel, own_courses, programmes_shown
from courses.library.queries.page import course_page, course_seen, lesson_seen, neighbours, shown
from tests.courses.library.making import as_, chapter, draft, lessons_of, publish, published, reading


def titles(actor: Any, **asked: Any) -> list[str]:
    return [card.title for card in catalogue(actor, **asked).items]


@pytest.fixture
def two(trainer: User, hospital: Institution) -> list[Course]:
    """One for nurses of the community in both languages, and one for everybody."""
    version = draft(trainer, hospital, "Dehydration", title_zh="小儿脱水")
    reading(trainer, chapter(trainer, version), "Sunken eyes")
    with as_(trainer) as actor:
        fields = {"tiers": [1], "roles": [Role.NURSE], "hours": 1}
        edit_version(actor=actor, version_id=version.pk, fields=fields, texts={"zh": {"summary": "补液盐的用法"}})
    return [publish(trainer, version).course, published(trainer, hospital, title="Wheeze")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("dehyd", ["Dehydration"]),
        ("脱水", ["Dehydration"]),
        ("补液盐", ["Dehydration"]),
        ("水脱", []),
        ("sunken eyes", ["Dehydration"]),
        ("wheeze", ["Wheeze"]),
        ("", ["Wheeze", "Dehydration"]),
        ("!!!", ["Wheeze", "Dehydration"]),
        ("nothing", []),
    ],
)
def test_search_in_both_languages(learner: User, two: list[Course], asked: str, found: list[str]) -> None:
    with as_(learner) as actor:
        assert titles(actor, search=asked) == found


def test_what_is_for_one_s_role(learner: User, nurse: User, two: list[Course]) -> None:
    with as_(learner) as actor:
        assert titles(actor, shelf="for_me") == ["Wheeze"]
    with as_(nurse) as actor:
        assert titles(actor, shelf="for_me") == ["Wheeze", "Dehydration"]


def test_the_shelves_of_what_one_takes(learner: User, trainer: User, two: list[Course]) -> None:
    dry, wheeze = two
    with as_(trainer) as actor:
        enrol_people(actor=actor, course_id=dry.pk, user_ids=[learner.pk], required=True)
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=wheeze.pk)
        assert titles(actor, shelf="required") == ["Dehydration"]
        assert titles(actor, shelf="taking") == ["Wheeze", "Dehydration"]
        for lesson in lessons_of(wheeze):
            confirm_lesson(actor=actor, lesson_id=lesson.pk)
        assert titles(actor, shelf="finished") == ["Wheeze"]
        assert titles(actor, shelf="taking") == ["Dehydration"]


def test_an_archived_course_is_still_taken_by_who_takes_it(learner: User, trainer: User, two: list[Course]) -> None:
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=two[1].pk)
    with as_(trainer) as actor:
        archive_course(actor=actor, course_id=two[1].pk)
    with as_(learner) as actor:
        assert titles(actor, shelf="taking") == ["Wheeze"]
        assert course_page(actor, course_seen(two[1].pk))["following"] is not None


def test_the_catalogue_comes_in_pages(learner: User, two: list[Course]) -> None:
    with as_(learner) as actor:
        first = catalogue(actor, size=1)
        second = catalogue(actor, size=1, after=first.next_cursor)
        assert [card.title for card in (*first.items, *second.items)] == ["Wheeze", "Dehydration"]
        assert second.next_cursor == ""


def test_one_s_own_panel(learner: User, two: list[Course]) -> None:
    with as_(learner) as actor:
        assert learning_panel(actor) is None
        enrol_oneself(actor=actor, course_id=two[0].pk)
        panel = learning_panel(actor)
        assert panel is not None and [card.title for card in panel["cards"]] == ["Dehydration"]


def test_the_builder_s_panel(learner: User, trainer: User) -> None:
    with as_(learner) as actor:
        assert desk_panel(actor) is None
    with as_(trainer) as actor:
        assert desk_panel(actor) == {"template": "library/desk_panel.html", "stale": 0}


def test_the_lessons_around_a_lesson(learner: User, course: Course) -> None:
    first, second = lessons_of(course)
    with as_(learner):
        assert neighbours(lesson_seen(first.pk)) == (None, second)
        assert neighbours(lesson_seen(second.pk)) == (first, None)


def test_a_hidden_lesson_and_course(learner: User, trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    lesson = reading(trainer, chapter(trainer, version))
    with as_(learner):
        with pytest.raises(NotVisible):
            lesson_seen(lesson.pk)
        with pytest.raises(NotVisible):
            course_seen(version.course_id)


def test_the_other_language_stands_in(learner: User, course: Course, settings: Any) -> None:
    lesson: Lesson = lessons_of(course)[0]
    with as_(learner):
        assert shown(lesson_seen(lesson.pk))["stages"][0].blocks[0]["lines"] == ("One, in words.",)


# -- queries


def _counted(count: int, trainer: User, hospital: Institution) -> Course:
    made = [published(trainer, hospital, title=f"C{number}") for number in range(count)]
    return made[0]


@pytest.mark.parametrize("count", [1, 3])
def test_the_catalogue_takes_three_queries(
    count: int, learner: User, trainer: User, hospital: Institution, django_assert_num_queries: Any
) -> None:
    _counted(count, trainer, hospital)
    with as_(learner) as actor, django_assert_num_queries(3):
        catalogue(actor)


@pytest.mark.parametrize("count", [1, 3])
def test_a_course_takes_seven_queries(
    count: int, learner: User, trainer: User, hospital: Institution, django_assert_num_queries: Any
) -> None:
    course = published(trainer, hospital, *(f"L{number}" for number in range(count)))
    with as_(learner) as actor, django_assert_num_queries(7):
        course_page(actor, course_seen(course.pk))


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_takes_two_queries(
    count: int, trainer: User, hospital: Institution, django_assert_num_queries: Any
) -> None:
    _counted(count, trainer, hospital)
    with as_(trainer) as actor, django_assert_num_queries(2):
        assert len(courses_built(actor).items) == count


@pytest.mark.parametrize("count", [1, 3])
def test_who_takes_a_course_takes_one_query(
    count: int, learner: User, nurse: User, asker: User, trainer: User, course: Course,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    people = [learner.pk, nurse.pk, asker.pk][:count]
    with as_(trainer) as actor:
        enrol_people(actor=actor, course_id=course.pk, user_ids=people)
        with django_assert_num_queries(1):
            assert len([row.user.full_name for row in people_of(course).items]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_one_s_own_courses_take_three_queries(
    count: int, learner: User, trainer: User, hospital: Institution, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        course = published(trainer, hospital, title=f"C{number}")
        with as_(learner) as actor:
            enrol_oneself(actor=actor, course_id=course.pk)
    with as_(learner) as actor, django_assert_num_queries(3):
        assert len(own_courses(actor)) == count


def test_no_programme_is_shown_where_there_is_none(learner: User) -> None:
    with as_(learner):
        assert programmes_shown() == []
