"""Questions in videos over the API: as learners are asked them, and as builders put them in."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from courses.assessment.items import read, written
from courses.assessment.queries.building import listed
from courses.assessment.queries.papers import without_key
from courses.library.operations.asking import add_stop, answer_stop, drop_stop
from courses.library.queries.progress import closed_because, progress_of
from courses.library.queries.stops import Asked, asked_at, asked_in, asked_now, number_of, stop_seen
from courses.library.queries.watching import lesson_and_video


class StopInput(Input):
    at = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="Milliseconds of the video.")
    question_id = serializers.UUIDField(help_text="An approved version of a question of the bank.")


class StopShown(Output):
    id = serializers.UUIDField()
    at = serializers.IntegerField()
    question_id = serializers.UUIDField()
    stem = serializers.CharField()


class VideoAnswerInput(Input):
    option = serializers.CharField(max_length=40, required=False, help_text="Of a question with one answer.")
    options = serializers.ListField(child=serializers.CharField(max_length=40), max_length=30, required=False)
    value = serializers.CharField(max_length=40, required=False)
    unit = serializers.CharField(max_length=40, required=False)


class VideoQuestionShown(Output):
    id = serializers.UUIDField()
    at = serializers.IntegerField(help_text="Milliseconds of the video.")
    kind = serializers.CharField()
    question = serializers.DictField()
    given = serializers.DictField(allow_null=True, help_text="My answer: the first one stands.")
    score = serializers.DecimalField(max_digits=8, decimal_places=4, allow_null=True)
    key = serializers.DictField(allow_null=True, help_text="What is right and why, once it is answered.")


class VideoAnsweredShown(VideoQuestionShown):
    lesson_done = serializers.BooleanField()


def _asked(one: Asked) -> dict[str, Any]:
    version = one.stop.question
    question = read(version.item.kind, version.content)
    return {
        "id": one.stop.pk, "at": one.stop.at, "kind": version.item.kind, "question": without_key(question),
        "given": one.answer, "score": one.score, "key": written(question) if one.answer else None,
    }  # fmt: skip


class LessonQuestions(ApiView):
    @described("The questions in the video of a lesson that I may open", gives=VideoQuestionShown, page=True)
    def get(self, request: Request, lesson_id: UUID) -> Response:
        lesson, _video = lesson_and_video(lesson_id)
        if closed_because(self.actor.user_id, lesson):
            return self.paged([])
        row = progress_of(self.actor.user_id, lesson.version.course_id).get(lesson.key)
        return self.paged([_asked(one) for one in asked_in(lesson, self.actor.user_id, row)])


class LessonQuestionAnswer(ApiView):
    @described(
        "Answer a question in a video; the first answer stands", takes=VideoAnswerInput, gives=VideoAnsweredShown
    )
    def put(self, request: Request, stop_id: UUID) -> Response:
        kept, done = answer_stop(actor=self.actor, stop_id=stop_id, given=self.given(VideoAnswerInput))
        stop = stop_seen(stop_id)
        stop = asked_now(stop) or stop
        asked = asked_at(stop, number_of(stop), self.actor.user_id, kept)
        return self.one({**_asked(asked), "lesson_done": done})


class LessonStops(ApiView):
    @described(
        "Ask a question of the bank at a moment of a draft's video", takes=StopInput, gives=StopShown, status=201
    )
    def post(self, request: Request, lesson_id: UUID) -> Response:
        made = add_stop(actor=self.actor, lesson_id=lesson_id, **self.given(StopInput))
        said = {"id": made.pk, "at": made.at, "question_id": made.question_id, "stem": listed(made.question).stem}
        return self.created(said)


class LessonStop(ApiView):
    @described("The draft's video stops there no more", status=204)
    def delete(self, request: Request, stop_id: UUID) -> Response:
        drop_stop(actor=self.actor, stop_id=stop_id)
        return self.done()


urlpatterns = [
    path("lessons/<uuid:lesson_id>/questions/", LessonQuestions.as_view(), name="lesson-questions"),
    path("lesson-questions/<uuid:stop_id>/answer/", LessonQuestionAnswer.as_view(), name="lesson-question-answer"),
    path("course-lessons/<uuid:lesson_id>/questions/", LessonStops.as_view(), name="course-lesson-questions"),
    path("course-questions/<uuid:stop_id>/", LessonStop.as_view(), name="course-question"),
]
