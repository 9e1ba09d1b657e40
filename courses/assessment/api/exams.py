"""Exams over the API: building and publishing them, exceptions, and results."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from courses.assessment.models import Accommodation, Exam
from courses.assessment.operations.building import (
    FIELDS,
    change_exam,
    copy_exam,
    create_exam,
    set_blueprint,
    set_questions,
)
from courses.assessment.operations.publishing import accommodate, close_exam, publish_exam, reopen_exam
from courses.assessment.policies.exams import may_run_exam
from courses.assessment.queries.forms import covered, fixed_questions
from courses.assessment.queries.results import RESULT_COLUMNS, results_of
from courses.assessment.queries.sitting import exam_for
from courses.assessment.states.exams import EXAM, Drawing, ExamStep, Layout, Reveal

_TAG = "exams"


class ExamInput(Input):
    title_en = serializers.CharField(max_length=200)
    title_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    intro_en = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    intro_zh = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    self_check = serializers.BooleanField(required=False)
    drawing = serializers.ChoiceField(Drawing.choices, required=False)
    forms = serializers.IntegerField(min_value=0, max_value=20, required=False)
    layout = serializers.ChoiceField(Layout.choices, required=False)
    shuffled = serializers.BooleanField(required=False)
    pass_percent = serializers.IntegerField(min_value=0, max_value=100, required=False)
    attempts_allowed = serializers.IntegerField(min_value=1, max_value=20, required=False)
    minutes = serializers.IntegerField(min_value=1, max_value=600, required=False, allow_null=True)
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    show_own = serializers.ChoiceField(Reveal.choices, required=False)
    show_key = serializers.ChoiceField(Reveal.choices, required=False)
    show_feedback = serializers.ChoiceField(Reveal.choices, required=False)
    dispute_percent = serializers.IntegerField(min_value=0, max_value=100, required=False)


class NewExamInput(ExamInput):
    institution_id = serializers.UUIDField()


class ExamShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    institution_id = serializers.UUIDField()
    step = serializers.ChoiceField(ExamStep.choices)
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    intro_en = serializers.CharField()
    intro_zh = serializers.CharField()
    self_check = serializers.BooleanField()
    drawing = serializers.CharField()
    forms = serializers.IntegerField()
    layout = serializers.CharField()
    shuffled = serializers.BooleanField()
    pass_percent = serializers.IntegerField()
    attempts_allowed = serializers.IntegerField()
    minutes = serializers.IntegerField(allow_null=True)
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    show_own = serializers.CharField()
    show_key = serializers.CharField()
    show_feedback = serializers.CharField()
    dispute_percent = serializers.IntegerField()
    available_actions = Acts()


class ExamLine(Output):
    id = serializers.UUIDField()
    step = serializers.CharField()
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    minutes = serializers.IntegerField(allow_null=True)
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


_LINE = ("id", "step", "title_en", "title_zh", "minutes", "opens_at", "closes_at", "created_at")


def exam_body(view: ApiView, exam: Exam) -> dict[str, Any]:
    href = f"/api/v1/exams/{exam.pk}/"
    actions = [
        {"verb": t.verb, "label": str(t.label), "href": f"{href}{t.verb}/", "required": list(t.required)}
        for t in EXAM.available(view.actor, exam)
    ]
    plain = {name: getattr(exam, name) for name in ("id", "version", "institution_id", "step", *FIELDS)}
    return {**plain, "available_actions": actions}


class Exams(ApiView):
    @described("Exams that are or were open, and drafts that I build", gives=ExamLine, page=True, tag=_TAG)
    def get(self, request: Request) -> Response:
        rows = Exam.objects.values(*_LINE)
        return self.page(rows, order=("-created_at", "id"), row=dict)

    @described("Make an exam, as a draft", takes=NewExamInput, gives=ExamShown, status=201, key=True, tag=_TAG)
    def post(self, request: Request) -> Response:
        fields = self.given(NewExamInput)
        place = fields.pop("institution_id")
        exam, fresh = create_exam(actor=self.actor, institution_id=place, fields=fields, key=self.request_key)
        return self.created(exam_body(self, exam), fresh=fresh)


class ExamDetail(ApiView):
    @described("An exam", gives=ExamShown, tag=_TAG)
    def get(self, request: Request, exam_id: UUID) -> Response:
        return self.one(exam_body(self, exam_for(exam_id)))

    @described("Change the rules of a draft", takes=ExamInput, gives=ExamShown, version=True, tag=_TAG)
    def patch(self, request: Request, exam_id: UUID) -> Response:
        fields = self.given(ExamInput, partial=True)
        return self.one(exam_body(self, change_exam(
            actor=self.actor, exam_id=exam_id, fields=fields, version=self.version
        )))  # fmt: skip


_VERBS: dict[str, Any] = {"publish": publish_exam, "close": close_exam, "reopen": reopen_exam}


class ExamAct(ApiView):
    @described("Publish, close or open again", gives=ExamShown, version=True, tag=_TAG)
    def post(self, request: Request, exam_id: UUID, verb: str) -> Response:
        if verb not in _VERBS:
            raise NotVisible
        return self.one(exam_body(self, _VERBS[verb](actor=self.actor, exam_id=exam_id, version=self.version)))


class ExamCopy(ApiView):
    @described("A draft with the same rules and questions", gives=ExamShown, status=201, key=True, tag=_TAG)
    def post(self, request: Request, exam_id: UUID) -> Response:
        exam, fresh = copy_exam(actor=self.actor, exam_id=exam_id, key=self.request_key)
        return self.created(exam_body(self, exam), fresh=fresh)


# -- what is asked ----------------------------------------------------------------------------------------------------


class QuestionRow(Input):
    version_id = serializers.UUIDField()
    points = serializers.DecimalField(max_digits=6, decimal_places=2, required=False, default=Decimal(1))


class QuestionsInput(Input):
    questions = QuestionRow(many=True)


class QuestionLine(Output):
    position = serializers.IntegerField()
    version_id = serializers.UUIDField()
    points = serializers.DecimalField(max_digits=6, decimal_places=2)


class ExamQuestions(ApiView):
    @described("The fixed list of questions", gives=QuestionLine, page=True, tag=_TAG)
    def get(self, request: Request, exam_id: UUID) -> Response:
        exam = exam_for(exam_id)
        require(may_run_exam(self.actor, exam))
        lines = [
            {"position": row.position, "version_id": row.version_id, "points": str(row.points)}
            for row in fixed_questions(exam)
        ]
        return self.paged(lines)

    @described("Replace the fixed list", takes=QuestionsInput, gives=ExamShown, version=True, tag=_TAG)
    def put(self, request: Request, exam_id: UUID) -> Response:
        rows = [(row["version_id"], row["points"]) for row in self.given(QuestionsInput)["questions"]]
        exam = set_questions(actor=self.actor, exam_id=exam_id, questions=rows, version=self.version)
        return self.one(exam_body(self, exam))


class BlueprintLine(Input):
    tags = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=10)
    kinds = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=10)
    count = serializers.IntegerField(min_value=1, max_value=200)
    points = serializers.DecimalField(max_digits=6, decimal_places=2, required=False, default=Decimal(1))


class BlueprintInput(Input):
    rows = BlueprintLine(many=True)


class CoverageLine(Output):
    words = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    points = serializers.CharField()
    fitting = serializers.IntegerField(help_text="Approved questions that fit this row.")
    short = serializers.IntegerField(help_text="How many are missing when all rows are served at best.")


class ExamBlueprint(ApiView):
    @described("The blueprint, and what the bank has for it", gives=CoverageLine, page=True, tag=_TAG)
    def get(self, request: Request, exam_id: UUID) -> Response:
        exam = exam_for(exam_id)
        require(may_run_exam(self.actor, exam))
        lines = [
            {"words": one.words, "tags": one.row.tags, "kinds": one.row.kinds, "count": one.row.count,
             "points": str(one.row.points), "fitting": one.has.fitting, "short": one.has.short}
            for one in covered(exam)
        ]  # fmt: skip
        return self.paged(lines)

    @described("Replace the blueprint", takes=BlueprintInput, gives=ExamShown, version=True, tag=_TAG)
    def put(self, request: Request, exam_id: UUID) -> Response:
        rows = [dict(row) for row in self.given(BlueprintInput)["rows"]]
        exam = set_blueprint(actor=self.actor, exam_id=exam_id, rows=rows, version=self.version)
        return self.one(exam_body(self, exam))


# -- exceptions and results -------------------------------------------------------------------------------------------


class AccommodationInput(Input):
    extra_minutes = serializers.IntegerField(min_value=0, max_value=600, required=False, default=0)
    extra_attempts = serializers.IntegerField(min_value=0, max_value=20, required=False, default=0)
    reason = serializers.CharField(max_length=500)


class AccommodationShown(Output):
    user_id = serializers.UUIDField()
    extra_minutes = serializers.IntegerField()
    extra_attempts = serializers.IntegerField()
    reason = serializers.CharField()
    given_at = serializers.DateTimeField()


_GIVEN = ("user_id", "extra_minutes", "extra_attempts", "reason", "given_at")


class Accommodations(ApiView):
    @described("Exceptions made for single people", gives=AccommodationShown, page=True, tag=_TAG)
    def get(self, request: Request, exam_id: UUID) -> Response:
        exam = exam_for(exam_id)
        require(may_run_exam(self.actor, exam))
        rows = Accommodation.objects.filter(exam=exam).values("id", *_GIVEN)
        return self.page(rows, order=("id",), row=lambda row: {name: row[name] for name in _GIVEN})


class AccommodationDetail(ApiView):
    @described("More time or attempts for one person", takes=AccommodationInput, gives=AccommodationShown, tag=_TAG)
    def put(self, request: Request, exam_id: UUID, user_id: UUID) -> Response:
        given = accommodate(actor=self.actor, exam_id=exam_id, user_id=user_id, **self.given(AccommodationInput))
        return self.one({name: getattr(given, name) for name in _GIVEN})


class ResultLine(Output):
    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    number = serializers.IntegerField()
    step = serializers.CharField()
    began_at = serializers.DateTimeField()
    handed_in_at = serializers.DateTimeField(allow_null=True)
    by_the_clock = serializers.BooleanField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    passed = serializers.BooleanField(allow_null=True)


class ExamResults(ApiView):
    @described("Attempts at an exam and what came of them", gives=ResultLine, page=True, tag=_TAG)
    def get(self, request: Request, exam_id: UUID) -> Response:
        exam = exam_for(exam_id)
        require(may_run_exam(self.actor, exam))
        rows = results_of(exam).values(*RESULT_COLUMNS)
        return self.page(rows, order=("-began_at", "id"), row=_result)


def _result(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "percent": None if row["percent"] is None else str(row["percent"])}


urlpatterns = [
    path("exams/", Exams.as_view(), name="exams"),
    path("exams/<uuid:exam_id>/", ExamDetail.as_view(), name="exam"),
    path("exams/<uuid:exam_id>/copy/", ExamCopy.as_view(), name="exam-copy"),
    path("exams/<uuid:exam_id>/questions/", ExamQuestions.as_view(), name="exam-questions"),
    path("exams/<uuid:exam_id>/blueprint/", ExamBlueprint.as_view(), name="exam-blueprint"),
    path("exams/<uuid:exam_id>/results/", ExamResults.as_view(), name="exam-results"),
    path("exams/<uuid:exam_id>/accommodations/", Accommodations.as_view(), name="exam-accommodations"),
    path(
        "exams/<uuid:exam_id>/accommodations/<uuid:user_id>/",
        AccommodationDetail.as_view(),
        name="exam-accommodation",
    ),
]
#: stands last: its verb would take the names above
ACTS = [path("exams/<uuid:exam_id>/<slug:verb>/", ExamAct.as_view(), name="exam-act")]
