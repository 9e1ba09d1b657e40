"""A person's way through a course: a lesson is begun and completed, and with the last one the course."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.kernel.events import DomainEvent
from consortium.kernel.scoping import unfiltered
from consortium.people.operations.seats import hold_person
from courses.assessment.queries.credits import was_withheld
from courses.assessment.queries.questionnaires import has_answered
from courses.assessment.queries.results import has_passed
from courses.library.events import CourseCompleted, LessonCompleted
from courses.library.models import Course, Enrolment, Lesson, LessonProgress
from courses.library.operations.crediting import credit_course
from courses.library.operations.enrolling import enrol_oneself
from courses.library.operations.moving import note
from courses.library.queries.progress import closed_because, keys_done, keys_required, stages_of
from courses.library.states import KNOWABLE, DoneBy, LessonKind, Progress, VideoRule

_WHY = "one's own way through a course"
#: how a lesson of each kind can be completed
WAYS: dict[str, tuple[str, ...]] = {
    LessonKind.VIDEO: (DoneBy.WATCHED, DoneBy.TESTED_OUT),
    LessonKind.RECORDING: (DoneBy.WATCHED, DoneBy.TESTED_OUT),
    LessonKind.READING: (DoneBy.READ,),
    LessonKind.FILE: (DoneBy.READ,),
    LessonKind.CASE: (DoneBy.CONFIRMED,),
    LessonKind.EXAM: (DoneBy.PASSED,),
    LessonKind.QUESTIONNAIRE: (DoneBy.ANSWERED,),
}
#: completed by the learner's own word, on the lesson's page
BY_ONE_S_WORD = (LessonKind.READING, LessonKind.FILE, LessonKind.CASE)


def _current_lesson(lesson_id: UUID) -> Lesson:
    """A lesson of the version that learners get now; NotVisible for any other."""
    rows = Lesson.objects.select_related("version__course", "chapter").filter(version__current_of__isnull=False)
    found: Lesson | None = rows.filter(pk=lesson_id).first()
    if found is None:
        raise NotVisible
    return found


@transaction.atomic
def begin_lesson(*, actor: Actor, lesson_id: UUID) -> LessonProgress:
    """Open a lesson: who does not take the course yet takes it from now on. WrongStep while something comes before.

    A questionnaire is answered once: who answered it before, in another course, is done with it. So is with a chapter
    who has passed its test.
    """
    hold_person(actor.user_id)  # first of all: as whoever watches, answers or completes, so that none misses the other
    lesson = _current_lesson(lesson_id)
    course = lesson.version.course
    enrolment = _taken(actor, course)
    if why := closed_because(actor.user_id, lesson):
        raise WrongStep(why)
    row = _begun(actor.user_id, course, lesson)
    if enrolment.begun_at is None:
        Enrolment.objects.filter(pk=enrolment.pk).update(begun_at=clock.now())
    if row.state == Progress.COMPLETED:
        return row
    if has_answered(actor.user_id, lesson.questionnaire_id):
        return complete_lesson(actor=actor, lesson_id=lesson.pk, user_id=actor.user_id, how=DoneBy.ANSWERED)
    if lesson.kind in KNOWABLE and has_passed(actor.user_id, lesson.chapter.exam_id):
        know_chapter(actor=actor, chapter_id=lesson.chapter_id, user_id=actor.user_id)
        row.refresh_from_db()
    return row


def _taken(actor: Actor, course: Course) -> Enrolment:
    mine = unfiltered(Enrolment, why=_WHY).running().filter(course=course, user_id=actor.user_id)
    found: Enrolment | None = mine.first()
    return found or enrol_oneself(actor=actor, course_id=course.pk)[0]


def _begun(user_id: UUID, course: Course, lesson: Lesson) -> LessonProgress:
    """The person's row of this lesson, made where there is none; locked."""
    fresh = LessonProgress(user_id=user_id, course=course, key=lesson.key, lesson=lesson, begun_at=clock.now())
    LessonProgress.objects.bulk_create([fresh], ignore_conflicts=True)
    rows = unfiltered(LessonProgress, why=_WHY).select_for_update(of=("self",))
    row: LessonProgress = rows.get(user_id=user_id, course=course, key=lesson.key)
    return row


@transaction.atomic
def open_stage(*, actor: Actor, lesson_id: UUID, stage: int) -> LessonProgress:
    """Show the next stage of a case; one after the other, and each stays open."""
    row = begin_lesson(actor=actor, lesson_id=lesson_id)
    if stage == row.stage + 1 and stage <= stages_of(row.lesson):
        LessonProgress.objects.filter(pk=row.pk).update(stage=F("stage") + 1)
        row.stage = stage
    return row


@transaction.atomic
def confirm_lesson(*, actor: Actor, lesson_id: UUID) -> LessonProgress:
    """The learner says that they have read it, or gone through the case."""
    lesson = _current_lesson(lesson_id)
    if lesson.kind not in BY_ONE_S_WORD:
        raise WrongStep(_("This lesson is completed by watching, answering or passing it."))
    row = begin_lesson(actor=actor, lesson_id=lesson_id)
    if lesson.kind == LessonKind.CASE and row.stage < stages_of(lesson):
        raise WrongStep(_("Open every stage of the case first."))
    return complete_lesson(actor=actor, lesson_id=lesson_id, user_id=actor.user_id, how=WAYS[lesson.kind][0])


@transaction.atomic
def complete_lesson(*, actor: Actor, lesson_id: UUID, user_id: UUID, how: str) -> LessonProgress:
    """The lesson is done by this person. For who has proven it (the player, an exam, a questionnaire): the caller has
    checked that it is true. Once: a second word changes nothing. With the last required lesson the course is done.
    """
    hold_person(user_id)  # of two lessons done at once the later one sees the other, and the course is done
    rows = unfiltered(Lesson, why="a lesson that somebody has done").select_related("version__course", "chapter")
    lesson: Lesson | None = rows.filter(pk=lesson_id).first()
    if lesson is None:
        raise NotVisible
    _check_way(lesson, how)
    course = lesson.version.course
    row = _begun(user_id, course, lesson)
    if row.state == Progress.COMPLETED:
        credit_again(actor=actor, user_id=user_id, course=course)
        return row
    row.state, row.how, row.completed_at, row.lesson = Progress.COMPLETED, how, clock.now(), lesson
    row.save(update_fields=["state", "how", "completed_at", "lesson"])
    credit_again(actor=actor, user_id=user_id, course=course)
    done = LessonCompleted(course.pk, lesson.pk, user_id, how)
    also = [found] if (found := _completed(actor, user_id, course)) else []
    note(actor, course, "complete-lesson", facts={"lesson": str(lesson.pk), "how": how}, event=done, also=also)
    return row


@transaction.atomic
def know_chapter(*, actor: Actor, chapter_id: UUID, user_id: UUID) -> int:
    """What one can know of the chapter is done, by its test: how many lessons are done by it. The caller has checked
    that the exam was passed. What somebody has watched, read or confirmed before stays as it is.
    """
    hold_person(user_id)
    lessons = unfiltered(Lesson, why="a chapter that somebody knows").select_related("version__course")
    found = list(lessons.filter(chapter_id=chapter_id, kind__in=KNOWABLE).order_by("position"))
    done = keys_done(user_id, found[0].version.course) if found else set()
    known = [lesson.pk for lesson in found if lesson.key not in done]
    for lesson_id in known:
        complete_lesson(actor=actor, lesson_id=lesson_id, user_id=user_id, how=DoneBy.TESTED_OUT)
    return len(known)


@transaction.atomic
def credit_again(*, actor: Actor, user_id: UUID, course: Course) -> None:
    """What was withheld of a completed course is given once what was missing is there; what was given stays."""
    if not was_withheld(user_id, course.pk):
        return
    rows = unfiltered(Enrolment, why=_WHY).filter(course=course, user_id=user_id, completed_at__isnull=False)
    enrolment: Enrolment | None = rows.select_related("completed_version__course").first()
    if enrolment and enrolment.completed_version:
        credit_course(actor, user_id, enrolment.completed_version)


def _check_way(lesson: Lesson, how: str) -> None:
    if how == DoneBy.TESTED_OUT and lesson.kind in KNOWABLE and lesson.chapter.exam_id:
        return
    if how not in WAYS[lesson.kind]:
        raise InvalidInput({"how": _("A lesson of this kind is completed in another way.")})
    if how in DoneBy.values and len(WAYS[lesson.kind]) > 1 and lesson.video_rule not in (how, VideoRule.EITHER):
        raise InvalidInput({"how": _("This lesson is completed in another way.")})


def _completed(actor: Actor, user_id: UUID, course: Course) -> DomainEvent | None:
    """The course is done when all that its current version requires is done: credits, certificate, and the event, the
    first time."""
    version = course.current
    needed = keys_required(version) if version else set()
    if version is None or not needed or needed - keys_done(user_id, course):
        return None
    rows = unfiltered(Enrolment, why=_WHY).filter(course=course, user_id=user_id, completed_at=None)
    if not rows.update(completed_at=clock.now(), completed_version=version, withdrawn_at=None):
        return None
    credit_course(actor, user_id, version)
    return CourseCompleted(course.pk, version.pk, user_id)


@transaction.atomic
def complete_those_done(*, actor: Actor, course_id: UUID) -> int:
    """A new version asks for less, or a questionnaire was closed: whoever has done all that is asked now has
    completed the course. How many."""
    course = unfiltered(Course, why="a version was published").select_related("current").get(pk=course_id)
    open_ones = (
        unfiltered(Enrolment, why="a version was published").open().filter(course=course, begun_at__isnull=False)
    )
    events = []
    for user_id in open_ones.order_by("user_id").values_list("user_id", flat=True):
        hold_person(user_id)  # before the enrolment: as whoever completes a lesson at this moment
        events.append(_completed(actor, user_id, course))
    done: list[Any] = [event for event in events if event]
    if done:
        note(actor, course, "complete-by-version", facts={"people": len(done)}, event=done[0], also=done[1:])
    return len(done)
