"""Worklists, drafts, the referral itself and what hangs on it, over the API."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import read_of
from consortium.casework.api.lists import PRIORITIES, CaseRow, ListFilter, case_page, draft_fields
from consortium.casework.policies import may_read_thread
from consortium.casework.states import CaseKind, Symptom
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.people.states import Capability
from referrals.api import shapes
from referrals.api.shapes import TEXT, ReferralShown, detail
from referrals.operations.alarm import raise_alarm
from referrals.operations.checking import tick
from referrals.operations.drafting import save_draft
from referrals.operations.unannounced import receive_unannounced
from referrals.queries import referral_for
from referrals.states import AlarmProblem, CheckState, Reason


class IndicationInput(Input):
    pathway = serializers.CharField(max_length=80, help_text="The manual's page.")
    version = serializers.IntegerField()
    id = serializers.CharField(max_length=80)
    urgency = serializers.CharField(max_length=2, required=False, allow_blank=True, help_text="The manual's word.")


class ReferralFields(Input):
    institution_id = serializers.UUIDField(required=False, help_text="For which of the asker's institutions.")
    service_id = serializers.UUIDField(required=False, allow_null=True)
    priority = serializers.ChoiceField(PRIORITIES, required=False)
    symptom = serializers.ChoiceField(Symptom.choices, required=False, allow_blank=True)
    reason = serializers.ChoiceField(Reason.choices, required=False, allow_blank=True)
    weight_grams = serializers.IntegerField(required=False, allow_null=True, min_value=300, max_value=200_000)
    question = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    situation = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    background = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    assessment = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    recommendation = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    working_diagnosis = serializers.CharField(max_length=200, required=False, allow_blank=True)
    diagnosis_code = serializers.CharField(max_length=10, required=False, allow_blank=True, help_text="ICD-10.")
    whereabouts = serializers.CharField(max_length=200, required=False, allow_blank=True)
    consent_given = serializers.BooleanField(required=False)
    may_be_redirected = serializers.BooleanField(required=False)
    guardian_agreed = serializers.BooleanField(required=False, allow_null=True)
    needs_capabilities = serializers.ListField(child=serializers.ChoiceField(Capability.choices), required=False)
    indication = IndicationInput(required=False, allow_null=True)


class ReferralInput(ReferralFields):
    patient_id = serializers.UUIDField()


class ReferralEdit(ReferralFields):
    patient_id = serializers.UUIDField(required=False)


class CheckInput(Input):
    item = serializers.CharField(max_length=40)
    state = serializers.ChoiceField(CheckState.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class Referrals(ApiView):
    @described("A worklist of referrals, most urgent first", gives=CaseRow, page=True, filters=ListFilter)
    def get(self, request: Request) -> Response:
        page = case_page(self, CaseKind.REFERRAL)
        return self.paged(page.items, page.next_cursor)

    @described("Begin a referral as a draft", takes=ReferralInput, gives=ReferralShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        made = save_draft(actor=self.actor, fields=draft_fields(self.given(ReferralInput)), key=self.request_key)
        return self.created(detail(self.actor, referral_for(made.pk)))


class AlarmInput(Input):
    patient_id = serializers.UUIDField()
    institution_id = serializers.UUIDField()
    problem = serializers.ChoiceField(AlarmProblem.choices)
    words = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    weight_grams = serializers.IntegerField(required=False, allow_null=True, min_value=300, max_value=200_000)
    service_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The emergency service on duty, unless told."
    )


class UnannouncedInput(Input):
    patient_id = serializers.UUIDField()
    service_id = serializers.UUIDField()
    problem = serializers.CharField(max_length=TEXT)
    priority = serializers.ChoiceField(PRIORITIES, required=False)
    weight_grams = serializers.IntegerField(required=False, allow_null=True, min_value=300, max_value=200_000)


class Alarms(ApiView):
    @described("Raise an alarm: a stat referral, sent and paged", takes=AlarmInput, gives=ReferralShown, status=201,
               key=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        made = raise_alarm(actor=self.actor, key=self.request_key, **self.given(AlarmInput))
        return self.created(detail(self.actor, referral_for(made.pk)))


class Unannounced(ApiView):
    @described("A child stands at the door", takes=UnannouncedInput, gives=ReferralShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        given = draft_fields(self.given(UnannouncedInput))
        made = receive_unannounced(actor=self.actor, key=self.request_key, **given)
        return self.created(detail(self.actor, referral_for(made.pk)))


class ReferralDetail(ApiView):
    @described("A referral", gives=ReferralShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        referral = referral_for(case_id)
        read_of(self.actor, referral.case, "referral")
        return self.one(detail(self.actor, referral))

    @described("Save a draft of a referral", takes=ReferralEdit, gives=ReferralShown, version=True)
    def patch(self, request: Request, case_id: UUID) -> Response:
        fields = draft_fields(self.given(ReferralEdit))
        save_draft(actor=self.actor, fields=fields, case_id=case_id, version=self.version)
        return self.one(detail(self.actor, referral_for(case_id)))


class OfReferral(ApiView):
    """What hangs on a referral, for who may read its thread; noted in the journal."""

    def looked(self, case_id: UUID, what: str) -> UUID:
        referral = referral_for(case_id)
        require(may_read_thread(self.actor, referral.case))
        read_of(self.actor, referral.case, what)
        return case_id


class Offers(ApiView):
    @described("The services that were asked, in their order", gives=shapes.OfferShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        return self.paged(shapes.offers(referral_for(case_id).pk))


class Way(OfReferral):
    @described("The way there: transport, hand-over, incidents", gives=shapes.TransportShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        way = shapes.transport(self.looked(case_id, "transport"))
        if way is None:
            raise NotVisible
        return self.one(way)


class Checks(OfReferral):
    @described("The checklist before the transfer, as far as it was ticked", gives=shapes.CheckShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        return self.paged(shapes.checks(self.looked(case_id, "checklist")))

    @described("Tick an item of the checklist", takes=CheckInput, gives=shapes.CheckShown)
    def post(self, request: Request, case_id: UUID) -> Response:
        row = tick(actor=self.actor, case_id=case_id, **self.given(CheckInput))
        return self.one({name: getattr(row, name) for name in ("item", "state", "note", "at")})


def _listed(title: str, what: str, gives: type[Output], rows: Callable[[UUID], list[dict[str, Any]]]) -> type[ApiView]:
    class Listed(OfReferral):
        @described(title, gives=gives, page=True)
        def get(self, request: Request, case_id: UUID) -> Response:
            return self.paged(rows(self.looked(case_id, what)))

    Listed.__name__ = f"Referral{what.title()}"
    return Listed


#: (address, summary, shape, rows)
_LISTS = (
    ("visits", "Visits, the newest last", shapes.VisitShown, shapes.visits),
    ("encounters", "Stays and visits at the receiving institution", shapes.EncounterShown, shapes.encounters),
    ("outcomes", "Outcomes, the corrected ones too", shapes.OutcomeOfCare, shapes.outcomes),
    (
        "acknowledgements", "What the sender said to the outcomes", shapes.AcknowledgementShown,
        shapes.acknowledgements,
    ),
    ("follow-ups", "Visits close to home", shapes.FollowUpShown, shapes.follow_ups),
)  # fmt: skip
_ONE = "referrals/<uuid:case_id>/"
urlpatterns = [
    path("referrals/", Referrals.as_view(), name="referrals"),
    path("referrals/alarms/", Alarms.as_view(), name="referral-alarms"),
    path("referrals/unannounced/", Unannounced.as_view(), name="referrals-unannounced"),
    path(_ONE, ReferralDetail.as_view(), name="referral"),
    path(f"{_ONE}offers/", Offers.as_view(), name="referral-offers"),
    path(f"{_ONE}transport/", Way.as_view(), name="referral-transport"),
    path(f"{_ONE}checks/", Checks.as_view(), name="referral-checks"),
    *(
        path(f"{_ONE}{name}/", _listed(title, name, gives, rows).as_view(), name=f"referral-{name}")
        for name, title, gives, rows in _LISTS
    ),
]
