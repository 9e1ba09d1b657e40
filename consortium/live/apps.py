from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "consortium.live"

    def ready(self) -> None:
        """Hear events that end rights and sessions, and ring through Redis. A record's page may be listened to."""
        from consortium.kernel.bells import add_ringer
        from consortium.kernel.topics import register
        from consortium.live import receivers
        from consortium.live.operations import ring
        from consortium.live.queries import journalled

        add_ringer(ring)
        register(journalled("patients.Patient"))
        receivers.listen()
