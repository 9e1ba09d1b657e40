"""A lecture leaves a course: its recording, a test of what was voted on, and what listeners thought of it.

Drafted by the system as soon as the recording plays; the crew publishes all of it with one act.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.kernel.policies import require
from courses.assessment.models.exams import MOST_ATTEMPTS
from courses.assessment.operations.building import create_exam, set_questions
from courses.assessment.operations.publishing import publish_exam
from courses.assessment.operations.questionnaires import (
    create_questionnaire,
    publish_questionnaire,
    set_survey_questions,
)
from courses.assessment.queries.forms import usable_versions
from courses.assessment.states import ItemStep
from courses.assessment.states.exams import ExamStep
from courses.assessment.states.questionnaires import Asks, QuestionnaireStep
from courses.library.models import Chapter, Course, CourseVersion, Lesson
from courses.library.operations import (
    add_chapter,
    add_lesson,
    discard_draft,
    make_course,
    publish_course,
    withdraw_course,
)
from courses.library.operations.drafting import edit_version
from courses.library.states import LessonKind, Step
from courses.live.events.afterwards import LessonPublished, LessonReady
from courses.live.models import Lecture
from courses.live.operations.lectures import locked_lecture, note
from courses.live.policies.lectures import may_change_lecture
from courses.live.queries.afterwards import asked_of, attended_hours, lessons_of
from courses.live.queries.links import places_taught
from courses.live.states.lectures import LectureStep

_TEST: Final = {"title_en": "Test", "title_zh": "测验"}
_SURVEY: Final = {"title_en": "What did you think of it?", "title_zh": "您觉得这次讲座怎么样？"}
#: what each lecture's listeners are asked: agreement in five steps, and a word of their own
_ASKED: Final[Sequence[Mapping[str, Any]]] = (
    {"kind": Asks.LIKERT, "text_en": "I learned something that I need at work.",
     "text_zh": "我学到了工作中用得上的内容。"},
    {"kind": Asks.LIKERT, "text_en": "The case was taught clearly.", "text_zh": "病例讲解清楚。"},
    {"kind": Asks.LIKERT, "text_en": "I will do something differently.", "text_zh": "我会改变今后的做法。"},
    {"kind": Asks.TEXT, "text_en": "What will you do differently, or what was missing?",
     "text_zh": "您会在哪些方面做出改变，或者还缺少哪些内容？", "needed": False},
)  # fmt: skip
_PERCENT: Final = 60


@transaction.atomic
def prepare_lesson(*, actor: Actor, lecture_id: UUID) -> Course | None:
    """Draft the lecture's course once its recording plays: the course, None where nothing is to be made (nothing was
    recorded, it is live again, its case may be taught no more, or a course is there). For the system alone."""
    if not actor.is_system:
        raise NotPermitted
    rows = Lecture.objects.teachable().filter(pk=lecture_id, step=LectureStep.ENDED, lesson_course=None)
    found = rows.filter(recording__current__isnull=False)
    lecture: Lecture | None = found.select_for_update(of=("self",)).first()
    if lecture is None:
        return None
    titles: dict[str, Any] = {"title_en": lecture.title_en, "title_zh": lecture.title_zh}
    version, _fresh = make_course(
        actor=actor, institution_id=lecture.institution_id, reach=lecture.reach, **titles
    )  # fmt: skip
    chapter = add_chapter(actor=actor, version_id=version.pk, **titles)
    _add_lessons(actor, lecture, chapter, titles)
    _describe(actor, lecture, version)
    lecture.lesson_course = version.course
    lecture.save(update_fields=["lesson_course"])
    note(actor, lecture, "prepare_lesson", event=LessonReady(lecture.pk, version.course_id))
    return version.course


def _add_lessons(actor: Actor, lecture: Lecture, chapter: Chapter, titles: dict[str, Any]) -> None:
    recording = {
        **titles, "video_id": lecture.recording_id, "minutes": _minutes(lecture), "manual": places_taught(lecture),
    }  # fmt: skip
    add_lesson(actor=actor, chapter_id=chapter.pk, kind=LessonKind.RECORDING, fields=recording)
    _add_test(actor, lecture, chapter)
    asked = {**_SURVEY, "questionnaire_id": _survey(actor, lecture)}
    add_lesson(actor=actor, chapter_id=chapter.pk, kind=LessonKind.QUESTIONNAIRE, fields=asked)


def _add_test(actor: Actor, lecture: Lecture, chapter: Chapter) -> None:
    exam_id = _test(actor, lecture)
    if exam_id:
        add_lesson(
            actor=actor, chapter_id=chapter.pk, kind=LessonKind.EXAM, fields={**_TEST, "exam_id": exam_id}
        )  # fmt: skip


def _minutes(lecture: Lecture) -> int:
    length = lecture.recording.current.length if lecture.recording and lecture.recording.current else 0
    return max(1, min(600, round(length / 60_000)))


def _describe(actor: Actor, lecture: Lecture, version: CourseVersion) -> None:
    """The hours that it takes. Credit stays none until its builder says otherwise: who was there has theirs."""
    texts = {"en": {"summary": lecture.summary_en}, "zh": {"summary": lecture.summary_zh}}
    edit_version(
        actor=actor, version_id=version.pk, fields={"hours": attended_hours(_minutes(lecture) * 60)}, texts=texts
    )  # fmt: skip


def _test(actor: Actor, lecture: Lecture) -> UUID | None:
    """Of the questions that its votes have become, as far as they were sent to review: an exam where somebody has
    approved them all, else a self-check (decision 0029). None where there are none."""
    versions = list(asked_of(lecture).order_by("created_at", "pk"))
    if not versions:
        return None
    approved = all(version.step == ItemStep.APPROVED for version in versions)
    fields = {
        "title_en": lecture.title_en or lecture.title_zh, "title_zh": lecture.title_zh, "self_check": not approved,
        "attempts_allowed": MOST_ATTEMPTS, "pass_percent": _PERCENT,
    }  # fmt: skip
    exam, _fresh = create_exam(actor=actor, institution_id=lecture.institution_id, fields=fields)
    usable = usable_versions(exam, [version.pk for version in versions])
    asked = [(version.pk, version.points) for version in versions if version.pk in usable]
    if asked:
        set_questions(actor=actor, exam_id=exam.pk, questions=asked)
    return UUID(str(exam.pk)) if asked else None


def _survey(actor: Actor, lecture: Lecture) -> UUID:
    row, _fresh = create_questionnaire(
        actor=actor, institution_id=lecture.institution_id,
        fields={
            "title_en": f"{lecture.title_en or lecture.title_zh}: feedback"[:200],
            "title_zh": f"{lecture.title_zh}：反馈"[:200] if lecture.title_zh else "",
        },
    )  # fmt: skip
    set_survey_questions(actor=actor, questionnaire_id=row.pk, questions=_ASKED)
    return UUID(str(row.pk))


# -- published --------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_lesson(*, actor: Actor, lecture_id: UUID) -> Course:
    """One act of the crew: recording, test and questionnaire are there for whoever the lecture was for.

    Raises NotPermitted, WrongStep (nothing is drafted yet), InvalidInput with what is missing. Published already:
    nothing happens.
    """
    lecture = locked_lecture(lecture_id)
    require(may_change_lecture(actor, lecture))
    if lecture.step != LectureStep.ENDED or lecture.lesson_course_id is None:
        raise WrongStep(_("The recording is not ready yet."))
    with acting_as(system("the crew publishes what came of its lecture")) as itself:
        course = Course.objects.get(pk=lecture.lesson_course_id)
        draft = CourseVersion.objects.drafts().filter(course=course).first()
        if draft is None and course.current_id is None:
            raise WrongStep  # its builder has thrown the draft away
        if draft is None:
            return course
        lessons = lessons_of(draft)
        if lessons and not any(lesson.exam_id for lesson in lessons):
            # its questions may have been reviewed since
            _add_test(itself, lecture, lessons[0].chapter)
        for lesson in lessons_of(draft):
            _open(itself, lesson)
        publish_course(actor=itself, version_id=draft.pk)
    note(actor, lecture, "publish_lesson", event=LessonPublished(lecture.pk, course.pk))
    return course


def _open(itself: Actor, lesson: Lesson) -> None:
    """What the lesson asks may be answered from now on."""
    if lesson.exam is not None and lesson.exam.step == ExamStep.DRAFT:
        publish_exam(actor=itself, exam_id=lesson.exam.pk)
    asked = lesson.questionnaire
    if asked is not None and asked.step == QuestionnaireStep.DRAFT:
        publish_questionnaire(actor=itself, questionnaire_id=asked.pk)


# -- taken away -------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_down_lesson(*, actor: Actor, lecture_id: UUID) -> bool:
    """The lecture's case may be taught no more: nobody gets its course from now on, and nothing of it is drafted. For
    the system alone. Whether there was anything to take away."""
    if not actor.is_system:
        raise NotPermitted
    lecture = Lecture.objects.filter(pk=lecture_id, lesson_course__isnull=False).first()
    if lecture is None or lecture.lesson_course_id is None:
        return False
    versions = CourseVersion.objects.filter(course_id=lecture.lesson_course_id, step__in=(Step.DRAFT, Step.PUBLISHED))
    found = list(versions)
    for version in found:
        if version.step == Step.DRAFT:
            discard_draft(actor=actor, version_id=version.pk)
        else:
            withdraw_course(actor=actor, version_id=version.pk, reason=_("The case of this lecture was taken down."))
    if found:
        note(actor, lecture, "take_down_lesson")
    return bool(found)
