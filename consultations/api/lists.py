"""Worklists, drafts and the consultation itself over the API."""

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import read_of
from consortium.casework.api.lists import PRIORITIES, CaseRow, ListFilter, case_page, draft_fields
from consortium.casework.states import CaseKind, Symptom
from consortium.kernel.api import ApiView, Input, described
from consultations import operations
from consultations.api.shapes import TEXT, ConsultationShown, detail
from consultations.operations.drafting import TOLD_LENGTH
from consultations.queries import consultation_for
from consultations.states import FellShort


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


class Consultations(ApiView):
    @described("A worklist, most urgent first", gives=CaseRow, page=True, filters=ListFilter)
    def get(self, request: Request) -> Response:
        page = case_page(self, CaseKind.CONSULTATION)
        return self.paged(page.items, page.next_cursor)

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
