from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "consortium.journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consortium.journal.queries import changes_since
        from consortium.kernel.versions import explain_changes_with

        explain_changes_with(changes_since)
