"""Pathways: the list, one of them whole, its versions, search, and indications by their id."""

from collections.abc import Sequence
from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from decision_manual.chart import Node, outline
from decision_manual.evaluator.ages import OLDEST_DAYS
from decision_manual.models import PathwayVersion
from decision_manual.queries import (
    Listed,
    found,
    indication_cited,
    pathways_shown,
    version_shown,
    versions_of,
)

LANGUAGES = ("en", "zh")


class Both(Output):
    en = serializers.CharField()
    zh = serializers.CharField()


class PathwayRow(Output):
    pathway = serializers.CharField()
    version = serializers.IntegerField()
    title = Both()
    family = serializers.CharField()
    age_from = serializers.IntegerField(help_text="First day of age.")
    age_to = serializers.IntegerField(help_text="The day after the last.")
    status = serializers.CharField()
    next_review = serializers.DateField()
    expired = serializers.BooleanField(help_text="Its review is overdue.")
    unverified = serializers.IntegerField(help_text="Places that still have to be looked up in their source.")


class NodeShown(Output):
    id = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    severity = serializers.CharField(allow_blank=True)
    urgency = serializers.CharField(allow_blank=True)
    inside = serializers.ListField(child=serializers.DictField())


class ManualPathwayShown(PathwayRow):
    outline = serializers.DictField(child=NodeShown(), help_text="The chart as a nested list, in each language.")
    charts = serializers.DictField(child=serializers.CharField(), help_text="SVG with the same ids.")
    findings = serializers.ListField(child=serializers.DictField())
    conflicts = serializers.ListField(child=serializers.DictField())


class PathwayFilter(Input):
    age_days = serializers.IntegerField(required=False, min_value=0, max_value=OLDEST_DAYS)
    approved = serializers.BooleanField(required=False)


class SearchInput(Input):
    q = serializers.CharField(max_length=100)


class HitShown(Output):
    pathway = serializers.CharField()
    version = serializers.IntegerField()
    title = Both()
    place = serializers.CharField(help_text="title, the id of a node, or chapter-SECTION.")
    text = serializers.CharField()


class IndicationShown(Output):
    code = serializers.CharField()
    urgency = serializers.CharField()
    title = Both()
    pathway = serializers.CharField()
    version = serializers.IntegerField()


def _row(one: Listed) -> dict[str, Any]:
    fields = ("pathway", "family", "age_from", "age_to", "next_review", "expired", "unverified")
    told = {name: getattr(one, name) for name in fields}
    return {**told, "version": one.number, "title": {"en": one.title_en, "zh": one.title_zh}, "status": one.step}


def _node(node: Node) -> dict[str, Any]:
    told = {name: getattr(node, name) for name in ("id", "kind", "text", "severity", "urgency")}
    return {**told, "inside": [_node(inner) for inner in node.inside]}


def _whole(version: PathwayVersion, listed: Sequence[Listed]) -> dict[str, Any]:
    row = next(one for one in listed if one.number == version.number)
    content = version.content
    asked = [
        {"code": f.code, "type": f.type, "unit": f.unit, "label": {"en": f.label.en, "zh": f.label.zh}}
        for f in content.findings.values()
    ]
    conflicts = [
        {
            "id": c.id,
            "topic": {"en": c.topic.en, "zh": c.topic.zh},
            "chosen": c.chosen,
            "why": {"en": c.why.en, "zh": c.why.zh},
        }
        for c in content.conflicts
    ]
    drawn = {language: _node(outline(content, language)) for language in LANGUAGES}
    return {**_row(row), "outline": drawn, "charts": version.charts, "findings": asked, "conflicts": conflicts}


class Pathways(ApiView):
    @described("Pathways in their newest version", gives=PathwayRow, page=True, filters=PathwayFilter)
    def get(self, request: Request) -> Response:
        asked = self.asked(PathwayFilter)
        listed = pathways_shown(age_days=asked.get("age_days"), approved=asked.get("approved", False))
        return self.paged([_row(one) for one in listed])


class PathwayDetail(ApiView):
    @described("A pathway whole, in its newest version", gives=ManualPathwayShown)
    def get(self, request: Request, pathway: str) -> Response:
        return self.one(_whole(version_shown(pathway), versions_of(pathway)))


class PathwayVersions(ApiView):
    @described("Every version of a pathway, newest first", gives=PathwayRow, page=True)
    def get(self, request: Request, pathway: str) -> Response:
        version_shown(pathway)
        return self.paged([_row(one) for one in versions_of(pathway)])


class Search(ApiView):
    @described("Find pathways by symptom, in both languages", gives=HitShown, page=True, filters=SearchInput)
    def get(self, request: Request) -> Response:
        hits = found(self.asked(SearchInput)["q"])
        return self.paged([
            {"pathway": h.pathway, "version": h.number, "title": {"en": h.title_en, "zh": h.title_zh}, "place": h.place,
             "text": h.text}
            for h in hits
        ])  # fmt: skip


class Indication(ApiView):
    @described("A referral indication by its id", gives=IndicationShown)
    def get(self, request: Request, code: str) -> Response:
        return self.one(indication_cited(code))


urlpatterns = [
    path("manual/pathways/", Pathways.as_view(), name="manual-pathways"),
    path("manual/pathways/<slug:pathway>/", PathwayDetail.as_view(), name="manual-pathway"),
    path("manual/pathways/<slug:pathway>/versions/", PathwayVersions.as_view(), name="manual-pathway-versions"),
    path("manual/search/", Search.as_view(), name="manual-search"),
    path("manual/indications/<slug:code>/", Indication.as_view(), name="manual-indication"),
]
