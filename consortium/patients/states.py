"""The vocabulary of patients."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    """Administrative gender, FHIR R4."""

    FEMALE = "female", _("Girl")
    MALE = "male", _("Boy")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not known")


class ConsentKind(TextChoices):
    """Four separate consents, each revocable."""

    SHARE = "share", _("Share the record with the hospitals that help")
    VIDEO = "video", _("Video consultation")
    RECORDING = "recording", _("Recording")
    TEACHING = "teaching", _("Teaching, without name")


class ConsentStatus(TextChoices):
    """FHIR R4 Consent.status, as far as used here."""

    ACTIVE = "active", _("Given")
    REJECTED = "rejected", _("Refused")
    INACTIVE = "inactive", _("Withdrawn")


class Relation(TextChoices):
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    GRANDPARENT = "grandparent", _("Grandparent")
    GUARDIAN = "guardian", _("Legal guardian")
    OTHER = "other", _("Other")


class GrantReason(TextChoices):
    EMERGENCY = "emergency", _("Emergency: the child's life or health is at risk")
    SAFEGUARDING = "safeguarding", _("Child protection")
    COMPLAINT = "complaint", _("Complaint or inquiry")
    OTHER = "other", _("Other, as explained")


class GrantVerdict(TextChoices):
    """What the privacy officer found."""

    JUSTIFIED = "justified", _("Justified")
    QUESTIONED = "questioned", _("To be followed up")
