"""The registry: list, search, register, one record and its changes, twins, merges, pathways."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.journal.operations import note_list_read, note_read
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.limits import spend, spender
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import require
from consortium.patients.identity.numbers import masked
from consortium.patients.models import Patient, name_words
from consortium.patients.operations import (
    CHOICES,
    Details,
    close_pathway,
    edit_patient,
    merge_patients,
    note_unseen,
    register_patient,
    register_twin,
    reopen_pathway,
    undo_merge,
)
from consortium.patients.policies import may_edit, may_register
from consortium.patients.queries import search
from consortium.patients.queries.record import RecordView, patient_for, record_view
from consortium.patients.states import ConsentKind, ConsentStatus, Relation, Sex

# -- shapes -------------------------------------------------------------------------------------------------------


class PatientRow(Output):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="What to call the child; a newborn may be “Baby of …”.")
    birth_date = serializers.DateField()
    sex = serializers.ChoiceField(Sex.choices)
    record_number = serializers.CharField(help_text="At the reader's institution; empty when there is none.")


class NumberShown(Output):
    institution_id = serializers.UUIDField()
    institution = serializers.CharField()
    number = serializers.CharField()


class GuardianShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    relation = serializers.ChoiceField(Relation.choices)
    phone = serializers.CharField()
    language = serializers.CharField()


class ConsentShown(Output):
    kind = serializers.ChoiceField(ConsentKind.choices)
    status = serializers.ChoiceField(ConsentStatus.choices, allow_null=True, help_text="null: not asked yet.")
    recorded_at = serializers.DateTimeField(allow_null=True)


class PathwayShown(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class PatientShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    baby_of = serializers.CharField()
    birth_order = serializers.IntegerField(allow_null=True)
    birth_date = serializers.DateField()
    birth_time = serializers.TimeField(allow_null=True)
    sex = serializers.ChoiceField(Sex.choices)
    gestation_weeks = serializers.IntegerField(allow_null=True)
    allergies = serializers.CharField()
    identity_number = serializers.CharField(help_text="Masked but for the last four characters.")
    record_numbers = NumberShown(many=True)
    guardians = GuardianShown(many=True)
    consents = ConsentShown(many=True)
    pathways = PathwayShown(many=True)
    twin_ids = serializers.ListField(child=serializers.UUIDField())
    emergency_access_until = serializers.DateTimeField(allow_null=True)
    available_actions = Acts()


class Facts(Input):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    baby_of = serializers.CharField(max_length=120, required=False, allow_blank=True)
    birth_order = serializers.IntegerField(min_value=1, max_value=9, required=False, allow_null=True)
    birth_date = serializers.DateField()
    birth_time = serializers.TimeField(required=False, allow_null=True)
    sex = serializers.ChoiceField(Sex.choices)
    gestation_weeks = serializers.IntegerField(min_value=20, max_value=45, required=False, allow_null=True)
    allergies = serializers.CharField(max_length=300, required=False, allow_blank=True)
    record_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    identity_number = serializers.CharField(max_length=40, required=False, allow_blank=True)


class PatientInput(Facts):
    institution_id = serializers.UUIDField()


class PatientChange(Facts):
    """What is left out stays as it is."""

    birth_date = serializers.DateField(required=False)
    sex = serializers.ChoiceField(Sex.choices, required=False)


class SearchInput(Input):
    text = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True, default=None)


class SearchFound(Output):
    results = PatientRow(many=True)
    more = serializers.BooleanField(help_text="More children match than are shown.")
    unseen = serializers.BooleanField(help_text="A record with this exact number exists that the caller does not see.")
    unseen_by = serializers.CharField(help_text="identity: it may be linked; record-number; or empty.")
    unseen_token = serializers.CharField(help_text="Opens nothing; names the record when the glass is broken.")


class MergeInput(Input):
    absorbed_id = serializers.UUIDField()
    taken = serializers.ListField(
        child=serializers.ChoiceField([(name, name) for name in CHOICES]),
        required=False,
        default=list,
        help_text="Fields whose value comes from the absorbed record.",
    )


class MergeShown(Output):
    id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    absorbed_id = serializers.UUIDField()
    merged_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


# -- from rows to plain data --------------------------------------------------------------------------------------


def row_of(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": name_words(row["name"], row["baby_of"], row["birth_order"]),
        "birth_date": row["birth_date"],
        "sex": row["sex"],
        "record_number": row["own_number"] or "",
    }


def acts_of(actor: Actor, patient: Patient) -> list[dict[str, Any]]:
    """What the caller may do with the record now."""
    if not may_edit(actor, patient):
        return []
    acts: tuple[tuple[str, Any, str, list[str]], ...] = (
        ("edit", _("Change"), "api:patient", []),
        ("add-guardian", _("Add a guardian"), "api:guardians", ["name", "relation"]),
        ("record-consent", _("Keep a consent"), "api:consents", ["kind", "status"]),
        ("register-twin", _("Register a twin"), "api:patient-twin", []),
        ("merge", _("Merge"), "api:patient-merge", ["absorbed_id"]),
    )
    return [
        {"verb": verb, "label": str(label), "href": reverse(name, args=[patient.pk]), "required": required}
        for verb, label, name, required in acts
    ]


def guardian_shown(guardian: Any) -> dict[str, Any]:
    return {str(name): getattr(guardian, str(name)) for name in GuardianShown().fields}


_PLAIN = (
    "id", "version", "name", "baby_of", "birth_order", "birth_date", "birth_time", "sex", "gestation_weeks",
    "allergies",
)  # fmt: skip


def record_shown(actor: Actor, view: RecordView) -> dict[str, Any]:
    consents = [(state.kind, state.newest) for state in view.consents]
    return {
        **{name: getattr(view.patient, name) for name in _PLAIN},
        "identity_number": masked(view.identity) if view.identity else "",
        "record_numbers": [
            {"institution_id": n.institution_id, "institution": n.institution.name, "number": n.number}
            for n in view.numbers
        ],
        "guardians": [guardian_shown(guardian) for guardian in view.guardians],
        "consents": [
            {"kind": kind, "status": c.status if c else None, "recorded_at": c.recorded_at if c else None}
            for kind, c in consents
        ],
        "pathways": [{str(n): getattr(p, str(n)) for n in PathwayShown().fields} for p in view.pathways],
        "twin_ids": [twin.pk for twin in view.twins],
        "emergency_access_until": view.grant.expires_at if view.grant else None,
        "available_actions": acts_of(actor, view.patient),
    }


# -- views --------------------------------------------------------------------------------------------------------


class Patients(ApiView):
    @described("Children that the caller sees, newest on record first", gives=PatientRow, page=True)
    def get(self, request: Request) -> Response:
        require(may_register(self.actor))
        rows = search.rows_for(self.actor, Patient.objects.current())
        page = keyset(rows, order=search.NEWEST_FIRST, after=self.after, size=page_limit(request, 25))
        note_list_read(actor=self.actor, what="patients", patient_ids=[row["id"] for row in page.items])
        return self.paged([row_of(row) for row in page.items], page.next_cursor)

    @described("Register a child at one's own institution", takes=PatientInput, gives=PatientShown, status=201,
               key=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.given(PatientInput)
        patient, fresh = register_patient(
            actor=self.actor, institution_id=given["institution_id"], details=Details.given(given),
            record_number=given.get("record_number", ""), identity_number=given.get("identity_number", ""),
            key=self.request_key,
        )  # fmt: skip
        return self.created(record_shown(self.actor, record_view(self.actor, patient)), fresh=fresh)


class Search(ApiView):
    @described("Search; by POST, so that no name stands in an address", takes=SearchInput, gives=SearchFound)
    def post(self, request: Request) -> Response:
        require(may_register(self.actor))
        spend("search", spender(request._request))
        given = self.given(SearchInput)
        found = search.find(self.actor, given["text"], given["birth_date"])
        note_list_read(actor=self.actor, what="search", patient_ids=[row["id"] for row in found.rows])
        token = ""
        if found.unseen is not None:
            note_unseen(actor=self.actor, patient_id=found.unseen, by=found.by)
            token = search.unseen_token(self.actor, found.unseen)
        return Response(
            {
                "results": [row_of(row) for row in found.rows],
                "more": found.more,
                "unseen": found.unseen is not None,
                "unseen_by": found.by,
                "unseen_token": token,
            }
        )


class PatientDetail(ApiView):
    @described("A child's record", gives=PatientShown)
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = patient_for(patient_id)
        note_read(actor=self.actor, subject=patient, patient_id=patient.pk, what="record")
        return self.one(record_shown(self.actor, record_view(self.actor, patient)))

    @described("Change a child's record", takes=PatientChange, gives=PatientShown, version=True)
    def patch(self, request: Request, patient_id: UUID) -> Response:
        given, patient = self.given(PatientChange, partial=True), patient_for(patient_id)
        before = Details.of(patient)
        kept = {name: getattr(before, name) for name in Details.__slots__}
        changed = edit_patient(
            actor=self.actor, patient_id=patient.pk, details=Details.given({**kept, **given}), version=self.version,
            identity_number=given.get("identity_number"), record_number=given.get("record_number"),
        )  # fmt: skip
        return self.one(record_shown(self.actor, record_view(self.actor, changed)))


class Twin(ApiView):
    @described("Register a twin: birth, mother and guardians are taken over", gives=PatientShown, status=201, key=True)
    def post(self, request: Request, patient_id: UUID) -> Response:
        twin, fresh = register_twin(actor=self.actor, patient_id=patient_id, key=self.request_key)
        return self.created(record_shown(self.actor, record_view(self.actor, twin)), fresh=fresh)


class Merging(ApiView):
    @described("Join another record of the same child into this one", takes=MergeInput, gives=MergeShown, status=201)
    def post(self, request: Request, patient_id: UUID) -> Response:
        given = self.given(MergeInput)
        merge = merge_patients(
            actor=self.actor, kept_id=patient_id, absorbed_id=given["absorbed_id"], taken=frozenset(given["taken"])
        )
        return self.created(_merge(merge))


class MergeUndo(ApiView):
    @described("Take two merged records apart again", gives=MergeShown, also=(409,))
    def post(self, request: Request, merge_id: UUID) -> Response:
        return self.one(_merge(undo_merge(actor=self.actor, merge_id=merge_id)))


def _merge(merge: Any) -> dict[str, Any]:
    return {str(name): getattr(merge, str(name)) for name in MergeShown().fields}


class PathwayClose(ApiView):
    @described("Close an episode of care: its members read on for 30 days", status=204)
    def post(self, request: Request, pathway_id: UUID) -> Response:
        close_pathway(actor=self.actor, pathway_id=pathway_id)
        return self.done()


class PathwayReopen(ApiView):
    @described("Take up a closed episode of care again", status=204)
    def post(self, request: Request, pathway_id: UUID) -> Response:
        reopen_pathway(actor=self.actor, pathway_id=pathway_id)
        return self.done()
