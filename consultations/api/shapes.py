"""What a consultation looks like over the API, to each who may see it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from consortium.casework.api import Named
from consortium.casework.api.acts import Feature
from consortium.casework.api.lists import PRIORITIES, named
from consortium.casework.models import Case
from consortium.casework.policies import may_read_thread
from consortium.casework.states import Ball, Priority, Symptom
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, Output
from consortium.patients.models import Patient
from consortium.patients.states import Sex
from consultations.models import Consultation
from consultations.queries import available, consultation_for
from consultations.queries.citing import use_of
from consultations.queries.intake import missing_data
from consultations.states import (
    FHIR_STATUS,
    MACHINE,
    DisputeOutcome,
    FellShort,
    Step,
)

TEXT = 10_000
CLINICAL = ("situation", "background", "assessment", "recommendation", "working_diagnosis")


class ChildShown(Output):
    id = serializers.UUIDField()
    name = serializers.CharField()
    birth_date = serializers.DateField()
    allergies = serializers.CharField()


class AnswerShown(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    impression = serializers.CharField()
    do_now = serializers.CharField()
    red_flags = serializers.CharField()
    when_to_refer = serializers.CharField()
    follow_up = serializers.CharField()
    follow_up_on = serializers.DateField(allow_null=True)
    signed_by_id = serializers.UUIDField()
    signer_name = serializers.CharField()
    signer_title = serializers.CharField()
    signer_licence = serializers.CharField()
    signed_at = serializers.DateTimeField()
    corrects_id = serializers.UUIDField(allow_null=True)
    correction_reason = serializers.CharField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class DisputeShown(Output):
    """The asker disagreed with a decline."""

    at = serializers.DateTimeField()
    reason = serializers.CharField()
    outcome = serializers.ChoiceField(
        [("", "The service lead looks again"), *DisputeOutcome.choices], help_text="Empty until somebody has looked."
    )


class ManualUseShown(Output):
    """The branch of the manual that was used before the question, and why it did not suffice."""

    pathway = serializers.CharField()
    version = serializers.IntegerField()
    node = serializers.CharField(help_text="The branch in the chart; empty for the page as a whole.")
    indication = serializers.CharField()
    why = serializers.ChoiceField([("", "Not said"), *FellShort.choices])
    note = serializers.CharField(allow_null=True)


class ConsultationShown(Output):
    """Before the case is theirs, specialists see age, sex, weight and question; the rest is null then."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    step = serializers.ChoiceField(Step.choices)
    status = serializers.CharField(help_text="FHIR R4 Task.status.")
    business_status = serializers.CharField()
    priority = serializers.ChoiceField(PRIORITIES)
    question = serializers.CharField()
    situation = serializers.CharField(allow_null=True)
    background = serializers.CharField(allow_null=True)
    assessment = serializers.CharField(allow_null=True)
    recommendation = serializers.CharField(allow_null=True)
    working_diagnosis = serializers.CharField(allow_null=True)
    age_days = serializers.IntegerField(allow_null=True)
    sex = serializers.ChoiceField(Sex.choices)
    weight_grams = serializers.IntegerField(allow_null=True)
    consent_given = serializers.BooleanField()
    patient = ChildShown(allow_null=True)
    service = Named(allow_null=True)
    asking_institution = Named()
    asker = Named()
    responder = Named(allow_null=True)
    ball = serializers.ChoiceField(Ball.choices)
    ball_user = Named(allow_null=True)
    due_at = serializers.DateTimeField()
    clock_paused = serializers.BooleanField()
    is_open = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    change = serializers.CharField()
    referral_avoided = serializers.BooleanField(allow_null=True)
    usefulness = serializers.IntegerField(allow_null=True)
    last_message_seq = serializers.IntegerField()
    symptom = serializers.ChoiceField([("", "Not chosen"), *Symptom.choices])
    told = serializers.DictField(child=serializers.CharField(), allow_null=True, help_text="Code -> text.")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of what the symptom needs and lacks."
    )
    may_be_converted = serializers.BooleanField(help_text="The specialist may refer the child directly.")
    dispute = DisputeShown(allow_null=True)
    manual = ManualUseShown(allow_null=True)
    refer_reason = serializers.CharField(help_text="Why it became a referral; empty when it did not.")
    refer_question = serializers.CharField(allow_null=True)
    available_actions = Acts()


def _child(case: Case) -> dict[str, Any] | None:
    known: Patient | None = Patient.objects.filter(pk=case.patient_id).first()
    if known is None:
        return None
    plain = {"birth_date": known.birth_date, "allergies": known.allergies}
    return {"id": known.pk, "name": known.display_name, **plain}


_OF_CASE = (
    "version", "age_days", "sex", "weight_grams", "ball", "due_at", "clock_paused", "is_open", "created_at",
    "submitted_at", "closed_at", "last_message_seq",
)  # fmt: skip
_OF_CONSULTATION = (
    "step", "question", "consent_given", "answered_at", "change", "referral_avoided", "usefulness", "may_be_converted",
    "refer_reason",
)  # fmt: skip


def _dispute(consultation: Consultation) -> dict[str, Any] | None:
    c = consultation
    return {"at": c.disputed_at, "reason": c.dispute_reason, "outcome": c.dispute_outcome} if c.disputed_at else None


def _manual(case: Case, words: bool) -> dict[str, Any] | None:
    use = use_of(case.pk)
    if use is None:
        return None
    coded = {name: getattr(use, name) for name in ("pathway", "version", "node", "indication", "why")}
    return {**coded, "note": use.note if words else None}


def detail(actor: Actor, consultation: Consultation) -> dict[str, Any]:
    """A consultation as `actor` may see it, with what they may do now."""
    case: Case = consultation.case
    words = may_read_thread(actor, case).allowed
    status, business_status = FHIR_STATUS[consultation.step]
    return {
        "id": case.pk,
        **{name: getattr(case, name) for name in _OF_CASE},
        **{name: getattr(consultation, name) for name in _OF_CONSULTATION},
        **{name: getattr(consultation, name) if words else None for name in CLINICAL},
        "symptom": case.symptom,
        "told": consultation.told if words else None,
        "missing": missing_data(consultation),
        "priority": Priority(case.priority).code,
        "status": status,
        "business_status": business_status,
        "patient": _child(case),
        "service": named(case.service),
        "asking_institution": named(case.asking_institution),
        "asker": named(case.asker),
        "responder": named(case.responder),
        "ball_user": named(case.ball_user),
        "dispute": _dispute(consultation),
        "manual": _manual(case, words),
        "refer_question": consultation.refer_question if words else None,
        "available_actions": [CONSULTATION.action(t, case.pk) for t in available(actor, consultation)],
    }


def shown(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """The consultation, or NotVisible."""
    return detail(actor, consultation_for(case_id))


CONSULTATION = Feature("consultation", MACHINE, ConsultationShown, shown)
