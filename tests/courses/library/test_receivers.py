"""What courses hear, and whom they tell."""

from __future__ import annotations

from uuid import uuid4

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.notices.models import Notice
from consortium.people.events import SeatGained
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.events import ExamFinished, ExamPassed
from courses.assessment.models import CreditEntry
from courses.library.events import CourseCompleted, CoursePublished, LessonsStale, PeopleEnrolled
from courses.library.models import Course, CourseVersion, Enrolment, StaleMark
from courses.library.operations import complete_lesson, confirm_lesson, enrol_oneself, make_rule
from courses.library.operations.learning import credit_again
from courses.library.receivers.enrolling import complete_by_new_version, enrol_newcomer
from courses.library.receivers.passing import complete_by_exam, credit_by_better_result
from courses.library.receivers.staling import mark_lessons_stale
from courses.library.receivers.telling import tell_builders, tell_those_enrolled, tell_who_completed
from courses.library.states import DoneBy
from decision_manual.events import VersionApproved
from tests.courses.library.making import as_, chapter, draft, lessons_of, publish, reading
from tests.factories.credits import make_rule as make_credit_rule
from tests.factories.exams import make_exam, make_version
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


def asking_credit(version: CourseVersion) -> CourseVersion:
    CourseVersion.unscoped.filter(pk=version.pk).update(credit=2)
    return version


def test_credits_that_were_withheld_come_when_what_was_missing_is_there(
    trainer: User, learner: User, hospital: Institution
) -> None:
    """Here the rule asks for it no more."""
    version = asking_credit(draft(trainer, hospital))
    reading(trainer, chapter(trainer, version))
    course = publish(trainer, version).course
    make_credit_rule(hospital, evidence=["exam"], pass_percent=60)
    (lesson,) = lessons_of(course)
    with as_(learner) as actor:
        confirm_lesson(actor=actor, lesson_id=lesson.pk)
    make_credit_rule(hospital, valid_from=clock.today())
    with acting_as(HEARD) as actor:
        credit_again(actor=actor, user_id=learner.pk, course=course)
    assert {entry.kind for entry in CreditEntry.unscoped.all()} == {"withheld", "awarded"}


def test_a_better_result_asks_for_the_credits_of_every_course_with_this_exam(
    trainer: User, learner: User, hospital: Institution
) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)])
    version = asking_credit(draft(trainer, hospital))
    reading(trainer, chapter(trainer, version), kind="exam", exam_id=exam.pk)
    course = publish(trainer, version).course
    make_credit_rule(hospital, evidence=["exam"], pass_percent=60)
    (lesson,) = lessons_of(course)
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    with acting_as(HEARD) as actor:
        complete_lesson(actor=actor, lesson_id=lesson.pk, user_id=learner.pk, how=DoneBy.PASSED)
        make_credit_rule(hospital, valid_from=clock.today())
    with acting_as(HEARD):
        credit_by_better_result(1, ExamFinished(exam.pk, uuid4(), learner.pk, passed=True))
    assert {entry.kind for entry in CreditEntry.unscoped.all()} == {"withheld", "awarded"}
