"""A course and its lessons as a learner sees them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import Exam
from courses.assessment.queries.results import tried_in
from courses.assessment.states.exams import ExamStep
from courses.library.models import Course, CourseVersion, Enrolment, Lesson, LessonProgress, Material, VersionText
from courses.library.prose import Block, blocks, pictures_in, stages
from courses.library.queries.catalogue import cover_url, is_late
from courses.library.queries.progress import body_of, lessons_in_order, needs_of, progress_of, those_needed
from courses.library.queries.testing import own_tests, tests_of
from courses.library.queries.texts import language_here, one_each
from courses.library.states import KNOWABLE, ChapterTestState, LessonKind, Progress

_WHY = "a course that is seen"
#: an icon for each kind
SIGNS = {
    LessonKind.VIDEO: "circle-play", LessonKind.READING: "book-open-text", LessonKind.CASE: "stethoscope",
    LessonKind.FILE: "file-text", LessonKind.RECORDING: "clapperboard", LessonKind.EXAM: "list-checks",
    LessonKind.QUESTIONNAIRE: "message-square-text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson in the list of a course."""

    lesson: Lesson
    sign: str
    state: str
    how: str
    closed: bool

    @property
    def done(self) -> bool:
        return self.state == Progress.COMPLETED

    @property
    def is_next(self) -> bool:
        """Whether one can go on with it."""
        return not self.done and not self.closed and not self.lesson.is_over

    @property
    def url(self) -> str:
        return reverse("library:lesson", args=[self.lesson.pk])


@dataclass(frozen=True, slots=True)
class ChapterTest:
    """The exam that stands for a chapter, as one learner finds it."""

    exam: Exam
    state: ChapterTestState


def course_seen(course_id: UUID) -> Course:
    """A course with the version that learners get; NotVisible where there is none."""
    rows = Course.objects.select_related("current__cover", "institution")
    found: Course | None = rows.filter(pk=course_id, current__isnull=False).first()
    if found is None:
        raise NotVisible
    return found


def course_page(actor: Actor, course: Course) -> dict[str, Any]:
    """What the page of a course shows. Seven queries, whatever its size and however many take it; for who takes it one
    more where an exam stands for a chapter, about ten where it has tests before and after it. `asks_first`: a test
    before the lessons waits for whoever takes the course."""
    version: Any = course.current
    mine = unfiltered(Enrolment, why=_WHY).filter(course=course, user_id=actor.user_id).first()
    enrolment = mine if mine is not None and mine.withdrawn_at is None else None
    needs = needs_of(actor.user_id, course.pk)
    tests = own_tests(actor.user_id, course) if enrolment else None
    standing = None if enrolment else tests_of(course.pk)
    shut = any(not need.done for need in needs) or (tests is not None and tests.shut)  # type: ignore[attr-defined]
    lines = lines_of(version, progress_of(actor.user_id, course.pk), closed=shut)
    done, of = how_far(lines)
    following = next((line for line in lines if line.is_next), None)
    return {
        **about(version), "course": course, "enrolment": enrolment, "late": is_late(enrolment), "needs": needs,
        "tests": tests,
        "asks_first": standing is not None and standing.pair.before.step == ExamStep.OPEN,
        "chapters": with_tests(by_chapter(lines), actor.user_id) if enrolment else by_chapter(lines),
        "done": done, "of": of, "percent": round(100 * done / of) if of else 0,
        "following": following if enrolment is None or enrolment.completed_at is None else None,
    }  # fmt: skip


def about(version: CourseVersion) -> dict[str, Any]:
    """What a version says of itself. One query."""
    texts = unfiltered(VersionText, why=_WHY).filter(version=version)
    text = next(iter(one_each(texts, "version_id").values()), None)
    return {
        "version": version, "title": version.title, "summary": blocks(text.summary) if text else [],
        "aims": blocks(text.aims) if text else [], "cover_url": cover_url(version.cover_id, "full"),
    }  # fmt: skip


def lines_of(version: CourseVersion, progress: dict[UUID, LessonProgress], *, closed: bool = False) -> list[Line]:
    """The lessons in order with how far one is; with `in_order` the next one opens when those before are done."""
    lines: list[Line] = []
    shut = closed
    for lesson in lessons_in_order(version):
        row = progress.get(lesson.key)
        state = row.state if row else ""
        lines.append(Line(lesson, SIGNS[LessonKind(lesson.kind)], state, row.get_how_display() if row else "",
                          closed=shut and state != Progress.COMPLETED))  # fmt: skip
        shut = shut or (version.in_order and lesson.is_needed and state != Progress.COMPLETED)
    return lines


def with_tests(chapters: list[dict[str, Any]], user_id: UUID) -> list[dict[str, Any]]:
    """The chapters, each with its `test` (a ChapterTest, or None where there is none to take). One query, none where no
    chapter has one."""
    exams = {one["chapter"].exam_id: one["chapter"].exam for one in chapters if one["chapter"].exam_id}
    tried = tried_in(user_id, list(exams))
    return [{**one, "test": _test_of(one, tried)} for one in chapters]


def _test_of(chapter: dict[str, Any], tried: dict[UUID, bool]) -> ChapterTest | None:
    exam: Exam | None = chapter["chapter"].exam
    if exam is None:
        return None
    if tried.get(exam.pk):
        return ChapterTest(exam, ChapterTestState.PASSED)
    lines: list[Line] = chapter["lines"]
    left = any(line.lesson.kind in KNOWABLE and not line.done for line in lines)
    if not left or exam.step != ExamStep.OPEN or not exam.is_within(clock.now()):
        return None
    return ChapterTest(exam, ChapterTestState.TRIED if exam.pk in tried else ChapterTestState.OFFERED)


def how_far(lines: list[Line]) -> tuple[int, int]:
    """(lessons done, lessons asked for)."""
    asked = {lesson.pk for lesson in those_needed([line.lesson for line in lines])}
    return sum(line.done for line in lines if line.lesson.pk in asked), len(asked)


def by_chapter(lines: list[Line]) -> list[dict[str, Any]]:
    """The lines under their chapters."""
    chapters: dict[UUID, dict[str, Any]] = {}
    for line in lines:
        chapter = line.lesson.chapter
        chapters.setdefault(chapter.pk, {"chapter": chapter, "lines": []})["lines"].append(line)
    return list(chapters.values())


def lesson_seen(lesson_id: UUID) -> Lesson:
    """A lesson with its version and course; NotVisible to who may not see it."""
    rows = Lesson.objects.select_related("version__course__institution", "chapter", "material", "video")
    found: Lesson | None = rows.filter(pk=lesson_id).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a case, or the whole of a reading."""

    number: int
    blocks: list[dict[str, Any]]


def shown(lesson: Lesson, *, opened: int | None = None) -> dict[str, Any]:
    """What a lesson says: its stages as blocks, of a case only those that were opened. Two queries."""
    body = body_of(lesson, language_here())
    parts = stages(body) if lesson.kind == LessonKind.CASE else [body]
    pictures = _pictures(lesson, body)
    last = len(parts) if opened is None else min(opened, len(parts))
    made = [
        Stage(number, [_block(one, pictures) for one in blocks(part)]) for number, part in enumerate(parts[:last], 1)
    ]
    return {"stages": made, "more": last < len(parts), "next_stage": last + 1, "stage_count": len(parts)}


def _pictures(lesson: Lesson, body: str) -> dict[UUID, Material]:
    named = pictures_in(body)
    if not named:
        return {}
    rows = unfiltered(Material, why=_WHY).filter(pk__in=named, course_id=lesson.version.course_id)
    return {row.pk: row for row in rows}


def _block(block: Block, pictures: dict[UUID, Material]) -> dict[str, Any]:
    """kind, lines; of a picture url and sizes. A picture that is not this course's is shown as what it is of."""
    material = pictures.get(block.picture) if block.picture else None
    if block.kind != "picture" or material is None:
        return {"kind": "text" if block.kind == "picture" else block.kind, "lines": block.lines}
    size: dict[str, Any] = next((one for one in material.pictures if one["name"].startswith("screen")), {})
    return {"kind": "picture", "lines": block.lines, "url": cover_url(material.pk), **size}


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """The lessons before and after it. One query."""
    lessons = lessons_in_order(lesson.version)
    here = next(place for place, one in enumerate(lessons) if one.pk == lesson.pk)
    return (lessons[here - 1] if here else None), (lessons[here + 1] if here + 1 < len(lessons) else None)
