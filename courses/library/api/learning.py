"""The catalogue, courses and lessons over the API, as learners use them."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from courses.library.models import Enrolment, LessonProgress
from courses.library.operations import begin_lesson, confirm_lesson, enrol_oneself, leave_course, open_stage
from courses.library.queries.catalogue import SHELVES, Card, catalogue, programmes_shown
from courses.library.queries.page import Line, course_page, course_seen, lesson_seen, shown
from courses.library.queries.progress import closed_because, progress_of
from courses.library.states import ChapterTestState, LessonKind


class CatalogueFilter(Input):
    q = serializers.CharField(max_length=100, required=False, default="", help_text="Words, in either language.")
    shelf = serializers.ChoiceField(SHELVES, required=False, default="all")


class EnrolmentShown(Output):
    required = serializers.BooleanField()  # type: ignore[assignment]
    due_on = serializers.DateField(allow_null=True)
    enrolled_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class CardShown(Output):
    id = serializers.UUIDField()
    title = serializers.CharField()
    summary = serializers.CharField()
    hours = serializers.DecimalField(max_digits=5, decimal_places=2)
    credit = serializers.DecimalField(max_digits=5, decimal_places=2)
    institution = serializers.CharField()
    cover_url = serializers.CharField(allow_blank=True)
    enrolment = EnrolmentShown(allow_null=True)


class LessonLineShown(Output):
    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(LessonKind.choices)
    minutes = serializers.IntegerField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    state = serializers.CharField(allow_blank=True)
    closed = serializers.BooleanField(help_text="Something has to be completed before it.")


class ChapterTestShown(Output):
    chapter = serializers.CharField(help_text="Its title.")
    exam_id = serializers.UUIDField()
    standing = serializers.ChoiceField(ChapterTestState.choices)


class CourseShown(CardShown):
    number = serializers.IntegerField()
    lessons = LessonLineShown(many=True)
    done = serializers.IntegerField()
    of = serializers.IntegerField()
    next_lesson_id = serializers.UUIDField(allow_null=True)
    tests = ChapterTestShown(many=True, help_text="Exams that stand for a chapter, to who takes the course.")


class LessonShown(Output):
    id = serializers.UUIDField()
    course_id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(LessonKind.choices)
    closed = serializers.CharField(allow_blank=True, help_text="Why it can't be opened yet.")
    state = serializers.CharField(allow_blank=True)
    stages = serializers.ListField(child=serializers.ListField(child=serializers.DictField()))
    stage_count = serializers.IntegerField()


class ProgressShown(Output):
    state = serializers.CharField()
    how = serializers.CharField(allow_blank=True)
    stage = serializers.IntegerField()
    completed_at = serializers.DateTimeField(allow_null=True)


class StageInput(Input):
    stage = serializers.IntegerField(min_value=1, max_value=1000)


class ProgrammeShown(Output):
    id = serializers.UUIDField()
    title = serializers.CharField()
    summary = serializers.CharField()


_ENROLMENT = ("required", "due_on", "enrolled_at", "completed_at")
_PROGRESS = ("state", "how", "stage", "completed_at")


def _enrolment(row: Enrolment | None) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in _ENROLMENT} if row is not None else None


def _card(card: Card) -> dict[str, Any]:
    version: Any = card.course.current
    return {
        "id": card.course.pk, "title": card.title, "summary": card.summary, "hours": version.hours,
        "credit": version.credit, "institution": card.course.institution.name, "cover_url": card.cover_url,
        "enrolment": _enrolment(card.enrolment),
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    lesson = line.lesson
    return {
        "id": lesson.pk, "title": lesson.title, "kind": lesson.kind, "minutes": lesson.minutes,
        "required": lesson.is_needed, "state": line.state, "closed": line.closed,
    }  # fmt: skip


def _course(view: ApiView, course_id: UUID) -> dict[str, Any]:
    course = course_seen(course_id)
    page = course_page(view.actor, course)
    version, following = page["version"], page["following"]
    summary = [line for block in page["summary"] for line in block.lines]
    return {
        "id": course.pk, "title": page["title"], "summary": "\n".join(summary),
        "hours": version.hours, "credit": version.credit, "institution": course.institution.name,
        "cover_url": page["cover_url"], "enrolment": _enrolment(page["enrolment"]), "number": version.number,
        "lessons": [_line(line) for chapter in page["chapters"] for line in chapter["lines"]], "done": page["done"],
        "tests": [
            {"chapter": one["chapter"].title, "exam_id": one["test"].exam.pk, "standing": one["test"].state}
            for one in page["chapters"] if one.get("test")
        ],
        "of": page["of"], "next_lesson_id": following.lesson.pk if following else None,
    }  # fmt: skip


def _progress(row: LessonProgress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PROGRESS}


class Courses(ApiView):
    @described("Courses that are offered to me", gives=CardShown, page=True, filters=CatalogueFilter)
    def get(self, request: Request) -> Response:
        asked = self.asked(CatalogueFilter)
        page = catalogue(
            self.actor, search=asked["q"], shelf=asked["shelf"], after=self.after, size=page_limit(request, 25)
        )
        return self.paged([_card(card) for card in page.items], page.next_cursor)


class CourseDetail(ApiView):
    @described("A course with my progress", gives=CourseShown)
    def get(self, request: Request, course_id: UUID) -> Response:
        return self.one(_course(self, course_id))


class CourseEnrolment(ApiView):
    @described("Take the course", gives=EnrolmentShown, status=201)
    def post(self, request: Request, course_id: UUID) -> Response:
        row, fresh = enrol_oneself(actor=self.actor, course_id=course_id)
        return self.created(_enrolment(row) or {}, fresh=fresh)

    @described("Leave the course; what was done is kept", status=204)
    def delete(self, request: Request, course_id: UUID) -> Response:
        leave_course(actor=self.actor, course_id=course_id)
        return self.done()


class LessonDetail(ApiView):
    @described("A lesson; of a case the stages that were opened", gives=LessonShown)
    def get(self, request: Request, lesson_id: UUID) -> Response:
        lesson = lesson_seen(lesson_id)
        row = progress_of(self.actor.user_id, lesson.version.course_id).get(lesson.key)
        closed = closed_because(self.actor.user_id, lesson)
        opened = (row.stage if row else 1) if lesson.kind == LessonKind.CASE else None
        said: dict[str, Any] = {"stages": [], "stage_count": 0} if closed else shown(lesson, opened=opened)
        return self.one({
            "id": lesson.pk, "course_id": lesson.version.course_id, "title": lesson.title, "kind": lesson.kind,
            "closed": closed, "state": row.state if row else "", "stage_count": said["stage_count"],
            "stages": [stage.blocks for stage in said["stages"]],
        })  # fmt: skip


class LessonBegun(ApiView):
    @described("Open the lesson", gives=ProgressShown)
    def post(self, request: Request, lesson_id: UUID) -> Response:
        return self.one(_progress(begin_lesson(actor=self.actor, lesson_id=lesson_id)))


class LessonStage(ApiView):
    @described("Open the next stage of a case", takes=StageInput, gives=ProgressShown)
    def post(self, request: Request, lesson_id: UUID) -> Response:
        return self.one(_progress(open_stage(actor=self.actor, lesson_id=lesson_id, **self.given(StageInput))))


class LessonDone(ApiView):
    @described("I have read it, or gone through the case", gives=ProgressShown)
    def post(self, request: Request, lesson_id: UUID) -> Response:
        return self.one(_progress(confirm_lesson(actor=self.actor, lesson_id=lesson_id)))


class Programmes(ApiView):
    @described("Programmes that are offered to me", gives=ProgrammeShown, page=True)
    def get(self, request: Request) -> Response:
        rows = programmes_shown()
        return self.paged([{"id": row.pk, "title": row.title, "summary": row.summary} for row in rows])  # type: ignore[attr-defined]


_COURSE, _LESSON = "courses/<uuid:course_id>/", "lessons/<uuid:lesson_id>/"
urlpatterns = [
    path("courses/", Courses.as_view(), name="courses"),
    path("programmes/", Programmes.as_view(), name="programmes"),
    path(_COURSE, CourseDetail.as_view(), name="course"),
    path(f"{_COURSE}enrolment/", CourseEnrolment.as_view(), name="course-enrolment"),
    path(_LESSON, LessonDetail.as_view(), name="lesson"),
    path(f"{_LESSON}begin/", LessonBegun.as_view(), name="lesson-begin"),
    path(f"{_LESSON}stage/", LessonStage.as_view(), name="lesson-stage"),
    path(f"{_LESSON}done/", LessonDone.as_view(), name="lesson-done"),
]
