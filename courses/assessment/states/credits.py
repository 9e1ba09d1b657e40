"""The vocabulary of credits and certificates."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.kernel.machine import Machine, Transition
from courses.assessment import events


class Activity(TextChoices):
    """What credits are given for."""

    COURSE = "course", pgettext_lazy("training", "Course")
    LECTURE = "lecture", _("Live lecture")


class Evidence(TextChoices):
    """What a rule asks for beside completion."""

    EXAM = "exam", _("an exam, passed")
    FEEDBACK = "feedback", _("the questionnaire, answered")


class EntryKind(TextChoices):
    AWARDED = "awarded", _("Awarded")
    WITHHELD = "withheld", _("Not counted")
    REVERSED = "reversed", _("Taken back")


class Cap(TextChoices):
    """Which limit cut an award."""

    DAY = "day", _("the most for one day")
    CATEGORY = "category", _("the most for this kind of learning")
    SCHEME = "scheme", _("the most for the period")


class CertificateStep(TextChoices):
    VALID = "valid", _("Valid")
    REPLACED = "replaced", _("Replaced by a newer one")
    REVOKED = "revoked", _("Revoked")


CERTIFICATE = Machine(
    name="certificate",
    steps=CertificateStep,
    initial=(CertificateStep.VALID,),
    policies="courses.assessment.policies.credits",
    final=(CertificateStep.REVOKED, CertificateStep.REPLACED),
    transitions=(
        Transition(
            "R1", "revoke", _("Revoke"), (CertificateStep.VALID,), CertificateStep.REVOKED, "may_revoke",
            events.CertificateRevoked, required=("reason",), look="alarm",
        ),
        Transition(
            "R2", "reissue", _("Issue again under the name of now"), (CertificateStep.VALID,), CertificateStep.REPLACED,
            "may_reissue", events.CertificateIssued,
        ),
    ),
)  # fmt: skip
