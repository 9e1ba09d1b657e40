"""Sitting an exam over the API, as the page does: begin, answer, go on elsewhere, hand in; and the marking desk."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel import clock
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import InvalidInput
from consortium.kernel.policies import require
from courses.assessment.models import Attempt
from courses.assessment.operations.answering import Saved, Sent, save_answer, stamps_of
from courses.assessment.operations.attending import begin_attempt, take_over
from courses.assessment.operations.handing_in import hand_in
from courses.assessment.operations.marking import mark_essay
from courses.assessment.policies.exams import may_answer, may_mark_for
from courses.assessment.queries.marking import Essay, alias_of, essay_for, essays_to_mark
from courses.assessment.queries.papers import asked_plainly
from courses.assessment.queries.results import review_of
from courses.assessment.queries.sitting import attempt_for, own_attempts, sitting_of
from courses.assessment.states.exams import AttemptStep

_TAG = "exams"
STAMP = "Exam-Stamp"


class ExamAttemptShown(Output):
    id = serializers.UUIDField()
    exam_id = serializers.UUIDField()
    number = serializers.IntegerField()
    step = serializers.ChoiceField(AttemptStep.choices)
    began_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="By the server's clock.")
    handed_in_at = serializers.DateTimeField(allow_null=True)
    by_the_clock = serializers.BooleanField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    passed = serializers.BooleanField(allow_null=True)


class HeldShown(ExamAttemptShown):
    device = serializers.UUIDField(help_text="Sent with each answer; another device that takes over ends it.")
    epoch = serializers.IntegerField(help_text="Sequence numbers begin at epoch * 10^11.")


_PLAIN = ("id", "exam_id", "number", "step", "began_at", "ends_at", "handed_in_at", "by_the_clock", "passed")


def attempt_body(attempt: Attempt) -> dict[str, Any]:
    percent = None if attempt.percent is None else str(attempt.percent)
    return {**{name: getattr(attempt, name) for name in _PLAIN}, "percent": percent}


def _held(attempt: Attempt) -> dict[str, Any]:
    return {**attempt_body(attempt), "device": attempt.device, "epoch": attempt.epoch}


def stamped(response: Any, attempt: Attempt) -> Any:
    """The server's time, signed: the page that has the attempt proves by it when an answer was given."""
    response[STAMP] = stamps_of(attempt).make(clock.now())
    return response


class ExamAttempts(ApiView):
    @described("Begin an attempt, or go on with the one that runs", gives=HeldShown, status=201, key=True, tag=_TAG)
    def post(self, request: Request, exam_id: UUID) -> Response:
        attempt, fresh = begin_attempt(actor=self.actor, exam_id=exam_id, key=self.request_key)
        reply: Response = stamped(self.created(_held(attempt), fresh=fresh), attempt)
        return reply


class Attempts(ApiView):
    @described("My attempts", gives=ExamAttemptShown, page=True, tag=_TAG)
    def get(self, request: Request) -> Response:
        rows = own_attempts(self.actor).values(*_PLAIN, "percent")
        return self.page(rows, order=("-began_at", "id"), row=_line)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "percent": None if row["percent"] is None else str(row["percent"])}


class AskedShown(Output):
    number = serializers.IntegerField()
    position = serializers.IntegerField(help_text="What answers name.")
    kind = serializers.CharField()
    points = serializers.CharField()
    question = serializers.DictField(help_text="As it is asked, without its key.")
    given = serializers.DictField(allow_null=True)
    seq = serializers.IntegerField()
    flagged = serializers.BooleanField()


class PaperShown(ExamAttemptShown):
    questions = AskedShown(many=True)


class AttemptDetail(ApiView):
    @described("An attempt of mine: while it runs with its questions and saved answers", gives=PaperShown, tag=_TAG)
    def get(self, request: Request, attempt_id: UUID) -> Response:
        attempt = attempt_for(self.actor, attempt_id)
        require(may_answer(self.actor, attempt))
        asked = sitting_of(attempt).asked if attempt.step == AttemptStep.RUNNING else ()
        return self.one({**attempt_body(attempt), "questions": [asked_plainly(one) for one in asked]})


class AttemptTakeOver(ApiView):
    @described("Go on here; the device before is refused from now on", gives=HeldShown, tag=_TAG)
    def post(self, request: Request, attempt_id: UUID) -> Response:
        attempt = take_over(actor=self.actor, attempt_id=attempt_id)
        reply: Response = stamped(self.one(_held(attempt)), attempt)
        return reply


class ExamAnswerInput(Input):
    seq = serializers.IntegerField(min_value=1, help_text="Grows with each answer; the highest wins.")
    given = serializers.DictField(allow_null=True, help_text="null takes an answer back.")
    flagged = serializers.BooleanField(required=False, default=False)
    device = serializers.UUIDField(required=False)
    stamp = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    held_ms = serializers.IntegerField(min_value=0, max_value=10**11, required=False, default=0)


class ExamSavedShown(Output):
    position = serializers.IntegerField()
    seq = serializers.IntegerField()
    kept = serializers.BooleanField(help_text="False: another answer stands there, given later.")
    flagged = serializers.BooleanField()
    saved_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


def saved_body(saved: Saved) -> dict[str, Any]:
    return {name: getattr(saved, name) for name in ("position", "seq", "kept", "flagged", "saved_at", "ends_at")}


_MOST_CHARACTERS = 25_000


class AttemptAnswer(ApiView):
    @described("Save one answer", takes=ExamAnswerInput, gives=ExamSavedShown, also=(409, 422), tag=_TAG)
    def put(self, request: Request, attempt_id: UUID, position: int) -> Response:
        said = self.given(ExamAnswerInput)
        if len(str(said["given"])) > _MOST_CHARACTERS:
            raise InvalidInput({"given": "too long"})
        held = timedelta(milliseconds=said.pop("held_ms"))
        saved = save_answer(actor=self.actor, attempt_id=attempt_id, sent=Sent(position, held=held, **said))
        return self.one(saved_body(saved))


class AttemptHandIn(ApiView):
    @described("Hand in", gives=ExamAttemptShown, tag=_TAG)
    def post(self, request: Request, attempt_id: UUID) -> Response:
        return self.one(attempt_body(hand_in(actor=self.actor, attempt_id=attempt_id)))


class ReviewedShown(Output):
    number = serializers.IntegerField()
    question = serializers.DictField(allow_null=True)
    given = serializers.DictField(allow_null=True)
    points = serializers.CharField(allow_null=True)
    most = serializers.CharField()
    key = serializers.DictField(allow_null=True, help_text="The question with its key, where the exam shows it.")
    feedback = serializers.CharField()


class ExamResultShown(ExamAttemptShown):
    questions = ReviewedShown(many=True)


class AttemptResult(ApiView):
    @described("What came of an attempt, as far as the exam shows it", gives=ExamResultShown, tag=_TAG)
    def get(self, request: Request, attempt_id: UUID) -> Response:
        attempt = attempt_for(self.actor, attempt_id)
        review = review_of(self.actor, attempt)
        return self.one({**attempt_body(attempt), "questions": [one.plain() for one in review.lines]})


# -- marking ----------------------------------------------------------------------------------------------------------


class EssayLine(Output):
    id = serializers.UUIDField()
    alias = serializers.CharField(help_text="Tells nothing of who wrote it.")
    exam_id = serializers.UUIDField()
    handed_in_at = serializers.DateTimeField()


class CriterionShown(Output):
    id = serializers.CharField()
    en = serializers.CharField()
    zh = serializers.CharField()
    points = serializers.CharField()


class EssayShown(EssayLine):
    question = serializers.DictField()
    given = serializers.DictField()
    rubric = CriterionShown(many=True)


class MarkInput(Input):
    criteria = serializers.DictField(child=serializers.DecimalField(max_digits=8, decimal_places=4))
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class MarkShown(Output):
    place = serializers.IntegerField()
    points = serializers.CharField()
    marked_at = serializers.DateTimeField()


def _essay_line(answer: Any) -> dict[str, Any]:
    return {
        "id": answer.pk, "alias": alias_of(answer), "exam_id": answer.attempt.exam_id,
        "handed_in_at": answer.attempt.handed_in_at,
    }  # fmt: skip


def _essay_body(essay: Essay) -> dict[str, Any]:
    rubric = [{"id": one.id, "en": one.text.en, "zh": one.text.zh, "points": str(one.points)} for one in essay.rubric]
    question = {"stem": {"en": essay.question.stem.en, "zh": essay.question.stem.zh}}
    return {**_essay_line(essay.answer), "question": question, "given": essay.answer.given, "rubric": rubric}


class Essays(ApiView):
    @described("Essays that wait for my marks", gives=EssayLine, page=True, tag=_TAG)
    def get(self, request: Request) -> Response:
        require(may_mark_for(self.actor))
        return self.paged([_essay_line(answer) for answer in essays_to_mark(self.actor)])


class EssayDetail(ApiView):
    @described("An essay without its author, and its rubric", gives=EssayShown, tag=_TAG)
    def get(self, request: Request, answer_id: UUID) -> Response:
        return self.one(_essay_body(essay_for(self.actor, answer_id)))

    @described("Mark it, once", takes=MarkInput, gives=MarkShown, tag=_TAG)
    def post(self, request: Request, answer_id: UUID) -> Response:
        mark = mark_essay(actor=self.actor, answer_id=answer_id, **self.given(MarkInput))
        return self.one({"place": mark.place, "points": str(mark.points), "marked_at": mark.marked_at})


urlpatterns = [
    path("exams/<uuid:exam_id>/attempts/", ExamAttempts.as_view(), name="exam-attempts"),
    path("attempts/", Attempts.as_view(), name="attempts"),
    path("attempts/<uuid:attempt_id>/", AttemptDetail.as_view(), name="attempt"),
    path("attempts/<uuid:attempt_id>/take-over/", AttemptTakeOver.as_view(), name="attempt-take-over"),
    path("attempts/<uuid:attempt_id>/answers/<int:position>/", AttemptAnswer.as_view(), name="attempt-answer"),
    path("attempts/<uuid:attempt_id>/hand-in/", AttemptHandIn.as_view(), name="attempt-hand-in"),
    path("attempts/<uuid:attempt_id>/result/", AttemptResult.as_view(), name="attempt-result"),
    path("essays/", Essays.as_view(), name="essays"),
    path("essays/<uuid:answer_id>/", EssayDetail.as_view(), name="essay"),
]
