"""All that a version holds, once more in another."""

from typing import Any
from uuid import UUID, uuid4

from courses.library.models import Chapter, CourseVersion, Lesson, LessonText, ManualLink, StaleMark, Stop, VersionText
from courses.library.states import LessonKind

#: what makes a lesson, whatever its version; the rows it shows (a video, an exam) are shared, not copied
OF_LESSON = (
    "title_en", "title_zh", "position", "kind", "required", "minutes", "video_rule", "watch_share", "skippable",
)  # fmt: skip


def shared_by(lesson: Lesson, *, within_course: bool) -> dict[str, Any]:
    """The rows that a copy of the lesson shows too; a file belongs to its course."""
    shared = {name: getattr(lesson, name) for name in ("video_id", "exam_id", "questionnaire_id")}
    return shared | ({"material_id": lesson.material_id} if within_course else {})


def copy_content(source: CourseVersion, target: CourseVersion, *, keep_keys: bool) -> None:
    """Texts, chapters, lessons with their texts, questions and pages of the manual, and what waits to be looked at.

    `keep_keys`: the same course goes on; else lessons get keys of their own, and files are left behind.
    """
    VersionText.objects.bulk_create(
        VersionText(version=target, language=text.language, summary=text.summary, aims=text.aims)
        for text in source.texts.all()
    )
    lessons: dict[UUID, Lesson] = {}
    for chapter in source.chapters.order_by("position"):
        place = Chapter.objects.create(
            version=target, position=chapter.position, title_en=chapter.title_en, title_zh=chapter.title_zh,
            exam_id=chapter.exam_id,
        )  # fmt: skip
        for lesson in chapter.lessons.order_by("position"):
            if keep_keys or lesson.kind != LessonKind.FILE:
                lessons[lesson.pk] = _copied(lesson, target, place, keep_keys)
    Lesson.objects.bulk_create(lessons.values())
    _copy_beneath(lessons, keep_keys=keep_keys)


def _copied(lesson: Lesson, target: CourseVersion, place: Chapter, keep_keys: bool) -> Lesson:
    plain = {name: getattr(lesson, name) for name in OF_LESSON}
    shared = shared_by(lesson, within_course=keep_keys)
    return Lesson(version=target, chapter=place, key=lesson.key if keep_keys else uuid4(), **plain, **shared)


def _copy_beneath(lessons: dict[UUID, Lesson], *, keep_keys: bool) -> None:
    of = {"lesson_id__in": list(lessons)}
    LessonText.objects.bulk_create(
        LessonText(lesson=lessons[text.lesson_id], language=text.language, body=text.body)
        for text in LessonText.objects.filter(**of)
    )
    ManualLink.objects.bulk_create(
        ManualLink(lesson=lessons[link.lesson_id], pathway=link.pathway, branch=link.branch)
        for link in ManualLink.objects.filter(**of)
    )
    Stop.objects.bulk_create(
        Stop(lesson=lessons[stop.lesson_id], at=stop.at, question_id=stop.question_id)
        for stop in Stop.objects.filter(**of)
    )
    StaleMark.objects.bulk_create(
        StaleMark(
            lesson=lessons[mark.lesson_id], pathway=mark.pathway, manual_version_id=mark.manual_version_id,
            marked_at=mark.marked_at,
        )
        for mark in StaleMark.objects.open().filter(**of)
    )  # fmt: skip
