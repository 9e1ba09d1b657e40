from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "consortium.insight"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "insight_report_step": _("A monthly report is frozen, or frozen and signed."),
    }
