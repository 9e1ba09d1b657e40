"""Emergency access and who read a record."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.journal.operations import note_list_read, note_read
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.policies import require
from consortium.patients.models import AccessGrant
from consortium.patients.operations import break_glass, end_grant, review_grant
from consortium.patients.policies import may_register
from consortium.patients.queries import audit
from consortium.patients.queries.search import read_unseen_token
from consortium.patients.states import GrantReason, GrantVerdict


class GlassInput(Input):
    token = serializers.CharField(max_length=400, help_text="`unseen_token` of a search.")
    institution_id = serializers.UUIDField()
    reason = serializers.ChoiceField(GrantReason.choices)
    explanation = serializers.CharField(max_length=1000)


class GrantShown(Output):
    id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    institution_id = serializers.UUIDField()
    reason = serializers.ChoiceField(GrantReason.choices)
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    verdict = serializers.CharField()


class GrantListed(GrantShown):
    explanation = serializers.CharField()
    record_number = serializers.CharField(help_text="At the reader's institution.")


class GrantFilter(Input):
    reviewed = serializers.BooleanField(required=False, default=False)


class ReviewInput(Input):
    verdict = serializers.ChoiceField(GrantVerdict.choices)
    note = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class ReaderShown(Output):
    at = serializers.DateTimeField()
    who = serializers.CharField()
    role = serializers.CharField()
    institution = serializers.CharField()
    verb = serializers.CharField()


class ReaderFilter(Input):
    everything = serializers.BooleanField(required=False, default=False, help_text="Every act, not only looks.")


def _grant(grant: AccessGrant) -> dict[str, Any]:
    return {str(name): getattr(grant, str(name)) for name in GrantShown().fields}


class Grants(ApiView):
    @described("Emergency access to review, the newest first", gives=GrantListed, page=True, filters=GrantFilter)
    def get(self, request: Request) -> Response:
        asked = self.asked(GrantFilter)
        page = audit.grants_page(self.actor, reviewed=asked["reviewed"], after=self.after)
        note_list_read(actor=self.actor, what="grants", patient_ids=[row.grant.patient_id for row in page.items])
        rows = [
            {**_grant(row.grant), "explanation": row.explanation, "record_number": row.number} for row in page.items
        ]
        return self.paged(rows, page.next_cursor)

    @described("Open a record that is closed to the caller, for three hours (wants a second factor)", takes=GlassInput,
               gives=GrantShown, status=201, key=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        require(may_register(self.actor))
        given = self.given(GlassInput)
        patient_id = read_unseen_token(self.actor, given.pop("token"))
        grant, fresh = break_glass(actor=self.actor, patient_id=patient_id, key=self.request_key, **given)
        return self.created(_grant(grant), fresh=fresh)


class GrantEnd(ApiView):
    @described("End an emergency access now", gives=GrantShown)
    def post(self, request: Request, grant_id: UUID) -> Response:
        return self.one(_grant(end_grant(actor=self.actor, grant_id=grant_id)))


class GrantReview(ApiView):
    @described("Mark an emergency access as reviewed", takes=ReviewInput, gives=GrantShown)
    def post(self, request: Request, grant_id: UUID) -> Response:
        given = self.given(ReviewInput)
        return self.one(_grant(review_grant(actor=self.actor, grant_id=grant_id, **given)))


class Readers(ApiView):
    @described("Who read this child's record, the newest first", gives=ReaderShown, page=True, filters=ReaderFilter)
    def get(self, request: Request, patient_id: UUID) -> Response:
        asked = self.asked(ReaderFilter)
        patient, _number = audit.audited_patient(self.actor, patient_id)
        page = audit.readers_page(self.actor, patient_id, everything=asked["everything"], after=self.after)
        note_read(actor=self.actor, subject=patient, patient_id=patient.pk, what="readers", verb="read-audit")
        return self.paged([_reader(entry) for entry in page.items], page.next_cursor)


def _reader(entry: Any) -> dict[str, Any]:
    place = entry.institution.name if entry.institution else ""
    return {
        "at": entry.at, "who": entry.actor_name, "role": entry.actor_role, "institution": place, "verb": entry.verb,
    }  # fmt: skip
