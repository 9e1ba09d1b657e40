"""What a referral looks like over the API, to each who may see it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from consortium.casework.api import Named
from consortium.casework.api.acts import Feature
from consortium.casework.api.lists import CaseShown, case_shown, named
from consortium.casework.models import Case
from consortium.casework.policies import may_read_thread
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, Output
from referrals.fhir.statuses import status_of
from referrals.models import (
    Acknowledgement,
    Check,
    Encounter,
    FollowUp,
    Incident,
    Offer,
    Outcome,
    Referral,
    Transport,
    Visit,
)
from referrals.queries import available, referral_for
from referrals.states import (
    MACHINE,
    Appropriateness,
    CheckState,
    Concordance,
    DeclineReason,
    Destination,
    FollowUpStep,
    IncidentKind,
    Kind,
    Mode,
    OfferStep,
    Place,
    Reason,
    Step,
)

TEXT = 10_000
#: words that may name somebody: null for who may not read the thread yet
CLINICAL = (
    "situation", "background", "assessment", "recommendation", "working_diagnosis", "diagnosis_code", "whereabouts",
    "promise", "plan", "plan_medicines", "dispute_reason",
)  # fmt: skip


class OfferShown(Output):
    """One receiving service that was asked (FHIR Task)."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    service = Named()
    institution = Named()
    step = serializers.ChoiceField(OfferStep.choices)
    asked_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = Named(allow_null=True)
    decline_reason = serializers.ChoiceField([("", "None"), *DeclineReason.choices])
    alternative = Named(allow_null=True)


class CheckShown(Output):
    item = serializers.CharField()
    state = serializers.ChoiceField(CheckState.choices)
    note = serializers.CharField()
    at = serializers.DateTimeField()


class IncidentShown(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(IncidentKind.choices)
    note = serializers.CharField()
    happened_at = serializers.DateTimeField()


class TransportShown(Output):
    """The way, and the hand-over with its read-back."""

    mode = serializers.ChoiceField(Mode.choices)
    crew = serializers.CharField()
    phone = serializers.CharField()
    expected_at = serializers.DateTimeField(allow_null=True)
    departed_at = serializers.DateTimeField(allow_null=True)
    arrived_at = serializers.DateTimeField(allow_null=True)
    severity = serializers.CharField()
    summary = serializers.CharField()
    actions = serializers.CharField()
    awareness = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)
    signer_name = serializers.CharField()
    read_back = serializers.CharField()
    read_back_at = serializers.DateTimeField(allow_null=True)
    incidents = IncidentShown(many=True)


class VisitShown(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    status = serializers.CharField(help_text="Of its booking.")
    by_sender = serializers.BooleanField()
    instructions = serializers.CharField()


class EncounterShown(Output):
    id = serializers.UUIDField()
    place = serializers.ChoiceField(Place.choices)
    ward = serializers.CharField()
    begun_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DiagnosisShown(Output):
    code = serializers.CharField(help_text="ICD-10.")
    text = serializers.CharField()
    main = serializers.BooleanField()


class OutcomeOfCare(Output):
    """The seven essential parts, signed."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    admitted_on = serializers.DateField()
    left_on = serializers.DateField()
    diagnoses = DiagnosisShown(many=True)
    course = serializers.CharField()
    medicines = serializers.CharField()
    immunisations = serializers.CharField()
    pending = serializers.CharField()
    follow_up = serializers.CharField()
    destination = serializers.ChoiceField(Destination.choices)
    special_care = serializers.BooleanField()
    appropriateness = serializers.ChoiceField([("", "Not said"), *Appropriateness.choices])
    to_sender = serializers.CharField()
    signed_at = serializers.DateTimeField()
    signer_name = serializers.CharField()
    signer_title = serializers.CharField()
    signer_licence = serializers.CharField()
    corrects_id = serializers.UUIDField(allow_null=True)
    correction_reason = serializers.CharField()


class AcknowledgementShown(Output):
    outcome_id = serializers.UUIDField()
    usefulness = serializers.IntegerField()
    concordance = serializers.ChoiceField(Concordance.choices)
    appropriateness = serializers.ChoiceField([("", "Not said"), *Appropriateness.choices])
    at = serializers.DateTimeField()


class FollowUpShown(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    step = serializers.ChoiceField(FollowUpStep.choices)
    due_on = serializers.DateField()
    recall_on = serializers.DateField(allow_null=True)
    task = serializers.CharField()
    needs = serializers.ListField(child=serializers.CharField(), help_text="What the centre must have for it.")
    done_at = serializers.DateTimeField(allow_null=True)
    finding = serializers.CharField()


class ReferralShown(CaseShown):
    kind = serializers.ChoiceField(Kind.choices)
    step = serializers.ChoiceField(Step.choices)
    reason = serializers.ChoiceField([("", "Not said"), *Reason.choices])
    diagnosis_code = serializers.CharField(allow_null=True, help_text="ICD-10.")
    whereabouts = serializers.CharField(allow_null=True)
    promise = serializers.CharField(allow_null=True, help_text="Bed or place promised with the acceptance.")
    plan = serializers.CharField(allow_null=True)
    plan_medicines = serializers.CharField(allow_null=True)
    dispute_reason = serializers.CharField(allow_null=True)
    needs_capabilities = serializers.ListField(child=serializers.CharField())
    may_be_redirected = serializers.BooleanField()
    guardian_agreed = serializers.BooleanField(allow_null=True)
    unannounced = serializers.BooleanField()
    parent_id = serializers.UUIDField(allow_null=True, help_text="The case that it came out of.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    arrived_at = serializers.DateTimeField(allow_null=True)
    cancel_asked_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = serializers.CharField()
    information_asked_at = serializers.DateTimeField(allow_null=True)
    life_threat = serializers.CharField()
    end_reason = serializers.CharField()
    error_reason = serializers.CharField()
    offers = OfferShown(many=True)
    available_actions = Acts()


_OF_REFERRAL = (
    "kind", "step", "reason", "question", "needs_capabilities", "consent_given", "may_be_redirected", "guardian_agreed",
    "unannounced", "parent_id", "accepted_at", "arrived_at", "cancel_asked_at", "cancel_reason", "information_asked_at",
    "life_threat", "end_reason", "error_reason",
)  # fmt: skip


def _plain(row: Any, kind: type[Output]) -> dict[str, Any]:
    """The fields of a row that stand in its shape under their own names."""
    names: list[str] = list(kind().get_fields())
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def _offer(row: Any) -> dict[str, Any]:
    return {
        **_plain(row, OfferShown), "service": named(row.service), "institution": named(row.service.institution),
        "answered_by": named(row.answered_by), "alternative": named(row.alternative),
    }  # fmt: skip


def offers(case_id: UUID) -> list[dict[str, Any]]:
    rows = Offer.objects.filter(case_id=case_id).select_related("service__institution", "answered_by", "alternative")
    return [_offer(row) for row in rows.order_by("number")]


def checks(case_id: UUID) -> list[dict[str, Any]]:
    return [_plain(row, CheckShown) for row in Check.objects.filter(case_id=case_id).order_by("item")]


def transport(case_id: UUID) -> dict[str, Any] | None:
    row = Transport.objects.filter(pk=case_id).first()
    if row is None:
        return None
    went_wrong = Incident.objects.filter(case_id=case_id).order_by("happened_at", "pk")
    return {**_plain(row, TransportShown), "incidents": [_plain(each, IncidentShown) for each in went_wrong]}


def visits(case_id: UUID) -> list[dict[str, Any]]:
    rows = Visit.objects.filter(case_id=case_id).select_related("booking").order_by("number")
    return [
        {**_plain(row, VisitShown), "begins": row.booking.begins, "ends": row.booking.ends, "status": row.booking.step}
        for row in rows
    ]


def encounters(case_id: UUID) -> list[dict[str, Any]]:
    return [_plain(row, EncounterShown) for row in Encounter.objects.filter(case_id=case_id).order_by("begun_at", "pk")]


def outcomes(case_id: UUID) -> list[dict[str, Any]]:
    return [_plain(row, OutcomeOfCare) for row in Outcome.objects.filter(case_id=case_id).order_by("number")]


def acknowledgements(case_id: UUID) -> list[dict[str, Any]]:
    rows = Acknowledgement.objects.filter(case_id=case_id).order_by("at", "pk")
    return [_plain(row, AcknowledgementShown) for row in rows]


def follow_ups(case_id: UUID) -> list[dict[str, Any]]:
    return [_plain(row, FollowUpShown) for row in FollowUp.objects.filter(case_id=case_id).order_by("number")]


def detail(actor: Actor, referral: Referral) -> dict[str, Any]:
    """A referral as `actor` may see it, with what they may do now."""
    case: Case = referral.case
    words = may_read_thread(actor, case).allowed
    status = status_of(referral)
    return {
        **case_shown(case),
        **{name: getattr(referral, name) for name in _OF_REFERRAL},
        **{name: getattr(referral, name) if words else None for name in CLINICAL},
        "status": status.task,
        "business_status": status.business,
        "offers": offers(case.pk),
        "available_actions": [REFERRAL.action(t, case.pk) for t in available(actor, referral)],
    }


def shown(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """The referral, or NotVisible."""
    return detail(actor, referral_for(case_id))


REFERRAL = Feature("referral", MACHINE, ReferralShown, shown)
