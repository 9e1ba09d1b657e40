"""The vocabulary of patients."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.clinical.units import KINDS


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


class MeasurementKind(TextChoices):
    """What is measured on a child: numbers with units (`clinical.units.KINDS`), then signs that have words."""

    WEIGHT = "weight", KINDS["weight"].label
    LENGTH = "length", KINDS["length"].label
    HEAD = "head", KINDS["head"].label
    MUAC = "muac", KINDS["muac"].label
    TEMPERATURE = "temperature", KINDS["temperature"].label
    RESP_RATE = "resp_rate", KINDS["resp_rate"].label
    HEART_RATE = "heart_rate", KINDS["heart_rate"].label
    SPO2 = "spo2", KINDS["spo2"].label
    SBP = "sbp", KINDS["sbp"].label
    DBP = "dbp", KINDS["dbp"].label
    CRT = "crt", KINDS["crt"].label
    OXYGEN_FLOW = "oxygen_flow", KINDS["oxygen_flow"].label
    OXYGEN_PERCENT = "oxygen_percent", KINDS["oxygen_percent"].label
    DISTRESS = "distress", _("Respiratory distress")
    AVPU = "avpu", _("Consciousness")
    SUPPORT = "support", _("Breathing support")
    CONCERN = "concern", _("Concern")


NUMBERS = tuple(kind for kind in MeasurementKind if kind in KINDS)
#: what has words instead of a number: kind -> code -> words
SIGNS: dict[str, dict[str, Any]] = {
    MeasurementKind.DISTRESS: {
        "none": _("None"), "mild": _("Mild"), "moderate": _("Moderate"), "severe": _("Severe"),
    },
    MeasurementKind.AVPU: {
        "A": _("Alert"), "V": _("Responds to voice"), "P": _("Responds to pain"), "U": _("Unresponsive"),
    },
    MeasurementKind.SUPPORT: {"high_flow": _("High flow"), "cpap": _("CPAP"), "bipap": _("BiPAP")},
    MeasurementKind.CONCERN: {
        "carer": _("The carer is worried"),
        "intuition": _("My clinical intuition is worried"),
        "sepsis": _("New suspicion of sepsis"),
        "septic_shock": _("Suspicion of septic shock"),
        "pupils": _("Abnormal pupils"),
    },
}  # fmt: skip
#: growth; all others are vital signs, which grow old within hours
GROWTH = (MeasurementKind.WEIGHT, MeasurementKind.LENGTH, MeasurementKind.HEAD, MeasurementKind.MUAC)


class BodyPosition(TextChoices):
    LYING = "lying", _("Lying")
    STANDING = "standing", _("Standing")


class Site(TextChoices):
    """Where the temperature was taken; values are not converted from one site to another."""

    AXILLA = "axilla", _("Armpit")
    EAR = "ear", _("Ear")
    ORAL = "oral", _("Mouth")
    RECTAL = "rectal", _("Rectum")
    FOREHEAD = "forehead", _("Forehead")


class MeasurementError(TextChoices):
    """Why a value is taken back."""

    MISTYPED = "mistyped", _("Mistyped")
    WRONG_UNIT = "wrong_unit", _("Wrong unit")
    WRONG_CHILD = "wrong_child", _("Wrong child")
    FAULTY = "faulty", _("Wrongly measured")
