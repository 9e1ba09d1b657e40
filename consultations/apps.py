from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"

    def ready(self) -> None:
        """Whoever sees a case may listen to it."""
        from consortium.kernel.topics import register
        from consortium.live.queries import journalled

        register(journalled("casework.Case"))
