"""What a draft still lacks before it can be published, in words."""

from typing import Any

from django.utils.translation import gettext as _

from consortium.kernel.scoping import unfiltered
from courses.assessment.models import Questionnaire
from courses.assessment.states import ItemStep
from courses.assessment.states.exams import ExamStep
from courses.assessment.states.questionnaires import QuestionnaireStep
from courses.library.models import Chapter, CourseVersion, Lesson, LessonText, StaleMark, Stop
from courses.library.states import FILMED, LessonKind, VideoRule

_WHY = "what a draft lacks"
_WRITTEN = (LessonKind.READING, LessonKind.CASE)


def missing_of(version: CourseVersion) -> list[str]:
    """One sentence for each thing that is missing; empty when it can be published."""
    lessons: list[Lesson] = list(
        unfiltered(Lesson, why=_WHY)
        .filter(version=version)
        .select_related("video", "exam", "questionnaire", "chapter__exam")
        .order_by("chapter__position", "position")
    )
    if not lessons:
        return [_("Add a lesson: a course has at least one.")]
    said = set(unfiltered(LessonText, why=_WHY).filter(lesson__in=lessons).values_list("lesson_id", flat=True))
    stale = StaleMark.objects.open().filter(lesson__in=lessons).values_list("lesson_id", flat=True)
    old = set(stale)
    found = [_lacks(lesson, written=lesson.pk in said, stale=lesson.pk in old) for lesson in lessons]
    found += [_uncredited(lesson) for lesson in lessons] if version.credit else []
    found += [_untested(chapter) for chapter in dict.fromkeys(lesson.chapter for lesson in lessons)]
    found += [_unasked(stop) for stop in _asked_no_more(version)]
    return [why for why in found if why]


def _asked_no_more(version: CourseVersion) -> Any:
    rows = unfiltered(Stop, why=_WHY).filter(lesson__version=version).exclude(question__step=ItemStep.APPROVED)
    return rows.select_related("lesson", "question__item").order_by("lesson_id", "at")


def _unasked(stop: Stop) -> str:
    title = {"title": stop.lesson.title, "code": stop.question.item.code}
    return _("“%(title)s” asks the question %(code)s in words that are no longer asked: take it out.") % title


def _untested(chapter: Chapter) -> str:
    """What stands for a chapter is an exam whose questions somebody has approved."""
    exam, title = chapter.exam, {"title": chapter.title}
    if exam is None:
        return ""
    if exam.self_check:
        return _("“%(title)s” is tested out by a self-check, which proves nothing: choose an exam.") % title
    return _("The exam of “%(title)s” is not published yet.") % title if exam.step == ExamStep.DRAFT else ""


def _uncredited(lesson: Lesson) -> str:
    """Credit is for questions that somebody has approved (decision 0029)."""
    if lesson.exam is None or not lesson.exam.self_check:
        return ""
    title = {"title": lesson.title}
    return _("“%(title)s” is a self-check, which gives no credit: copy it as an exam, or ask for no credit.") % title


def _lacks(lesson: Lesson, *, written: bool, stale: bool) -> str:
    title = {"title": lesson.title}
    if lesson.kind in _WRITTEN and not written:
        return _("“%(title)s” has no text yet.") % title
    if empty := _empty(lesson):
        return str(empty) % title
    if lesson.kind in FILMED and lesson.video_rule == VideoRule.TESTED_OUT and lesson.chapter.exam_id is None:
        return _("“%(title)s” is done by the test of its chapter, and no exam stands for that.") % title
    if stale:
        return _("“%(title)s” teaches a page of the manual that has changed: confirm or edit it.") % title
    return ""


def _is_open(questionnaire: Questionnaire | None) -> bool:
    return questionnaire is not None and questionnaire.step == QuestionnaireStep.OPEN


def _empty(lesson: Lesson) -> Any:
    """The sentence for a lesson that has nothing to show, with %(title)s; "" when it has."""
    if lesson.kind == LessonKind.FILE and lesson.material_id is None:
        return _("“%(title)s” has no file yet.")
    if lesson.kind in FILMED and (lesson.video is None or lesson.video.current_id is None):
        return _("“%(title)s” has no video that can be played yet.")
    if lesson.kind == LessonKind.EXAM and (lesson.exam is None or lesson.exam.step == ExamStep.DRAFT):
        return _("“%(title)s” has no published exam yet.")
    if lesson.kind == LessonKind.QUESTIONNAIRE and not _is_open(lesson.questionnaire):
        return _("“%(title)s” has no questionnaire yet.")
    return ""
