"""Second opinions over the API: what was said of a case, and what is asked of the caller."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import read_of
from consortium.casework.policies import may_read_thread
from consortium.kernel.api import ApiView, Output, described
from consortium.kernel.policies import require
from consultations.models import Opinion
from consultations.queries import consultation_for
from consultations.states import OpinionDecline


class OpinionShown(Output):
    """Given, declined, or waited for (`given_at` and `declined_at` null)."""

    id = serializers.UUIDField()
    case_id = serializers.UUIDField()
    specialist_id = serializers.UUIDField()
    service_id = serializers.UUIDField(help_text="As whose specialist they were asked.")
    asked_by_id = serializers.UUIDField()
    asked_at = serializers.DateTimeField()
    question = serializers.CharField()
    given_at = serializers.DateTimeField(allow_null=True)
    agrees = serializers.BooleanField(allow_null=True, help_text="False is dissent.")
    text = serializers.CharField()
    signer_name = serializers.CharField()
    signer_title = serializers.CharField()
    signer_licence = serializers.CharField()
    declined_at = serializers.DateTimeField(allow_null=True)
    decline_reason = serializers.ChoiceField([("", "Not declined"), *OpinionDecline.choices])


_FIELDS = (
    "id", "case_id", "specialist_id", "service_id", "asked_by_id", "asked_at", "question", "given_at", "agrees", "text",
    "signer_name", "signer_title", "signer_licence", "declined_at", "decline_reason",
)  # fmt: skip


class OpinionsOfCase(ApiView):
    @described("Second opinions on a consultation, dissent included, oldest first", gives=OpinionShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        consultation = consultation_for(case_id)
        require(may_read_thread(self.actor, consultation.case))
        read_of(self.actor, consultation.case, "opinions")
        rows = Opinion.objects.filter(case_id=case_id).values(*_FIELDS)
        return self.page(rows, order=("asked_at", "id"), row=dict)


class OpinionsAsked(ApiView):
    @described("Opinions asked of the caller and not yet given", gives=OpinionShown, page=True)
    def get(self, request: Request) -> Response:
        mine: Any = Opinion.objects.filter(specialist_id=self.actor.user_id, case__is_open=True).waiting()
        return self.page(mine.values(*_FIELDS), order=("asked_at", "id"), row=dict)
