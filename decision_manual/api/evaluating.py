"""Facts in, classifications out; and runs that are kept."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from decision_manual.models import Run
from decision_manual.operations import keep_run
from decision_manual.queries import answer_to


@extend_schema_field(OpenApiTypes.ANY)
class Anything(serializers.JSONField):
    """Any JSON value."""


def facts_field(**words: Any) -> serializers.DictField:
    return serializers.DictField(child=Anything(allow_null=True), **words)


class AskInput(Input):
    id = serializers.CharField(max_length=200, required=False, allow_null=True, help_text="Given back as it came.")
    facts = facts_field(
        help_text='By code: true or false, a number in the finding\'s unit, {"value": n, "unit": "[degF]"}, or the '
        "code of a choice; and age_days or age_months."
    )
    pathway = serializers.CharField(max_length=80, required=False, allow_null=True, help_text="Only this one.")
    unlisted = serializers.ChoiceField(
        ["unknown", "negative"], required=False, help_text="What a fact is that is not listed; numbers stay unknown."
    )
    profile = facts_field(required=False, allow_null=True, help_text="The site's choices, e.g. malaria_risk.")


class ClassShown(Output):
    code = serializers.CharField()
    severity = serializers.ChoiceField(["pink", "yellow", "green", "info"])
    pathway = serializers.CharField()
    row = serializers.CharField()
    version = serializers.CharField()
    status = serializers.CharField(help_text="How far that version has come: draft ... approved, demonstration.")


class ManualAnswerShown(Output):
    id = serializers.CharField(allow_null=True)
    classifications = ClassShown(many=True)
    actions = serializers.ListField(child=serializers.DictField())
    referrals = serializers.ListField(child=serializers.DictField())
    unknown = serializers.ListField(child=serializers.CharField(), help_text="What to ask next, the weightiest first.")


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("facts", "pathway", "unlisted", "profile") if given.get(name) is not None}


class Evaluate(ApiView):
    @described("Classify a child", takes=AskInput, gives=ManualAnswerShown)
    def post(self, request: Request) -> Response:
        given = self.given(AskInput)
        return self.one({"id": given.get("id"), **answer_to(_checked(given)).data()})


class RunInput(AskInput):
    patient_id = serializers.UUIDField(required=False, allow_null=True, help_text="Left out: nobody in particular.")
    safety_net_given = serializers.BooleanField(required=False)


class RunShown(Output):
    id = serializers.UUIDField()
    patient_id = serializers.UUIDField(allow_null=True)
    asked = serializers.DictField()
    answered = serializers.DictField()
    safety_net_given = serializers.BooleanField()
    made_at = serializers.DateTimeField()


FIELDS = ("id", "patient_id", "asked", "answered", "safety_net_given", "made_at")


class Runs(ApiView):
    @described("Runs that the caller may see, newest first", gives=RunShown, page=True)
    def get(self, request: Request) -> Response:
        rows = Run.objects.values(*FIELDS)
        return self.page(rows, order=("-made_at", "-id"), row=dict)

    @described("Classify a child and keep the run", takes=RunInput, gives=RunShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        given = self.given(RunInput)
        words = {name: given[name] for name in ("patient_id", "safety_net_given") if given.get(name) is not None}
        run, fresh = keep_run(actor=self.actor, asked=_checked(given), key=self.request_key, **words)
        return self.created({name: getattr(run, name) for name in FIELDS}, fresh=fresh)


class RunDetail(ApiView):
    @described("A run", gives=RunShown)
    def get(self, request: Request, run_id: UUID) -> Response:
        run = Run.objects.filter(pk=run_id).values(*FIELDS).first()
        if run is None:
            raise NotVisible
        return self.one(run)


urlpatterns = [
    path("manual/evaluate/", Evaluate.as_view(), name="manual-evaluate"),
    path("manual/runs/", Runs.as_view(), name="manual-runs"),
    path("manual/runs/<uuid:run_id>/", RunDetail.as_view(), name="manual-run"),
]
