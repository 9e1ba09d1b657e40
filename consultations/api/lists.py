"""Worklists, drafts and the consultation itself over the API."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import read_of
from consortium.casework.queries.worklists import Desk, Narrow, Tab, named_patients, names_of, worklist
from consortium.casework.states import Priority, Symptom
from consortium.journal.operations import note_list_read
from consortium.kernel.api import ApiView, Input, described
from consortium.kernel.api.base import page_limit
from consultations import operations
from consultations.api.shapes import PRIORITIES, PRIORITY, TEXT, CaseRow, ConsultationShown, detail
from consultations.operations.drafting import TOLD_LENGTH
from consultations.queries import consultation_for
from consultations.states import FellShort


class ListFilter(Input):
    list = serializers.ChoiceField(
        [*Tab.choices, ("open", "Open")], required=False, help_text="Which list; the caller's first one unless told."
    )
    service = serializers.UUIDField(required=False, allow_null=True, default=None)
    priority = serializers.ChoiceField(PRIORITIES, required=False, allow_null=True, default=None)


class ManualUseInput(Input):
    pathway = serializers.CharField(max_length=80, help_text="The manual's page.")
    version = serializers.IntegerField(required=False, allow_null=True, help_text="The newest unless told.")
    node = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="The branch.")
    indication = serializers.CharField(max_length=80, required=False, allow_blank=True)
    run_id = serializers.UUIDField(required=False, allow_null=True)
    why = serializers.ChoiceField(FellShort.choices, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class DraftFields(Input):
    institution_id = serializers.UUIDField(required=False, help_text="For which of the asker's institutions.")
    service_id = serializers.UUIDField(required=False, allow_null=True)
    priority = serializers.ChoiceField(PRIORITIES, required=False)
    weight_grams = serializers.IntegerField(required=False, allow_null=True, min_value=300, max_value=200_000)
    consent_given = serializers.BooleanField(required=False)
    symptom = serializers.ChoiceField(Symptom.choices, required=False, allow_blank=True)
    told = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=TOLD_LENGTH),
        required=False,
        help_text="What is told of the symptom's minimum: code -> text.",
    )
    data_unavailable = serializers.BooleanField(required=False, help_text="What lacks of it cannot be had.")
    may_be_converted = serializers.BooleanField(
        required=False, help_text="The specialist may turn the question into a referral."
    )
    manual = ManualUseInput(required=False, allow_null=True)
    question = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    situation = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    background = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    assessment = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    recommendation = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    working_diagnosis = serializers.CharField(max_length=200, required=False, allow_blank=True)


class DraftInput(DraftFields):
    patient_id = serializers.UUIDField()


class DraftEdit(DraftFields):
    patient_id = serializers.UUIDField(required=False)


def draft_fields(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "priority": PRIORITY[given["priority"]]} if "priority" in given else given


def _tab(desk: Desk, wanted: str | None) -> Tab | None:
    """The list asked for, where the caller has it. `open`: all open ones on the caller's side."""
    tabs = desk.tabs()
    if wanted is None:
        return tabs[0] if tabs else None
    if wanted == "open":
        return next((tab for tab in (Tab.SERVICE, Tab.ASKED, Tab.MINE) if tab in tabs), None)
    return Tab(wanted) if Tab(wanted) in tabs else None


def _pair(row: Mapping[str, Any], key: str, name: str) -> dict[str, Any] | None:
    return {"id": row[key], "name": row[f"{name}_names"][0]} if row[key] else None


_ROW = (
    "id", "headline", "age_days", "sex", "weight_grams", "ball", "due_at", "clock_paused", "is_open", "created_at",
    "submitted_at", "closed_at",
)  # fmt: skip
_CODE = {p.value: p.code for p in Priority}


def _row(row: Mapping[str, Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    known = names.get(row["id"])
    return {
        **{name: row[name] for name in _ROW},
        "priority": _CODE[row["priority"]],
        "patient": {"id": row["patient_id"], "name": known} if known else None,
        "service": _pair(row, "service_id", "service"),
        "asking_institution": _pair(row, "asking_institution_id", "place"),
        "asker": _pair(row, "asker_id", "asker"),
        "ball_user": _pair(row, "ball_user_id", "holder"),
        "unread": max(0, row["last_message_seq"] - (row["seen"] or 0)),
    }


class Consultations(ApiView):
    @described("A worklist, most urgent first", gives=CaseRow, page=True, filters=ListFilter)
    def get(self, request: Request) -> Response:
        asked, desk = self.asked(ListFilter), Desk.of(self.actor)
        tab, limit = _tab(desk, asked.get("list")), page_limit(request, 25)
        if tab is None:
            return self.paged([])
        narrow = Narrow(asked["service"], PRIORITY.get(asked["priority"] or ""))
        page = worklist(desk, tab, narrow=narrow, after=self.after, size=limit)
        names = names_of(self.actor, page.items)
        note_list_read(actor=self.actor, what=f"consultations {tab}", patient_ids=named_patients(page.items, names))
        return self.paged([_row(row, names) for row in page.items], page.next_cursor)

    @described("Begin a consultation as a draft", takes=DraftInput, gives=ConsultationShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        fields = draft_fields(self.given(DraftInput))
        made = operations.save_draft(actor=self.actor, fields=fields, key=self.request_key)
        return self.created(detail(self.actor, consultation_for(made.pk)))


class ConsultationDetail(ApiView):
    @described("A consultation", gives=ConsultationShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        consultation = consultation_for(case_id)
        read_of(self.actor, consultation.case, "consultation")
        return self.one(detail(self.actor, consultation))

    @described("Save a draft", takes=DraftEdit, gives=ConsultationShown, version=True)
    def patch(self, request: Request, case_id: UUID) -> Response:
        fields = draft_fields(self.given(DraftEdit))
        operations.save_draft(actor=self.actor, fields=fields, case_id=case_id, version=self.version)
        return self.one(detail(self.actor, consultation_for(case_id)))
