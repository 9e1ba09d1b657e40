"""What a consultation looks like over the API, to each who may see it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from consortium.casework.api.acts import Feature
from consortium.casework.api.lists import CaseShown, case_shown
from consortium.casework.models import Case
from consortium.casework.policies import may_read_thread
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, Output
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


class ConsultationShown(CaseShown):
    step = serializers.ChoiceField(Step.choices)
    answered_at = serializers.DateTimeField(allow_null=True)
    change = serializers.CharField()
    referral_avoided = serializers.BooleanField(allow_null=True)
    usefulness = serializers.IntegerField(allow_null=True)
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
        **case_shown(case),
        **{name: getattr(consultation, name) for name in _OF_CONSULTATION},
        **{name: getattr(consultation, name) if words else None for name in CLINICAL},
        "told": consultation.told if words else None,
        "missing": missing_data(consultation),
        "status": status,
        "business_status": business_status,
        "dispute": _dispute(consultation),
        "manual": _manual(case, words),
        "refer_question": consultation.refer_question if words else None,
        "available_actions": [CONSULTATION.action(t, case.pk) for t in available(actor, consultation)],
    }


def shown(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """The consultation, or NotVisible."""
    return detail(actor, consultation_for(case_id))


CONSULTATION = Feature("consultation", MACHINE, ConsultationShown, shown)
