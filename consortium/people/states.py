"""The vocabulary of people: roles, tiers, and what each role may touch."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    ASKER = "asker", _("Community or district clinician")
    SPECIALIST = "specialist", _("Specialist")
    SERVICE_LEAD = "service_lead", _("Service lead")
    COORDINATOR = "coordinator", _("Coordinator")
    NURSE = "nurse", _("Nurse")
    TRAINING_ADMIN = "training_admin", _("Training admin")
    LECTURER = "lecturer", _("Lecturer")
    MANUAL_EDITOR = "manual_editor", _("Manual editor")
    CLINICAL_REVIEWER = "clinical_reviewer", _("Clinical reviewer")
    PHARMACIST = "pharmacist", _("Pharmacist")
    INSTITUTION_ADMIN = "institution_admin", _("Institution admin")
    CONSORTIUM_MANAGER = "consortium_manager", _("Consortium manager")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    AUDITOR = "auditor", _("Auditor")


#: Roles that treat children: they may see an identified child to whom they have a relationship.
CLINICAL_ROLES = (Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD, Role.NURSE)

#: Roles that must hold a second factor in production, for they read identified data or decide who does.
SECOND_FACTOR_ROLES = (
    *CLINICAL_ROLES,
    Role.COORDINATOR,
    Role.INSTITUTION_ADMIN,
    Role.CONSORTIUM_MANAGER,
    Role.PRIVACY_OFFICER,
    Role.AUDITOR,
)


#: Roles over the whole consortium: only a consortium manager gives them.
CONSORTIUM_ROLES = (Role.CONSORTIUM_MANAGER, Role.AUDITOR)

#: Roles of which the last holder may not go: nobody could let anybody in again.
KEEPER_ROLES = (Role.INSTITUTION_ADMIN, Role.CONSORTIUM_MANAGER)


class Standing(TextChoices):
    """How a person stands at an institution, as the staff list filters."""

    ACTIVE = "active", _("Working here")
    SUSPENDED = "suspended", _("Suspended")
    LEFT = "left", _("Left")


class Capability(TextChoices):
    """What an institution can do for a child."""

    XRAY = "xray", _("X-ray")
    ULTRASOUND = "ultrasound", _("Ultrasound")
    CT = "ct", _("CT")
    MRI = "mri", _("MRI")
    LABORATORY = "laboratory", _("Laboratory day and night")
    OXYGEN = "oxygen", _("Oxygen")
    VENTILATOR = "ventilator", _("Ventilator")
    NICU = "nicu", _("Newborn intensive care")
    PICU = "picu", _("Paediatric intensive care")
    SURGERY = "surgery", _("Paediatric surgery")
    AMBULANCE = "ambulance", _("Own ambulance")


class Tier(IntegerChoices):
    """1 community, 2 district, 3 tertiary: a child goes up in numbers and comes down again."""

    COMMUNITY = 1, _("Community health centre")
    DISTRICT = 2, _("District hospital")
    TERTIARY = 3, _("Children's hospital")


class Theme(TextChoices):
    AUTO = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
