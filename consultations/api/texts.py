"""Starting texts for answers: those that are offered, and how a service lead writes them."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consultations.models import AnswerTemplate
from consultations.operations.templates import PART_LENGTH, TITLE_LENGTH, retire_template, write_template
from consultations.queries.templates import found_in


class TemplateFilter(Input):
    specialty = serializers.SlugField(max_length=40, required=False)
    language = serializers.ChoiceField(["en", "zh-hans"], required=False)
    q = serializers.CharField(max_length=100, required=False, help_text="Words in any part of it.")


class TemplateShown(Output):
    id = serializers.UUIDField()
    pair = serializers.UUIDField(help_text="The same text in each of its languages.")
    specialty = serializers.CharField(help_text="The specialty's code.")
    language = serializers.CharField()
    title = serializers.CharField()
    red_flags = serializers.CharField()
    when_to_refer = serializers.CharField()
    follow_up = serializers.CharField()


_FIELDS = ("id", "pair", "specialty__code", "language", "title", "red_flags", "when_to_refer", "follow_up")


class AnswerTemplates(ApiView):
    @described("Starting texts for answers", gives=TemplateShown, page=True, filters=TemplateFilter)
    def get(self, request: Request) -> Response:
        asked = self.asked(TemplateFilter)
        rows = AnswerTemplate.objects.offered()
        if "specialty" in asked:
            rows = rows.filter(specialty__code=asked["specialty"])
        if "language" in asked:
            rows = rows.filter(language=asked["language"])
        if asked.get("q"):
            rows = found_in(rows, asked["q"])
        return self.page(rows.values(*_FIELDS), order=("title", "id"), row=_row)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "specialty": row.pop("specialty__code")}


class StartingTextInput(Input):
    title = serializers.CharField(max_length=TITLE_LENGTH)
    red_flags = serializers.CharField(max_length=PART_LENGTH, required=False, allow_blank=True)
    when_to_refer = serializers.CharField(max_length=PART_LENGTH, required=False, allow_blank=True)
    follow_up = serializers.CharField(max_length=PART_LENGTH, required=False, allow_blank=True)


class TemplateInput(Input):
    specialty_id = serializers.UUIDField()
    texts = serializers.DictField(
        child=StartingTextInput(), help_text='By language: "en", "zh-hans", one of them or both.'
    )


class TemplatePair(ApiView):
    """`pair` is chosen by who writes it first, so that what is sent again makes nothing new."""

    @described("Write a starting text", takes=TemplateInput, gives=TemplateShown, page=True)
    def put(self, request: Request, pair: UUID) -> Response:
        given: dict[str, Any] = self.given(TemplateInput)
        write_template(actor=self.actor, pair=pair, **given)
        rows = AnswerTemplate.objects.offered().filter(pair=pair).order_by("language")
        return self.paged([_row(row) for row in rows.values(*_FIELDS)])

    @described("Retire a starting text in every language", status=204)
    def delete(self, request: Request, pair: UUID) -> Response:
        retire_template(actor=self.actor, pair=pair)
        return self.done()
