"""What courses hear, and whom they tell."""

from __future__ import annotations

from uuid import uuid4

from consortium.kernel.actors import acting_as, system
from consortium.notices.models import Notice
from consortium.people.events import SeatGained
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.events import ExamPassed
from courses.library.events import CourseCompleted, CoursePublished, LessonsStale, PeopleEnrolled
from courses.library.models import Course, Enrolment, StaleMark
from courses.library.operations import make_rule
from courses.library.receivers.enrolling import complete_by_new_version, enrol_newcomer
from courses.library.receivers.passing import complete_by_exam
from courses.library.receivers.staling import mark_lessons_stale
from courses.library.receivers.telling import tell_builders, tell_those_enrolled, tell_who_completed
from decision_manual.events import VersionApproved
from tests.courses.library.making import as_, chapter, draft, publish, reading
from tests.factories.people import make_staff

HEARD = system("an event was heard")


def kinds() -> list[tuple[str, str]]:
    return sorted(Notice.objects.values_list("recipient__username", "kind"))


def test_those_enrolled_are_told_once(learner: User, trainer: User, course: Course) -> None:
    event = PeopleEnrolled(course.pk, [str(learner.pk), str(trainer.pk)], required=True)
    with acting_as(HEARD):
        for _time in range(2):
            tell_those_enrolled(1, event)
        tell_those_enrolled(2, PeopleEnrolled(course.pk, [str(learner.pk)], required=False))
        assert kinds() == [
            ("learner", "course.enrolled"), ("learner", "course.required"), ("trainer", "course.required"),
        ]  # fmt: skip


def test_who_completed_is_told(learner: User, course: Course) -> None:
    with acting_as(HEARD):
        tell_who_completed(1, CourseCompleted(course.pk, uuid4(), learner.pk))
        assert kinds() == [("learner", "course.completed")]


def test_the_builders_are_told_of_a_new_page(trainer: User, other_trainer: User, course: Course) -> None:
    with acting_as(HEARD):
        tell_builders(1, LessonsStale(course.pk, "wheeze"))
        assert kinds() == [("trainer", "course.stale")]


def test_the_manual_is_heard(trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    for branch in ("n-A", "n-B"):
        reading(trainer, where, branch, manual=[("wheeze", branch)])
    publish(trainer, version)
    with acting_as(HEARD):
        mark_lessons_stale(1, VersionApproved(uuid4(), "wheeze", ["n-A"]))
    assert [mark.lesson.title_en for mark in StaleMark.unscoped.all()] == ["n-A"]


def test_a_newcomer_is_enrolled(trainer: User, community: Institution, course: Course) -> None:
    with as_(trainer) as actor:
        make_rule(actor=actor, course_id=course.pk, roles=[Role.NURSE])
    nurse = make_staff("new-nurse", community, Role.NURSE)
    with acting_as(HEARD):
        enrol_newcomer(1, SeatGained(nurse.pk, community.pk, Role.NURSE))
    assert Enrolment.unscoped.filter(user=nurse).exists()


def test_a_publication_completes_nobody_who_has_not_begun(course: Course) -> None:
    with acting_as(HEARD):
        complete_by_new_version(1, CoursePublished(course.pk, uuid4()))
    assert not Enrolment.unscoped.exists()


def test_an_exam_that_is_no_lesson_completes_none(learner: User, course: Course) -> None:
    with acting_as(HEARD):
        complete_by_exam(1, ExamPassed(uuid4(), uuid4(), learner.pk))
    assert not Enrolment.unscoped.exists()
