"""How far a version of a pathway has come, and who takes it further."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from decision_manual import events


class Step(TextChoices):
    DRAFT = "draft", _("Draft")
    CLINICAL_REVIEW = "clinical_review", _("Clinical review")
    PHARMACY_REVIEW = "pharmacy_review", _("Pharmacy review")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Retired")


REVIEWED = (Step.PHARMACY_REVIEW, Step.APPROVED)

MACHINE = Machine(
    name="pathway_version",
    steps=Step,
    initial=(Step.DRAFT,),
    policies="decision_manual.policies",
    final=(Step.RETIRED,),
    transitions=(
        Transition(
            "V1", "send_to_review", _("Send to clinical review"), (Step.DRAFT,), Step.CLINICAL_REVIEW,
            "may_send_to_review", look="main",
        ),
        Transition(
            "V2", "approve_clinically", _("Approve as a clinician"), (Step.CLINICAL_REVIEW,), Step.PHARMACY_REVIEW,
            "may_approve_clinically", look="main",
        ),
        Transition(
            "V3", "approve_doses", _("Approve as a pharmacist"), (Step.PHARMACY_REVIEW,), Step.APPROVED,
            "may_approve_doses", events.VersionApproved, look="main",
        ),
        Transition(
            "V4", "send_back", _("Send back with a reason"), (Step.CLINICAL_REVIEW, Step.PHARMACY_REVIEW), Step.DRAFT,
            "may_send_back", None, ("reason",),
        ),
        Transition(
            "V5", "retire", _("Retire"), tuple(step for step in Step if step != Step.RETIRED), Step.RETIRED,
            "may_retire", events.VersionRetired, ("reason",), look="alarm",
        ),
    ),
)  # fmt: skip
