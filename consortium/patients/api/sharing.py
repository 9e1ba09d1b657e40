"""Guardians, consents, and linking a record of another institution."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.journal.operations import note_read
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.limits import spend, spender
from consortium.patients.api.records import GuardianShown, PatientShown, guardian_shown, record_shown
from consortium.patients.models import Consent, Guardian
from consortium.patients.operations import (
    Decision,
    Link,
    Person,
    add_guardian,
    edit_guardian,
    link_record,
    record_consent,
)
from consortium.patients.queries.record import patient_for, record_view
from consortium.patients.states import ConsentKind, ConsentStatus, Relation


class GuardianInput(Input):
    name = serializers.CharField(max_length=120)
    relation = serializers.ChoiceField(Relation.choices)
    phone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=10, required=False, default="", allow_blank=True)


class ConsentInput(Input):
    kind = serializers.ChoiceField(ConsentKind.choices)
    status = serializers.ChoiceField(ConsentStatus.choices, help_text="active: given, rejected, inactive: withdrawn.")
    guardian_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    how = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


class ConsentEntry(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(ConsentKind.choices)
    status = serializers.ChoiceField(ConsentStatus.choices)
    guardian_id = serializers.UUIDField(allow_null=True)
    how = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    recorded_by_id = serializers.UUIDField()


class LinkInput(Input):
    institution_id = serializers.UUIDField()
    identity_number = serializers.CharField(max_length=40)
    record_number = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    how = serializers.CharField(max_length=60, help_text="How the guardian agreed: spoken, telephone, paper.")
    guardian = GuardianInput(help_text="Who agreed that the record is shared.")


class Guardians(ApiView):
    @described("Write down who speaks for the child", takes=GuardianInput, gives=GuardianShown, status=201, key=True)
    def post(self, request: Request, patient_id: UUID) -> Response:
        person = Person(**self.given(GuardianInput))
        guardian, fresh = add_guardian(
            actor=self.actor, patient_id=patient_id, person=person, key=self.request_key
        )  # fmt: skip
        return self.created(guardian_shown(guardian), fresh=fresh)


class GuardianDetail(ApiView):
    @described("Change what is written down about a guardian", takes=GuardianInput, gives=GuardianShown, version=True)
    def put(self, request: Request, guardian_id: UUID) -> Response:
        known = Guardian.objects.filter(pk=guardian_id).exists()
        if not known:
            raise NotVisible
        person = Person(**self.given(GuardianInput))
        changed = edit_guardian(actor=self.actor, guardian_id=guardian_id, person=person, version=self.version)
        return self.one(guardian_shown(changed))


class Consents(ApiView):
    @described("All decisions of the guardians, the newest first", gives=ConsentEntry, page=True)
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = patient_for(patient_id)
        note_read(actor=self.actor, subject=patient, patient_id=patient.pk, what="consents")
        fields = [str(name) for name in ConsentEntry().fields]
        rows = Consent.objects.filter(patient=patient).values(*fields)
        return self.page(rows, order=("-recorded_at", "-id"), row=dict)

    @described("Keep a guardian's decision", takes=ConsentInput, gives=ConsentEntry, status=201, key=True)
    def post(self, request: Request, patient_id: UUID) -> Response:
        decision = Decision(**self.given(ConsentInput))
        consent, fresh = record_consent(
            actor=self.actor, patient_id=patient_id, decision=decision, key=self.request_key
        )  # fmt: skip
        return self.created(_consent(consent), fresh=fresh)


def _consent(consent: Consent) -> dict[str, Any]:
    return {str(name): getattr(consent, str(name)) for name in ConsentEntry().fields}


class Linking(ApiView):
    @described("Link a record of another institution on the guardian's consent", takes=LinkInput, gives=PatientShown,
               key=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        spend("search", spender(request._request))
        given = self.given(LinkInput)
        guardian = Person(**given.pop("guardian"))
        patient = link_record(actor=self.actor, link=Link(**given), guardian=guardian, key=self.request_key)
        return self.one(record_shown(self.actor, record_view(self.actor, patient)))
