from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "consortium.patients"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "patients_patient_sex": _("Choose the child's sex of the list."),
        "patients_patient_gestation": _("The weeks of pregnancy lie between 20 and 45."),
        "patients_patient_not_into_itself": _("A record cannot be merged into itself."),
        "patients_patient_not_own_twin": _("A child cannot be its own twin."),
        "patients_guardian_relation": _("Choose of the list what the guardian is to the child."),
        "patients_consent_kind": _("Choose of the list what the guardian agrees to."),
        "patients_consent_status": _("A consent is given, refused or withdrawn."),
        "patients_grant_period": _("An emergency access ends after it began."),
        "patients_grant_reason": _("Choose of the list why the record is opened."),
        "patients_grant_reviewed_pair": _("An emergency access that was reviewed says by whom, when and how."),
        "patients_grant_one_running": _("You have opened this record already."),
        "patients_merge_once": _("This record was merged already."),
        "patients_merge_two": _("Two different records are merged, not one with itself."),
        "patients_merge_undone_pair": _("A merge that was undone says by whom and when."),
        "patients_measurement_replaces_other": _("A measurement corrects another one, not itself."),
        "patients_pathway_member_once": _("They take part in this pathway already."),
    }
