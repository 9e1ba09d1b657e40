from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DecisionManualConfig(AppConfig):
    name = "decision_manual"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "decision_manual_version_number": _("Somebody made a version at the same moment: look at it first."),
        "decision_manual_state_step": _("A version is a draft, in review, approved or retired."),
        "decision_manual_clinician_pair": _("A version that a clinician approved says by whom and when."),
        "decision_manual_pharmacist_pair": _("A version that a pharmacist approved says by whom and when."),
        "decision_manual_part_once": _("This page is in the run already."),
    }
