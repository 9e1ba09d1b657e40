"""A new version of a page of the manual marks exactly the lessons that teach what changed in it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

import pytest

from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible
from consortium.people.models import Institution, User
from courses.library.models import Course, Lesson, StaleMark
from courses.library.operations import draft_again, mark_stale, publish_course, settle_stale
from courses.library.queries.building import stale_lessons
from tests.courses.library.making import as_, chapter, draft, publish, reading

FEVER, WHEEZE = "fever-under-90d", "wheeze"


@pytest.fixture
def taught(trainer: User, hospital: Institution) -> Course:
    """Lessons on fever as a whole, on one branch of it, on another, on wheeze, and on nothing."""
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    for title, manual in (
        ("Whole", [(FEVER, "")]), ("Now", [(FEVER, "n-NOW")]), ("Later", [(FEVER, "n-LATER")]),
        ("Wheeze", [(WHEEZE, "")]), ("Nothing", []),
    ):  # fmt: skip
        reading(trainer, where, title, manual=manual)
    return publish(trainer, version).course


def marked(pathway: str = FEVER, changed: Collection[str] | None = None, version: UUID | None = None) -> list[str]:
    with acting_as(system("the manual has changed")) as actor:
        ids = mark_stale(actor=actor, pathway=pathway, manual_version_id=version or uuid4(), changed=changed)
    return sorted(Lesson.unscoped.filter(pk__in=ids).values_list("title_en", flat=True))


def test_unknown_changes_mark_all_lessons_of_the_page(taught: Course) -> None:
    assert marked() == ["Later", "Now", "Whole"]


def test_a_changed_branch_marks_its_lessons_and_those_of_the_whole(taught: Course) -> None:
    assert marked(changed=["n-NOW"]) == ["Now", "Whole"]


def test_another_page_marks_its_own(taught: Course) -> None:
    assert marked(WHEEZE) == ["Wheeze"]


def test_a_page_that_nobody_teaches_marks_nothing(taught: Course) -> None:
    assert marked("limp") == []


def test_the_same_version_marks_once(taught: Course) -> None:
    version = uuid4()
    assert marked(version=version) == ["Later", "Now", "Whole"]
    assert marked(version=version) == []


def test_a_draft_is_marked_too(trainer: User, taught: Course) -> None:
    with as_(trainer) as actor:
        draft_again(actor=actor, course_id=taught.pk)
    assert marked(changed=["n-NOW"]) == ["Now", "Now", "Whole", "Whole"]


def test_the_builder_sees_what_waits(trainer: User, other_trainer: User, taught: Course) -> None:
    marked(changed=["n-NOW"])
    with as_(trainer) as actor:
        assert [lesson.title_en for lesson in stale_lessons(actor)] == ["Whole", "Now"]
    with as_(other_trainer) as actor:
        assert stale_lessons(actor) == []


def test_what_is_still_right_waits_no_more(trainer: User, taught: Course) -> None:
    marked(changed=["n-NOW"])
    with as_(trainer) as actor:
        draft_again(actor=actor, course_id=taught.pk)
        lesson = Lesson.objects.filter(title_en="Now").order_by("version__number")[0]
        assert settle_stale(actor=actor, lesson_id=lesson.pk) == 2
        assert settle_stale(actor=actor, lesson_id=lesson.pk) == 0


def test_a_stale_draft_is_not_published_unseen(trainer: User, taught: Course) -> None:
    marked(WHEEZE)
    with as_(trainer) as actor:
        again = draft_again(actor=actor, course_id=taught.pk)
        with pytest.raises(InvalidInput, match="“Wheeze” teaches a page of the manual that has changed"):
            publish_course(actor=actor, version_id=again.pk)
        assert settle_stale(actor=actor, lesson_id=again.lessons.get(title_en="Wheeze").pk, how="edited") == 1
        publish_course(actor=actor, version_id=again.pk)
    assert sorted(StaleMark.unscoped.values_list("settled", flat=True)) == ["edited", "replaced"]


def test_a_mark_is_settled_by_who_builds(learner: User, trainer: User, taught: Course) -> None:
    marked(WHEEZE)
    lesson = Lesson.unscoped.get(title_en="Wheeze")
    with as_(learner) as actor, pytest.raises(NotPermitted):
        settle_stale(actor=actor, lesson_id=lesson.pk)
    with as_(trainer) as actor:
        with pytest.raises(InvalidInput):
            settle_stale(actor=actor, lesson_id=lesson.pk, how="replaced")
        with pytest.raises(NotVisible):
            settle_stale(actor=actor, lesson_id=uuid4())
