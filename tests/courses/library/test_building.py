"""Drafts, their outline, publishing, and what the database holds of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError

from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.people.models import Institution, User
from courses.library.models import (
    Chapter,
    Course,
    CourseVersion,
    Lesson,
    LessonText,
    Prerequisite,
    SearchText,
    VersionText,
)
from courses.library.operations import (
    add_chapter,
    add_lesson,
    archive_course,
    copy_course,
    discard_draft,
    draft_again,
    drop_need,
    edit_lesson,
    edit_programme,
    edit_version,
    make_course,
    make_programme,
    move_row,
    need_course,
    publish_course,
    put_in_order,
    withdraw_course,
)
from tests.courses.library.making import as_, chapter, draft, lessons_of, publish, published, reading

# -- beginning


def test_a_double_click_begins_one_course(trainer: User, hospital: Institution) -> None:
    key = uuid4()
    with as_(trainer) as actor:
        made = [make_course(actor=actor, institution_id=hospital.pk, title_en="T", key=key) for _time in range(2)]
    assert [fresh for _version, fresh in made] == [True, False]
    assert made[0][0].pk == made[1][0].pk


def test_a_course_has_a_title_in_one_language(trainer: User, hospital: Institution) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="one of the two languages"):
        make_course(actor=actor, institution_id=hospital.pk, title_en="  ")


def test_a_chinese_title_is_enough(trainer: User, hospital: Institution) -> None:
    assert draft(trainer, hospital, "", title_zh="发热").title == "发热"


def test_a_course_is_found_by_somebody(trainer: User, hospital: Institution) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput):
        make_course(actor=actor, institution_id=hospital.pk, title_en="T", reach="moon")


def test_nobody_builds_for_another_institution(trainer: User, unrelated: Institution) -> None:
    with as_(trainer) as actor, pytest.raises(NotPermitted):
        make_course(actor=actor, institution_id=unrelated.pk, title_en="T")


def test_a_learner_builds_nothing(learner: User, community: Institution) -> None:
    with as_(learner) as actor, pytest.raises(NotPermitted):
        make_course(actor=actor, institution_id=community.pk, title_en="T")


def test_there_must_be_such_an_institution(trainer: User) -> None:
    with as_(trainer) as actor, pytest.raises(NotVisible):
        make_course(actor=actor, institution_id=uuid4(), title_en="T")


# -- sight


def test_a_draft_is_seen_by_its_builders_only(trainer: User, other_trainer: User, begun: CourseVersion) -> None:
    with as_(trainer):
        assert CourseVersion.objects.filter(pk=begun.pk).exists()
    with as_(other_trainer):
        assert not CourseVersion.objects.filter(pk=begun.pk).exists()


@pytest.mark.parametrize(("reach", "seen"), [("consortium", True), ("region", True), ("institution", False)])
def test_who_finds_it(learner: User, trainer: User, hospital: Institution, reach: str, seen: bool) -> None:
    version = draft(trainer, hospital, reach=reach)
    reading(trainer, chapter(trainer, version))
    publish(trainer, version)
    with as_(learner):
        assert Course.objects.exists() is seen
        assert Lesson.objects.exists() is seen


def test_a_region_s_course_is_not_found_in_another(other_trainer: User, trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital, reach="region")
    reading(trainer, chapter(trainer, version))
    publish(trainer, version)
    with as_(other_trainer):
        assert not Course.objects.exists()


# -- what a version says


def test_texts_are_one_row_a_language(trainer: User, begun: CourseVersion) -> None:
    with as_(trainer) as actor:
        texts = {"en": {"summary": "About"}, "zh": {"aims": "- 会做"}}
        edit_version(actor=actor, version_id=begun.pk, fields={}, texts=texts)
        edit_version(actor=actor, version_id=begun.pk, fields={}, texts={"en": {"summary": " "}})
    assert list(VersionText.unscoped.values_list("language", "aims")) == [("zh", "- 会做")]


def test_there_are_two_languages(trainer: User, begun: CourseVersion) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput):
        edit_version(actor=actor, version_id=begun.pk, fields={}, texts={"fr": {"summary": "x"}})


def test_a_cover_is_a_picture_of_the_course(trainer: User, begun: CourseVersion) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="picture of this course"):
        edit_version(actor=actor, version_id=begun.pk, fields={"cover_id": uuid4()})


def test_two_builders_do_not_overwrite_each_other(trainer: User, begun: CourseVersion) -> None:
    with as_(trainer) as actor:
        edit_version(actor=actor, version_id=begun.pk, fields={"hours": 2}, version=1)
        with pytest.raises(StaleVersion):
            edit_version(actor=actor, version_id=begun.pk, fields={"hours": 3}, version=1)


def test_hours_are_bounded_by_the_database(trainer: User, begun: CourseVersion) -> None:
    with as_(trainer) as actor, pytest.raises(Exception, match="between 0 and 200"):
        edit_version(actor=actor, version_id=begun.pk, fields={"hours": 300})


# -- the outline


def order(version: CourseVersion) -> list[tuple[str, list[str]]]:
    rows = Chapter.unscoped.filter(version=version).order_by("position")
    return [(row.title_en, list(row.lessons.order_by("position").values_list("title_en", flat=True))) for row in rows]


@pytest.fixture
def outlined(trainer: User, begun: CourseVersion) -> CourseVersion:
    for name, lessons in (("A", ("a1", "a2")), ("B", ("b1",))):
        where = chapter(trainer, begun, name)
        for lesson in lessons:
            reading(trainer, where, lesson)
    return begun


def moved(trainer: User, version: CourseVersion, title: str, *, up: bool) -> list[tuple[str, list[str]]]:
    row = Lesson.unscoped.filter(title_en=title).first() or Chapter.unscoped.get(title_en=title)
    with as_(trainer) as actor:
        move_row(actor=actor, version_id=version.pk, row_id=row.pk, up=up)
    return order(version)


@pytest.mark.parametrize(
    ("title", "up", "then"),
    [
        ("a2", True, [("A", ["a2", "a1"]), ("B", ["b1"])]),
        ("a1", False, [("A", ["a2", "a1"]), ("B", ["b1"])]),
        ("a2", False, [("A", ["a1"]), ("B", ["a2", "b1"])]),
        ("b1", True, [("A", ["a1", "a2", "b1"]), ("B", [])]),
        ("a1", True, [("A", ["a1", "a2"]), ("B", ["b1"])]),
        ("b1", False, [("A", ["a1", "a2"]), ("B", ["b1"])]),
        ("B", True, [("B", ["b1"]), ("A", ["a1", "a2"])]),
        ("A", True, [("A", ["a1", "a2"]), ("B", ["b1"])]),
    ],
)
def test_a_row_moves(trainer: User, outlined: CourseVersion, title: str, up: bool, then: object) -> None:
    assert moved(trainer, outlined, title, up=up) == then


def test_a_row_that_is_not_there_moves_nothing(trainer: User, outlined: CourseVersion) -> None:
    before = order(outlined)
    with as_(trainer) as actor:
        move_row(actor=actor, version_id=outlined.pk, row_id=uuid4(), up=True)
    assert order(outlined) == before


def test_an_order_names_every_row_once(trainer: User, outlined: CourseVersion) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="look again"):
        put_in_order(actor=actor, version_id=outlined.pk, order=[])


def test_a_lesson_is_of_a_known_kind(trainer: User, outlined: CourseVersion) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="what kind"):
        place = Chapter.objects.filter(version=outlined)[0]
        add_lesson(actor=actor, chapter_id=place.pk, kind="dance", fields={"title_en": "x"})


@pytest.mark.parametrize("name", ["material_id", "video_id", "exam_id"])
def test_a_lesson_shows_only_what_its_builder_sees(trainer: User, outlined: CourseVersion, name: str) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput):
        lesson = Lesson.objects.filter(version=outlined)[0]
        edit_lesson(actor=actor, lesson_id=lesson.pk, fields={name: uuid4()})


def test_a_reading_shows_no_exam(trainer: User, outlined: CourseVersion) -> None:
    lesson = Lesson.unscoped.filter(version=outlined)[0]
    with pytest.raises(IntegrityError, match="library_lesson_share"), transaction.atomic():
        Lesson.unscoped.filter(pk=lesson.pk).update(watch_share=0)


def test_an_emptied_text_is_gone(trainer: User, outlined: CourseVersion) -> None:
    lesson = Lesson.unscoped.get(title_en="a1")
    with as_(trainer) as actor:
        edit_lesson(actor=actor, lesson_id=lesson.pk, fields={}, texts={"en": " ", "zh": "正文"})
        with pytest.raises(InvalidInput):
            edit_lesson(actor=actor, lesson_id=lesson.pk, fields={}, texts={"fr": "x"})
    assert list(LessonText.unscoped.filter(lesson=lesson).values_list("language", flat=True)) == ["zh"]


# -- publishing


def test_a_course_without_a_lesson_is_not_published(trainer: User, begun: CourseVersion) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="at least one"):
        publish_course(actor=actor, version_id=begun.pk)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("reading", "has no text yet"),
        ("case", "has no text yet"),
        ("file", "has no file yet"),
        ("video", "has no video that can be played yet"),
        ("recording", "has no video that can be played yet"),
        ("exam", "has no published exam yet"),
        ("questionnaire", "has no questionnaire yet"),
    ],
)
def test_what_is_empty_is_not_published(trainer: User, begun: CourseVersion, kind: str, says: str) -> None:
    with as_(trainer) as actor:
        place = add_chapter(actor=actor, version_id=begun.pk, title_en="C")
        add_lesson(actor=actor, chapter_id=place.pk, kind=kind, fields={"title_en": "Empty"})
        with pytest.raises(InvalidInput, match=f"“Empty” {says}"):
            publish_course(actor=actor, version_id=begun.pk)


def test_a_published_version_is_published_once(trainer: User, course: Course) -> None:
    with as_(trainer) as actor, pytest.raises(WrongStep):
        publish_course(actor=actor, version_id=CourseVersion.objects.get().pk)


def test_the_next_version_replaces_the_one_before(trainer: User, course: Course) -> None:
    with as_(trainer) as actor:
        again = draft_again(actor=actor, course_id=course.pk)
        assert draft_again(actor=actor, course_id=course.pk).pk == again.pk
    publish(trainer, again)
    assert list(CourseVersion.unscoped.order_by("number").values_list("step", flat=True)) == ["superseded", "published"]
    assert Course.unscoped.get().current_id == again.pk
    assert set(SearchText.unscoped.values_list("version_id", flat=True)) == {again.pk}


def test_the_next_version_begins_as_the_one_before(trainer: User, course: Course) -> None:
    with as_(trainer) as actor:
        again = draft_again(actor=actor, course_id=course.pk)
    before = {(row.key, row.title_en, row.position) for row in lessons_of(course)}
    assert {(row.key, row.title_en, row.position) for row in again.lessons.all()} == before
    assert LessonText.unscoped.filter(lesson__version=again).count() == 2


def test_a_copy_has_keys_of_its_own(trainer: User, hospital: Institution, course: Course) -> None:
    with as_(trainer) as actor:
        made = copy_course(actor=actor, course_id=course.pk, institution_id=hospital.pk)
    assert not {row.key for row in made.lessons.all()} & {row.key for row in lessons_of(course)}


def test_anybody_s_published_course_is_copied_to_one_s_own_place(
    other_trainer: User, unrelated: Institution, course: Course
) -> None:
    with as_(other_trainer) as actor:
        made = copy_course(actor=actor, course_id=course.pk, institution_id=unrelated.pk)
    assert made.course.institution_id == unrelated.pk


def test_a_withdrawn_course_can_be_written_anew(trainer: User, course: Course) -> None:
    with as_(trainer) as actor:
        withdraw_course(actor=actor, version_id=CourseVersion.objects.get().pk, reason="Wrong")
        assert Course.objects.get().current is None
        assert draft_again(actor=actor, course_id=course.pk).number == 2


def test_withdrawing_takes_a_reason(trainer: User, course: Course) -> None:
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="Say why"):
        withdraw_course(actor=actor, version_id=CourseVersion.objects.get().pk, reason=" ")


def test_a_discarded_draft_makes_room(trainer: User, course: Course) -> None:
    with as_(trainer) as actor:
        discard_draft(actor=actor, version_id=draft_again(actor=actor, course_id=course.pk).pk)
        assert draft_again(actor=actor, course_id=course.pk).number == 3


def test_a_course_is_archived_once(trainer: User, course: Course) -> None:
    with as_(trainer) as actor:
        archive_course(actor=actor, course_id=course.pk)
        with pytest.raises(WrongStep):
            archive_course(actor=actor, course_id=course.pk)


# -- what the database holds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE library_courseversion SET title_en = 'Other'",
        "UPDATE library_chapter SET title_en = 'Other'",
        "UPDATE library_lesson SET minutes = 9",
        "UPDATE library_lessontext SET body = 'Other'",
        "DELETE FROM library_lessontext",
        "INSERT INTO library_manuallink (lesson_id, pathway, branch) SELECT id, 'x', '' FROM library_lesson LIMIT 1",
    ],
)
def test_a_published_version_is_not_changed(course: Course, statement: str) -> None:
    refused = pytest.raises(InternalError, match="library_published_fixed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("step", ["draft", "superseded2", "withdrawn"])
def test_only_the_machine_moves_a_version(begun: CourseVersion, step: str) -> None:
    sent = {"draft": "superseded", "superseded2": "superseded", "withdrawn": "draft"}[step]
    if step == "withdrawn":
        CourseVersion.unscoped.filter(pk=begun.pk).update(step="withdrawn")
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        CourseVersion.unscoped.filter(pk=begun.pk).update(step=sent)


def test_a_version_is_kept(begun: CourseVersion) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        CourseVersion.unscoped.filter(pk=begun.pk).delete()


def test_a_course_has_one_draft(begun: CourseVersion) -> None:
    with pytest.raises(IntegrityError, match="library_version_one_draft"), transaction.atomic():
        CourseVersion.unscoped.create(course=begun.course, number=2, title_en="T", made_at=begun.made_at)


def test_no_row_is_born_published(begun: CourseVersion) -> None:
    with pytest.raises(InternalError, match="first_step"), transaction.atomic():
        CourseVersion.unscoped.create(
            course=begun.course, number=2, title_en="T", made_at=begun.made_at, step="withdrawn"
        )


# -- what comes first


def test_no_ring_of_courses(trainer: User, hospital: Institution) -> None:
    a, b, c = (published(trainer, hospital, title=name) for name in "ABC")
    with as_(trainer) as actor:
        need_course(actor=actor, course_id=a.pk, needs_id=b.pk)
        need_course(actor=actor, course_id=b.pk, needs_id=c.pk)
        with pytest.raises(InvalidInput, match="neither could ever begin"):
            need_course(actor=actor, course_id=c.pk, needs_id=a.pk)
        with pytest.raises(InvalidInput):
            need_course(actor=actor, course_id=a.pk, needs_id=a.pk)


def test_a_course_is_asked_for_once(trainer: User, hospital: Institution, course: Course) -> None:
    other = published(trainer, hospital, title="Other")
    with as_(trainer) as actor:
        need_course(actor=actor, course_id=course.pk, needs_id=other.pk)
        with pytest.raises(Exception, match="already"):
            need_course(actor=actor, course_id=course.pk, needs_id=other.pk)
        for _time in range(2):
            drop_need(actor=actor, course_id=course.pk, needs_id=other.pk)
    assert not Prerequisite.unscoped.exists()


def test_only_a_course_that_exists_is_asked_for(trainer: User, course: Course) -> None:
    with as_(trainer) as actor, pytest.raises(NotVisible):
        need_course(actor=actor, course_id=course.pk, needs_id=uuid4())


# -- programmes


def test_a_programme_holds_courses_in_order(trainer: User, hospital: Institution) -> None:
    a, b = (published(trainer, hospital, title=name) for name in "AB")
    with as_(trainer) as actor:
        made, _fresh = make_programme(actor=actor, institution_id=hospital.pk, title_en="P")
        edit_programme(actor=actor, programme_id=made.pk, title_en="P", title_zh="", course_ids=[b.pk, a.pk, b.pk])
    assert list(made.places.order_by("position").values_list("course_id", flat=True)) == [b.pk, a.pk]


@pytest.mark.parametrize("words", [{"course_ids": [uuid4()]}, {"reach": "moon"}, {"summaries": {"fr": "x"}}])
def test_a_programme_is_refused(trainer: User, hospital: Institution, words: dict[str, Any]) -> None:
    with as_(trainer) as actor:
        made, _fresh = make_programme(actor=actor, institution_id=hospital.pk, title_en="P")
        said: dict[str, Any] = {"title_en": "P", "title_zh": "", "course_ids": [], **words}
        with pytest.raises(InvalidInput):
            edit_programme(actor=actor, programme_id=made.pk, **said)


def test_a_programme_nobody_shows_is_its_builders(trainer: User, learner: User, hospital: Institution) -> None:
    with as_(trainer) as actor:
        made, _fresh = make_programme(actor=actor, institution_id=hospital.pk, title_en="P")
    with as_(learner) as actor, pytest.raises(NotVisible):
        edit_programme(actor=actor, programme_id=made.pk, title_en="P", title_zh="", course_ids=[])
