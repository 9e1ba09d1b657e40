"""A whole course at one stroke: a title, a video, an exam, and it can be published."""

from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.kernel.actors import Actor
from courses.library.models import CourseVersion
from courses.library.operations.drafting import make_course
from courses.library.operations.outlining import add_chapter, add_lesson
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
