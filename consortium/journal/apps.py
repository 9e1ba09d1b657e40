from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "consortium.journal"
    default_auto_field = "django.db.models.BigAutoField"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "journal_entry_seq": _("An entry of the journal has this number already: nothing was lost, try again."),
        "journal_delivery_once": _("This is on its way already."),
    }

    def ready(self) -> None:
        from consortium.journal.queries import changes_since
        from consortium.kernel.versions import explain_changes_with

        explain_changes_with(changes_since)
