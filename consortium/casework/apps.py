from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "consortium.casework"

    def ready(self) -> None:
        """Worklists may be listened to."""
        from consortium.casework.queries.lists_live import kinds
        from consortium.kernel.topics import register

        for kind in kinds():
            register(kind)
