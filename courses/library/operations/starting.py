"""A whole course at one stroke: of a title, a video and an exam; or of a title and a file of questions."""

from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.assessment.models.exams import MOST_ATTEMPTS
from courses.assessment.operations.building import create_exam, set_questions
from courses.assessment.operations.importing import import_for_review
from courses.assessment.operations.publishing import publish_exam
from courses.library.models import Course, CourseVersion
from courses.library.operations.drafting import make_course, titles_given
from courses.library.operations.outlining import add_chapter, add_lesson
from courses.library.operations.video_uploading import make_video
from courses.library.policies import may_make_courses
from courses.library.states import LessonKind

_TEST_EN, _TEST_ZH = "Test", "测验"


@transaction.atomic
def start_course(
    *, actor: Actor, institution_id: UUID, title_en: str = "", title_zh: str = "", video_id: UUID | None = None,
    exam_id: UUID | None = None, key: UUID | None = None,
) -> tuple[CourseVersion, bool]:  # fmt: skip
    """As `make_course`, with a chapter of one video lesson and one exam lesson, as far as they are given."""
    titles: dict[str, Any] = {"title_en": title_en, "title_zh": title_zh}
    version, fresh = make_course(actor=actor, institution_id=institution_id, key=key, **titles)
    if not fresh or not (video_id or exam_id):
        return version, fresh
    chapter = add_chapter(actor=actor, version_id=version.pk, **titles)
    if video_id:
        add_lesson(
            actor=actor, chapter_id=chapter.pk, kind=LessonKind.VIDEO, fields={**titles, "video_id": video_id}
        )  # fmt: skip
    if exam_id:
        named = {"title_en": _TEST_EN, "title_zh": _TEST_ZH, "exam_id": exam_id}
        add_lesson(actor=actor, chapter_id=chapter.pk, kind=LessonKind.EXAM, fields=named)
    return version, fresh


@transaction.atomic
def start_from_file(
    *, actor: Actor, institution_id: UUID, questions: bytes, name: str = "", title_en: str = "", title_zh: str = "",
    shows_patient: bool = False, key: UUID | None = None,
) -> tuple[CourseVersion, bool]:  # fmt: skip
    """A course with a place for its video and a self-check of the file's questions, which wait for their review.

    As `start_course`. InvalidInput("questions") says which rows are wrong, and then nothing of it is made.
    """
    require(may_make_courses(actor, institution_id))
    titles: dict[str, Any] = titles_given(title_en, title_zh)

    def make() -> Course:
        exam_id = _self_check(actor, institution_id, titles, questions, name)
        video = make_video(actor=actor, institution_id=institution_id, shows_patient=shows_patient, **titles)
        version, _fresh = start_course(
            actor=actor, institution_id=institution_id, video_id=video.pk, exam_id=exam_id, key=key, **titles
        )
        return version.course

    course, fresh = once(Course, actor=actor, key=key, make=make)
    return CourseVersion.objects.select_related("course").filter(course=course).order_by("number")[0], fresh


def _self_check(actor: Actor, institution_id: UUID, titles: dict[str, str], questions: bytes, name: str) -> UUID:
    """Open to learners; nobody earns credit by it (decision 0029)."""
    try:
        versions = import_for_review(actor=actor, data=questions, name=name, institution_id=institution_id)
    except InvalidInput as error:
        raise InvalidInput({"questions": error.fields.get("file", error.message)}) from error
    named = {"title_en": titles["title_en"] or titles["title_zh"], "title_zh": titles["title_zh"]}
    fields = {**named, "self_check": True, "attempts_allowed": MOST_ATTEMPTS}
    exam, _fresh = create_exam(actor=actor, institution_id=institution_id, fields=fields)
    points: Any = [(version.pk, version.points) for version in versions]
    set_questions(actor=actor, exam_id=exam.pk, questions=points)
    publish_exam(actor=actor, exam_id=exam.pk)
    return UUID(str(exam.pk))
