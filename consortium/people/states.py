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
    """What an institution can do for a child, as its admin publishes it: equipment, medicines, trained staff."""

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
    NEBULISER = "nebuliser", _("Nebuliser")
    OXIMETER = "oximeter", _("Pulse oximeter")
    SPIROMETER = "spirometer", _("Spirometer")
    GLUCOSE_METER = "glucose_meter", _("Glucose meter")
    ECG = "ecg", _("ECG")

    MED_INHALED = "med_inhaled", _("Inhaled bronchodilator and steroid")
    MED_ANTIEPILEPTIC = "med_antiepileptic", _("Antiepileptic medicines")
    MED_INSULIN = "med_insulin", _("Insulin")
    MED_INJECTED = "med_injected", _("Antibiotics by injection")
    MED_ADRENALINE = "med_adrenaline", _("Adrenaline for anaphylaxis")
    MED_VACCINES = "med_vaccines", _("Vaccines")

    STAFF_ASTHMA = "staff_asthma", _("Staff trained in asthma care")
    STAFF_EPILEPSY = "staff_epilepsy", _("Staff trained in epilepsy care")
    STAFF_DIABETES = "staff_diabetes", _("Staff trained in diabetes care")
    STAFF_NEWBORN = "staff_newborn", _("Staff trained in newborn care and feeding")
    STAFF_DEVELOPMENT = "staff_development", _("Staff trained in developmental screening")
    STAFF_WOUND = "staff_wound", _("Staff trained in wound and stoma care")
    STAFF_TUBE = "staff_tube", _("Staff trained in tube feeding")


def capability_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Equipment, medicines and trained staff, each with its (code, label), as forms offer them."""
    groups: dict[str, list[tuple[str, str]]] = {"": [], "med": [], "staff": []}
    for each in Capability:
        kind = each.value.split("_")[0]
        groups[kind if kind in groups else ""].append((each.value, str(each.label)))
    named = (_("Equipment and wards"), _("Medicines at hand"), _("Trained staff"))
    return [(str(name), rows) for name, rows in zip(named, groups.values(), strict=True)]


class Tier(IntegerChoices):
    """1 community, 2 district, 3 tertiary: a child goes up in numbers and comes down again."""

    COMMUNITY = 1, _("Community health centre")
    DISTRICT = 2, _("District hospital")
    TERTIARY = 3, _("Children's hospital")


class Theme(TextChoices):
    AUTO = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
