"""The measures over the API. Exports are asked for on the page, for they want a fresh proof of who one is."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import Named
from consortium.casework.api.lists import named
from consortium.casework.states import Priority
from consortium.insight.measures import MEASURES, PUBLISHED, SUBJECTS, Measure, Value, subject_of
from consortium.insight.models import Export, MonthlyReport
from consortium.insight.operations.reporting import revise_report
from consortium.insight.policies import may_see_measures, may_see_reports
from consortium.insight.queries import Asked, Period, asked_of, lenses, lines, whole
from consortium.insight.queries.reading import WAYS, by_indication
from consortium.insight.queries.reports import has_changed, report_for, reports_seen
from consortium.insight.states import About, ReportStep
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@extend_schema_field({"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"})
class MonthField(serializers.Field[date, str, str, Any]):
    """A month, "2026-11", as its first day."""

    default_error_messages: ClassVar = {"invalid": "YYYY-MM"}

    def to_internal_value(self, data: Any) -> date:
        found = _MONTH.fullmatch(str(data))
        if found is None:
            self.fail("invalid")
        return date(int(found[1]), int(found[2]), 1)


class SubjectFilter(Input):
    subject = serializers.ChoiceField(choices=About.choices, default=About.CONSULTATIONS)


class NarrowFilter(Input):
    lens = serializers.CharField(max_length=60, required=False, help_text="one of /measures/lenses/; else the widest")
    period = serializers.ChoiceField(choices=Period.choices, required=False)
    since = MonthField(required=False)
    until = MonthField(required=False)
    service = serializers.UUIDField(required=False)
    priority = serializers.ChoiceField(choices=[p.code for p in Priority], required=False)
    institution = serializers.UUIDField(required=False)
    region = serializers.UUIDField(required=False)


class MeasureFilter(NarrowFilter, SubjectFilter):
    pass


class DividedFilter(NarrowFilter):
    by = serializers.ChoiceField(choices=WAYS, default="month")


class LensShown(Output):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class PublishedShown(Output):
    figure = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    verified = serializers.BooleanField()


class DefinitionShown(Output):
    key = serializers.CharField()
    subject = serializers.CharField(help_text="consultations or referrals")
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField(help_text="count, share (percent), time (minutes) or mean (1 to 5)")
    words = serializers.CharField()
    version = serializers.IntegerField()
    better = serializers.CharField(allow_blank=True)
    published = PublishedShown(many=True)


class MeasureValueShown(Output):
    measure = serializers.CharField()
    version = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    tenth = serializers.IntegerField(allow_null=True, help_text="90th percentile in minutes, of a time")
    small = serializers.BooleanField(help_text="fewer than 20: chance decides much of it")
    hidden = serializers.BooleanField(help_text="fewer than 5 of a place that is not yours")


class LineShown(Output):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = MeasureValueShown()


class ExportShown(Output):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    step = serializers.CharField()
    rows = serializers.IntegerField()
    written = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class ReportRow(Output):
    """One version of one month of one institution; its figures never change."""

    id = serializers.UUIDField()
    institution = Named()
    month = serializers.CharField(help_text="2026-11")
    version = serializers.IntegerField()
    step = serializers.ChoiceField(ReportStep.choices)
    cases = serializers.IntegerField(help_text="How many referrals it is about.")
    frozen_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    signer_name = serializers.CharField()


class ReportDefinition(Output):
    key = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.DictField(child=serializers.CharField(), help_text="By language.")  # type: ignore[assignment]
    words = serializers.DictField(child=serializers.CharField(), help_text="By language.")


class ReportShown(ReportRow):
    reason = serializers.CharField(help_text="What was corrected; empty for the first version.")
    definitions = ReportDefinition(many=True)
    figures = serializers.DictField(help_text="sent, received: each key with value, n, part, tenth and small.")
    changed = serializers.BooleanField(help_text="The same month counts otherwise today.")


class RevisionInput(Input):
    reason = serializers.CharField(max_length=1000, help_text="What was corrected.")


def _asked(view: ApiView, kind: type[Input], about: str = "") -> tuple[Asked, dict[str, Any]]:
    given = view.asked(kind)
    given = {**given, "subject": about or given["subject"]}
    code = given.get("priority")
    asked = asked_of(view.actor, {**given, "priority": Priority[code.upper()].value if code else None})
    if asked.since > asked.until:
        raise InvalidInput({"since": "since <= until"})
    return asked, given


def _value(measure: Measure, value: Value) -> dict[str, Any]:
    plain = {"value": value.value, "n": value.n, "tenth": value.tenth, "small": value.small, "hidden": value.hidden}
    return {"measure": measure.key, "version": measure.version, **plain}


class Lenses(ApiView):
    @described("Whose questions or referrals you may count", gives=LensShown, page=True, filters=SubjectFilter)
    def get(self, request: Request) -> Response:
        subject = SUBJECTS[self.asked(SubjectFilter)["subject"]]
        return self.paged([{"key": lens.key, "label": lens.label} for lens in lenses(self.actor, subject)])


class Definitions(ApiView):
    @described("What each measure counts, and the published figures", gives=DefinitionShown, page=True)
    def get(self, request: Request) -> Response:
        require(may_see_measures(self.actor))
        return self.paged([_definition(measure) for measure in MEASURES.values()])


def _definition(measure: Measure) -> dict[str, Any]:
    plain = {name: str(getattr(measure, name)) for name in ("key", "label", "kind", "words", "better")}
    figures = [
        {"figure": str(each.figure), "value": each.value, "source": each.source, "verified": each.verified}
        for each in PUBLISHED.get(measure.key, ())
    ]
    return {**plain, "subject": subject_of(measure).key, "version": measure.version, "published": figures}


class Measures(ApiView):
    @described(
        "All measures of a selection of questions or referrals",
        gives=MeasureValueShown,
        page=True,
        filters=MeasureFilter,
    )
    def get(self, request: Request) -> Response:
        require(may_see_measures(self.actor))
        asked, _given = _asked(self, MeasureFilter)
        tally = whole(asked)
        return self.paged([_value(measure, tally.value(measure)) for measure in asked.subject.measures.values()])


class OneMeasure(ApiView):
    @described("One measure, divided by month, service, urgency, institution, region or indication",
               gives=LineShown, page=True, filters=DividedFilter)  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        require(may_see_measures(self.actor))
        if key not in MEASURES:
            raise NotVisible
        measure = MEASURES[key]
        asked, given = _asked(self, DividedFilter, subject_of(measure).key)
        if given["by"] == "indication" and not by_indication(asked, measure):
            raise InvalidInput({"by": "counts and shares of referrals of all urgencies only"})
        found = lines(asked, given["by"], measure)
        return self.paged([
            {"key": _key(line.key), "label": line.label, "value": _value(measure, line.tally.value(measure))}
            for line in found
        ])  # fmt: skip


def _key(key: Any) -> str:
    return f"{key:%Y-%m}" if isinstance(key, date) else str(key)


class Exports(ApiView):
    @described("Your exports and how far they are", gives=ExportShown, page=True)
    def get(self, request: Request) -> Response:
        require(may_see_measures(self.actor))
        fields = ("id", "kind", "step", "rows", "written", "created_at", "expires_at")
        return self.page(Export.objects.values(*fields), order=("-created_at", "id"), row=dict)


_PLAIN = ("id", "version", "step", "cases", "frozen_at", "signed_at", "signer_name")


def _listed(row: Mapping[str, Any]) -> dict[str, Any]:
    chinese = (get_language() or "").startswith("zh") and row["institution__name_zh"]
    place = {"id": row["institution_id"], "name": chinese or row["institution__name_en"]}
    return {**{name: row[name] for name in _PLAIN}, "institution": place, "month": f"{row['month']:%Y-%m}"}


def _whole_report(found: MonthlyReport) -> dict[str, Any]:
    defined = [{name: each[name] for name in ReportDefinition().get_fields()} for each in found.definitions]
    head = {**{name: getattr(found, name) for name in (*_PLAIN, "reason")}, "institution": named(found.institution)}
    return {
        **head,
        "month": f"{found.month:%Y-%m}",
        "definitions": defined,
        "figures": found.figures,
        "changed": has_changed(found),
    }


class Reports(ApiView):
    @described("Monthly reports: the newest version of each month", gives=ReportRow, page=True)
    def get(self, request: Request) -> Response:
        require(may_see_reports(self.actor))
        page = reports_seen(self.after, size=page_limit(request, 25))
        return self.paged([_listed(each) for each in page.items], page.next_cursor)


class Report(ApiView):
    """Signing wants a fresh proof of who one is: on its page. So does taking it as a file."""

    @described("One version of a monthly report", gives=ReportShown)
    def get(self, request: Request, report_id: UUID) -> Response:
        require(may_see_reports(self.actor))
        return self.one(_whole_report(report_for(report_id)))


class Revision(ApiView):
    @described("The month anew as it stands today, as a next version", takes=RevisionInput, gives=ReportShown,
               status=201, key=True)  # fmt: skip
    def post(self, request: Request, report_id: UUID) -> Response:
        made = revise_report(actor=self.actor, report_id=report_id, key=self.request_key, **self.given(RevisionInput))
        return self.created(_whole_report(report_for(made.pk)))


urlpatterns = [
    path("measures/reports/", Reports.as_view(), name="reports"),
    path("measures/reports/<uuid:report_id>/", Report.as_view(), name="report"),
    path("measures/reports/<uuid:report_id>/revise/", Revision.as_view(), name="revise-report"),
    path("measures/", Measures.as_view(), name="measures"),
    path("measures/definitions/", Definitions.as_view(), name="measure-definitions"),
    path("measures/lenses/", Lenses.as_view(), name="measure-lenses"),
    path("measures/exports/", Exports.as_view(), name="measure-exports"),
    path("measures/<slug:key>/", OneMeasure.as_view(), name="measure"),
]
