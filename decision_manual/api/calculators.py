"""Calculators over the API: what each takes, and one calculation. Nothing is kept, nobody is named."""

from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import InvalidInput
from decision_manual.calculators.batch import calculated, schemas
from decision_manual.calculators.inputs import Refused


@extend_schema_field(OpenApiTypes.ANY)
class Anything(serializers.JSONField):
    """Any JSON value."""


class BothLanguages(Output):
    en = serializers.CharField()
    zh = serializers.CharField()


class CitationShown(Output):
    key = serializers.CharField()
    title = serializers.CharField()
    locator = serializers.CharField()
    verified = serializers.BooleanField(help_text="False: recalled or bound to an edition; `to_verify` says what.")
    to_verify = BothLanguages(many=True)


class CalculatorShown(Output):
    id = serializers.CharField()
    title = BothLanguages()
    group = serializers.CharField()
    synonyms = serializers.ListField(child=serializers.CharField())
    inputs = serializers.ListField(
        child=serializers.DictField(), help_text="id, type, unit, limits or choices of each."
    )
    results = serializers.ListField(child=serializers.DictField())
    categories = serializers.ListField(child=serializers.DictField())
    source = CitationShown()  # type: ignore[assignment]
    note = BothLanguages(allow_null=True)


class Calculators(ApiView):
    @described("The calculators of the manual: what each takes and gives", gives=CalculatorShown, page=True)
    def get(self, request: Request) -> Response:
        return self.paged(list(schemas()))


class CalculateInput(Input):
    id = serializers.CharField(max_length=200, required=False, allow_null=True, help_text="Given back as it came.")
    calculator = serializers.CharField(max_length=100)
    inputs = serializers.DictField(
        child=Anything(allow_null=True),
        help_text='By input id: a number, {"value": n, "unit": "mg/dL"}, true or false, or the code of a choice.',
    )


class TraceStepShown(BothLanguages):
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]


class ResultShown(Output):
    id = serializers.CharField(allow_null=True)
    calculator = serializers.CharField()
    result = Anything(allow_null=True, help_text="The figure, or an object of figures where there are several.")
    category = serializers.CharField()
    severity = serializers.ChoiceField(["pink", "yellow", "green", ""])
    urgency = serializers.ChoiceField(["E0", "E1", "U1", "U2", "R1", "R2", "H", ""])
    title = BothLanguages()
    meaning = BothLanguages()
    notes = BothLanguages(many=True)
    warnings = serializers.DictField(child=BothLanguages(), help_text="Unusual values, by input id.")
    trace = TraceStepShown(many=True)
    source = CitationShown()  # type: ignore[assignment]


class Calculate(ApiView):
    @described("Calculate", takes=CalculateInput, gives=ResultShown)
    def post(self, request: Request) -> Response:
        given: dict[str, Any] = self.given(CalculateInput)
        try:
            return self.one(calculated(given))
        except Refused as refused:
            raise InvalidInput(refused.fields) from refused


urlpatterns = [
    path("manual/calculators/", Calculators.as_view(), name="manual-calculators"),
    path("manual/calculate/", Calculate.as_view(), name="manual-calculate"),
]
