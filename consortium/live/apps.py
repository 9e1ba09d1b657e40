from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "consortium.live"

    def ready(self) -> None:
        """Hear events that end rights and sessions, and ring through Redis."""
        from consortium.kernel.bells import add_ringer
        from consortium.live import receivers
        from consortium.live.operations import ring

        add_ringer(ring)
        receivers.listen()
