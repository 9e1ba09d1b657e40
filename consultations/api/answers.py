"""Signed answers, and the unsigned draft of one."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import read_of
from consortium.casework.policies import may_read_thread
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.policies import require
from consultations import operations
from consultations.api.shapes import TEXT, AnswerShown
from consultations.models import Answer, AnswerDraft
from consultations.policies import may_answer, may_correct
from consultations.queries import consultation_for


class AdviceInput(Input):
    impression = serializers.CharField(max_length=TEXT)
    do_now = serializers.CharField(max_length=TEXT)
    red_flags = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    when_to_refer = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    follow_up = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    follow_up_on = serializers.DateField(required=False, allow_null=True)


class CorrectionInput(AdviceInput):
    reason = serializers.CharField(max_length=300)


class AdviceDraft(Input):
    impression = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    do_now = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    red_flags = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    when_to_refer = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    follow_up = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    follow_up_on = serializers.CharField(max_length=10, required=False, allow_blank=True)


class AdviceDraftShown(Output):
    fields = serializers.DictField(child=serializers.CharField(allow_blank=True))  # type: ignore[assignment]
    saved_at = serializers.DateTimeField(allow_null=True)


_ANSWER = (
    "id", "number", "impression", "do_now", "red_flags", "when_to_refer", "follow_up", "follow_up_on", "signed_by_id",
    "signer_name", "signer_title", "signer_licence", "signed_at", "corrects_id", "correction_reason", "acknowledged_at",
)  # fmt: skip


class Answers(ApiView):
    @described("The signed answers, corrected ones too, oldest first", gives=AnswerShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        consultation = consultation_for(case_id)
        require(may_read_thread(self.actor, consultation.case))
        read_of(self.actor, consultation.case, "answers")
        return self.page(Answer.objects.filter(case_id=case_id).values(*_ANSWER), order=("number",), row=dict)


class AnswerDraftDetail(ApiView):
    @described("My unsigned answer", gives=AdviceDraftShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        consultation = consultation_for(case_id)
        if not may_correct(self.actor, consultation):
            require(may_answer(self.actor, consultation))
        draft: Any = AnswerDraft.objects.filter(case_id=case_id, author_id=self.actor.user_id).first()
        return self.one({"fields": draft.fields if draft else {}, "saved_at": draft.saved_at if draft else None})

    @described("Keep my unsigned answer", takes=AdviceDraft, gives=AdviceDraftShown)
    def put(self, request: Request, case_id: UUID) -> Response:
        draft = operations.save_answer_draft(actor=self.actor, case_id=case_id, fields=self.given(AdviceDraft))
        return self.one({"fields": draft.fields, "saved_at": draft.saved_at})
