"""Measurements over the API: keep, list, correct; growth with its chart; the score of vital signs."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.clinical.growth import Index
from consortium.clinical.growth.chart import Lines
from consortium.clinical.pews.scoring import NOT_VALIDATED
from consortium.journal.operations import note_read
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.patients.models import Measurement, Patient
from consortium.patients.operations import Entry, correct_measurement, record_measurements
from consortium.patients.policies import may_measure
from consortium.patients.queries.growing import GrowthPage, GrowthRow, first_index, growth_page
from consortium.patients.queries.measuring import (
    Measured,
    latest_pews,
    latest_values,
    measured_page,
    measurement_for,
    set_for,
)
from consortium.patients.queries.record import patient_for
from consortium.patients.states import BodyPosition, MeasurementError, MeasurementKind, Site

# -- shapes -------------------------------------------------------------------------------------------------------


class EntryInput(Input):
    """A number with its unit (UCUM), or the code of a sign."""

    kind = serializers.ChoiceField(MeasurementKind.choices)
    value = serializers.DecimalField(max_digits=12, decimal_places=6, required=False, allow_null=True)
    unit = serializers.CharField(max_length=12, required=False, allow_blank=True)
    code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    position = serializers.ChoiceField(BodyPosition.choices, required=False, allow_blank=True)
    site = serializers.ChoiceField(Site.choices, required=False, allow_blank=True)
    estimated = serializers.BooleanField(required=False)


class MeasureInput(Input):
    entries = serializers.ListField(child=EntryInput(), max_length=40)
    taken_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now unless told.")
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=40,
        help_text="Tokens out of a 422 with code confirm: unlikely values that somebody looked at again.",
    )


class CorrectInput(Input):
    reason = serializers.ChoiceField(MeasurementError.choices)
    replacement = EntryInput(required=False, allow_null=True)
    confirmed = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=40)


class GrowthAsked(Input):
    index = serializers.ChoiceField([(index.value, index.value) for index in Index], required=False)
    lines = serializers.ChoiceField([(lines.value, lines.value) for lines in Lines], required=False)


class ValueShown(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(MeasurementKind.choices)
    value = serializers.CharField(allow_null=True, help_text="A decimal number, as entered; null for a sign.")
    unit = serializers.CharField()
    code = serializers.CharField()
    position = serializers.CharField()
    site = serializers.CharField()
    estimated = serializers.BooleanField()
    taken_at = serializers.DateTimeField()
    entered_in_error_at = serializers.DateTimeField(allow_null=True)
    error_reason = serializers.CharField()
    replaces_id = serializers.UUIDField(allow_null=True)


class PewsShown(Output):
    total = serializers.IntegerField()
    complete = serializers.BooleanField(help_text="false: the score is at least `total`.")
    level = serializers.IntegerField(help_text="0 none, 1 low, 2 medium, 3 high, 4 emergency.")
    words = serializers.CharField()
    advice = serializers.CharField()
    band = serializers.CharField()
    points = serializers.DictField(child=serializers.IntegerField())
    missing = serializers.ListField(child=serializers.CharField())
    reasons = serializers.ListField(child=serializers.CharField())
    caution = serializers.CharField()


class MeasuredShown(Output):
    id = serializers.UUIDField()
    taken_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    current = serializers.BooleanField(help_text="Not older than 4 hours.")
    values = ValueShown(many=True)
    pews = PewsShown(allow_null=True)
    available_actions = Acts()


class LatestShown(Output):
    kind = serializers.ChoiceField(MeasurementKind.choices)
    current = serializers.BooleanField(help_text="false: too old to be taken as the present value without asking.")
    measurement = ValueShown()


class LatestPage(Output):
    values = LatestShown(many=True)
    pews = MeasuredShown(allow_null=True)


class GrowthRowShown(Output):
    taken_at = serializers.DateTimeField()
    value = serializers.CharField()
    z = serializers.CharField(allow_null=True)
    percentile = serializers.FloatField(allow_null=True)
    believed = serializers.BooleanField(help_text="false: outside what the WHO takes for plausible.")
    finding = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())


class GrowthShown(Output):
    index = serializers.CharField()
    unit = serializers.CharField()
    why = serializers.CharField(help_text="Why there is no chart; empty when there is one.")
    rows = GrowthRowShown(many=True)
    curves = serializers.DictField(
        child=serializers.ListField(), help_text="The chart's lines: label -> pairs of (days or cm, value)."
    )


# -- from rows to plain data --------------------------------------------------------------------------------------


def value_shown(row: Measurement) -> dict[str, Any]:
    names = ("id", "kind", "unit", "code", "position", "site", "estimated", "taken_at", "entered_in_error_at",
             "error_reason", "replaces_id")  # fmt: skip
    value = None if row.value is None else f"{row.value.normalize():f}"
    return {**{name: getattr(row, name) for name in names}, "value": value}


def pews_shown(measured: Measured) -> dict[str, Any] | None:
    pews = measured.pews
    if pews is None:
        return None
    return {
        "total": pews.total, "complete": pews.is_complete, "level": int(pews.level), "words": pews.words,
        "advice": pews.level.advice, "band": pews.band, "points": {str(k): v for k, v in pews.points.items()},
        "missing": [str(item) for item in pews.missing], "reasons": [str(reason) for reason in pews.reasons],
        "caution": str(NOT_VALIDATED),
    }  # fmt: skip


def _acts(rows: list[Measurement]) -> list[dict[str, Any]]:
    return [
        {
            "verb": "correct", "label": str(_("Take a value back")), "required": ["reason"],
            "href": reverse("api:measurement-correct", args=[row.pk]),
        }
        for row in rows
    ]  # fmt: skip


def measured_shown(item: Measured, *, may: bool) -> dict[str, Any]:
    """`may`: whether the caller may correct; asked once for a whole list."""
    return {
        "id": item.measured.pk, "taken_at": item.measured.taken_at, "recorded_at": item.measured.recorded_at,
        "current": item.is_current, "values": [value_shown(row) for row in (*item.rows, *item.wrong)],
        "pews": pews_shown(item), "available_actions": _acts(item.rows) if may else [],
    }  # fmt: skip


def _row_shown(row: GrowthRow) -> dict[str, Any]:
    score = row.score
    return {
        "taken_at": row.taken_at, "value": row.value, "z": str(score.z) if score else None,
        "percentile": round(score.percentile, 2) if score else None, "believed": score.believed if score else True,
        "finding": row.finding.code if row.finding else "", "notes": [str(note) for note in row.notes],
    }  # fmt: skip


def growth_shown(page: GrowthPage) -> dict[str, Any]:
    chart = page.chart
    return {
        "index": page.index, "unit": chart.unit if chart else "", "why": page.why,
        "rows": [_row_shown(row) for row in page.rows],
        "curves": {k: [(round(x, 1), round(y, 3)) for x, y in v] for k, v in chart.curves.items()} if chart else {},
    }  # fmt: skip


def _entry(given: dict[str, Any] | None) -> Entry | None:
    return Entry(**given) if given else None


# -- views --------------------------------------------------------------------------------------------------------


def _note(view: ApiView, patient: Patient, what: str) -> None:
    note_read(actor=view.actor, subject=patient, patient_id=patient.pk, what=what, once_per_look=True)


class Measurements(ApiView):
    @described("What was measured on a child, newest first", gives=MeasuredShown, page=True)
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = patient_for(patient_id)
        page = measured_page(patient, self.after, page_limit(request, 25))
        _note(self, patient, "measurements")
        may = may_measure(self.actor, patient).allowed
        return self.paged([measured_shown(item, may=may) for item in page.items], page.next_cursor)

    @described("Keep what was measured at one time; unlikely values must be confirmed", takes=MeasureInput,
               gives=MeasuredShown, status=201, key=True)  # fmt: skip
    def post(self, request: Request, patient_id: UUID) -> Response:
        given = self.given(MeasureInput)
        measured, fresh = record_measurements(
            actor=self.actor, patient_id=patient_id, entries=[Entry(**entry) for entry in given["entries"]],
            taken_at=given.get("taken_at"), confirmed=given.get("confirmed", []), key=self.request_key,
        )  # fmt: skip
        _patient, item = set_for(measured.pk)
        return self.created(measured_shown(item, may=True), fresh=fresh)


class Latest(ApiView):
    @described("The newest value of each kind, and whether it is recent enough to be used", gives=LatestPage)
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = patient_for(patient_id)
        pews = latest_pews(patient)
        _note(self, patient, "measurements")
        values = [
            {"kind": kind, "current": item.is_current, "measurement": value_shown(item.row)}
            for kind, item in latest_values(patient).items()
        ]
        may = may_measure(self.actor, patient).allowed
        return self.one({"values": values, "pews": measured_shown(pews, may=may) if pews else None})


class Growth(ApiView):
    @described("A growth chart with its table", gives=GrowthShown, filters=GrowthAsked)
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient, asked = patient_for(patient_id), self.asked(GrowthAsked)
        _note(self, patient, "growth")
        index = Index(asked["index"]) if "index" in asked else first_index(patient)
        return self.one(growth_shown(growth_page(patient, index, Lines(asked.get("lines", Lines.Z)))))


class Correction(ApiView):
    @described("Take a value back, and put the right one beside it", takes=CorrectInput, gives=ValueShown, status=201)
    def post(self, request: Request, measurement_id: UUID) -> Response:
        given = self.given(CorrectInput)
        correct_measurement(
            actor=self.actor, measurement_id=measurement_id, reason=given["reason"],
            replacement=_entry(given.get("replacement")), confirmed=given.get("confirmed", []),
        )  # fmt: skip
        return self.created(value_shown(measurement_for(measurement_id)))
