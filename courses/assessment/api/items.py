"""The question bank over the API: finding, writing, reviewing, figures, and scoring anew."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.actors import Actor
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import PAGE_SIZE
from consortium.kernel.policies import require
from courses.assessment.items import flaws, read
from courses.assessment.models import ItemVersion
from courses.assessment.operations.items import (
    TAGS,
    Written,
    approve_item,
    create_item,
    retire_item,
    return_item,
    revise_item,
    save_draft,
    submit_item,
)
from courses.assessment.operations.responses import rescore, rescoring_preview
from courses.assessment.policies.items import may_see_bank
from courses.assessment.queries.bank import bank_page, version_shown
from courses.assessment.queries.figures import figures_of
from courses.assessment.states import MACHINE, AgeBand, Danger, ItemStep, Kind, System, Task

_TAG = "question bank"


class ItemFilter(Input):
    q = serializers.CharField(max_length=100, required=False, help_text="Words in either language, or a code.")
    step = serializers.ChoiceField(ItemStep.choices, required=False)
    kind = serializers.ChoiceField(Kind.choices, required=False)
    age_band = serializers.ChoiceField(AgeBand.choices, required=False)
    system = serializers.ChoiceField(System.choices, required=False)
    task = serializers.ChoiceField(Task.choices, required=False)
    danger = serializers.ChoiceField(Danger.choices, required=False)
    manual_branch = serializers.SlugField(max_length=80, required=False)


class ItemInput(Input):
    content = serializers.DictField(help_text="The question, its key included; the shape belongs to the kind.")
    points = serializers.DecimalField(max_digits=6, decimal_places=2, required=False)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)  # type: ignore[assignment]  # a field of this name
    age_band = serializers.ChoiceField(AgeBand.choices, required=False)
    system = serializers.ChoiceField(System.choices, required=False)
    task = serializers.ChoiceField(Task.choices, required=False)
    danger = serializers.ChoiceField(Danger.choices, required=False)
    manual_branch = serializers.SlugField(max_length=80, required=False, allow_blank=True)


class NewItemInput(ItemInput):
    kind = serializers.ChoiceField(Kind.choices)
    code = serializers.CharField(max_length=60, required=False, allow_blank=True)


class RemarkInput(Input):
    remark = serializers.CharField(max_length=500, required=False, allow_blank=True)


class RescoreInput(Input):
    by = serializers.UUIDField(help_text="The approved version whose key is right.")
    preview = serializers.BooleanField(required=False, help_text="Tell what would change, and change nothing.")


class FlawShown(Output):
    code = serializers.CharField()
    advice = serializers.CharField()
    language = serializers.CharField(allow_blank=True)
    blocks = serializers.BooleanField(help_text="It has to be mended before a review.")


class ItemRow(Output):
    id = serializers.UUIDField(help_text="Of the version.")
    item_id = serializers.UUIDField()
    code = serializers.CharField()
    kind = serializers.CharField()
    number = serializers.IntegerField()
    step = serializers.CharField()
    stem = serializers.DictField(child=serializers.CharField(allow_blank=True))
    tags = serializers.DictField(child=serializers.CharField(allow_blank=True))


class ItemShown(ItemRow):
    version = serializers.IntegerField()
    content = serializers.DictField()
    points = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a field of this name
    remark = serializers.CharField(allow_blank=True)
    flaws = FlawShown(many=True)
    available_actions = serializers.ListField(child=serializers.CharField())


class RescoreShown(Output):
    changed = serializers.IntegerField()
    changes = serializers.ListField(child=serializers.DictField(), help_text="use, use_id, part, before, after.")


class ItemFiguresShown(Output):
    answers = serializers.IntegerField()
    facility = serializers.FloatField(allow_null=True)
    discrimination = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
    lower = serializers.FloatField(allow_null=True)
    chosen = serializers.ListField(child=serializers.DictField())


def _row(version: ItemVersion) -> dict[str, Any]:
    item = version.item
    return {
        "id": version.pk, "item_id": item.pk, "code": item.code, "kind": item.kind, "number": version.number,
        "step": version.step, "stem": version.content["stem"],
        "tags": {name: getattr(item, name) for name in (*TAGS, "manual_branch")},
    }  # fmt: skip


def _whole(actor: Actor, version: ItemVersion) -> dict[str, Any]:
    found = flaws(read(version.item.kind, version.content))
    return _row(version) | {
        "version": version.version, "content": version.content, "points": str(version.points),
        "source": version.source, "remark": version.remark,
        "flaws": [
            {"code": one.code, "advice": str(one.advice), "language": one.language, "blocks": one.blocks}
            for one in found
        ],
        "available_actions": [one.verb for one in MACHINE.available(actor, version)],
    }  # fmt: skip


def _written(given: dict[str, Any]) -> Written:
    tags = {name: given[name] for name in (*TAGS, "manual_branch") if name in given}
    return Written(given["content"], tags, given.get("points", Decimal(1)), given.get("source", ""))


class Items(ApiView):
    @described("The newest version of each question", gives=ItemRow, page=True, filters=ItemFilter, tag=_TAG)
    def get(self, request: Request) -> Response:
        require(may_see_bank(self.actor))
        page = bank_page(self.asked(ItemFilter), after=self.after, size=page_limit(request, PAGE_SIZE))
        return self.paged([_row(version) for version in page.items], page.next_cursor)

    @described("Write a question: a draft", takes=NewItemInput, gives=ItemShown, status=201, key=True, tag=_TAG)
    def post(self, request: Request) -> Response:
        given = self.given(NewItemInput)
        made = create_item(
            actor=self.actor, kind=given["kind"], said=_written(given), code=given.get("code", ""),
            key=self.request_key,
        )  # fmt: skip
        return self.created(_whole(self.actor, made))


class ItemDetail(ApiView):
    @described("A version of a question, with its key", gives=ItemShown, tag=_TAG)
    def get(self, request: Request, version_id: UUID) -> Response:
        require(may_see_bank(self.actor))
        return self.one(_whole(self.actor, version_shown(version_id)))

    @described("Write a draft anew", takes=ItemInput, gives=ItemShown, version=True, tag=_TAG)
    def patch(self, request: Request, version_id: UUID) -> Response:
        require(may_see_bank(self.actor))
        said = _written(self.given(ItemInput))
        row = save_draft(actor=self.actor, version_id=version_id, said=said, version=self.version)
        return self.one(_whole(self.actor, row))


_PLAIN = {"submit": submit_item, "approve": approve_item, "revise": revise_item}
_SAYING = {"send_back": return_item, "retire": retire_item}


class ItemAct(ApiView):
    @described("An act: submit, approve, send_back, retire, revise", takes=RemarkInput, gives=ItemShown, tag=_TAG)
    def post(self, request: Request, version_id: UUID, verb: str) -> Response:
        require(may_see_bank(self.actor))
        given = self.given(RemarkInput)
        if verb in _SAYING:
            row = _SAYING[verb](actor=self.actor, version_id=version_id, remark=given.get("remark", ""))
        elif verb in _PLAIN:
            row = _PLAIN[verb](actor=self.actor, version_id=version_id)
        else:
            raise NotVisible
        return self.one(_whole(self.actor, row))


class ItemFigures(ApiView):
    @described("What all answers say of a version; nothing under five", gives=ItemFiguresShown, tag=_TAG)
    def get(self, request: Request, version_id: UUID) -> Response:
        require(may_see_bank(self.actor))
        found = figures_of(version_shown(version_id))
        if not found.enough:
            return self.one({"answers": found.whole.answers, "facility": None, "discrimination": None,
                             "upper": None, "lower": None, "chosen": []})  # fmt: skip
        whole = found.whole
        chosen = [{"word": one.word, "count": one.count, "upper": one.upper, "lower": one.lower}
                  for one in found.chosen]  # fmt: skip
        return self.one({"answers": whole.answers, "facility": whole.facility, "discrimination": whole.discrimination,
                         "upper": whole.upper, "lower": whole.lower, "chosen": chosen})  # fmt: skip


class ItemRescore(ApiView):
    @described("Score its answers by a corrected key", takes=RescoreInput, gives=RescoreShown, tag=_TAG)
    def post(self, request: Request, version_id: UUID) -> Response:
        require(may_see_bank(self.actor))
        given = self.given(RescoreInput)
        run = rescoring_preview if given.get("preview") else rescore
        found = run(actor=self.actor, version_id=version_id, by_version_id=given["by"])
        changes = [
            {"use": one.use, "use_id": one.use_id, "part": one.part, "before": _said(one.before),
             "after": _said(one.after)}
            for one in found
        ]  # fmt: skip
        return self.one({"changed": len(changes), "changes": changes})


def _said(points: Decimal | None) -> str | None:
    return None if points is None else str(points)


urlpatterns = [
    path("items/", Items.as_view(), name="items"),
    path("items/<uuid:version_id>/", ItemDetail.as_view(), name="item"),
    path("items/<uuid:version_id>/figures/", ItemFigures.as_view(), name="item-figures"),
    path("items/<uuid:version_id>/rescore/", ItemRescore.as_view(), name="item-rescore"),
    path("items/<uuid:version_id>/<slug:verb>/", ItemAct.as_view(), name="item-act"),
]
