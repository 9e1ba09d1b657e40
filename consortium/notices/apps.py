from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "consortium.notices"

    def ready(self) -> None:
        """The inbox is a live topic."""
        from consortium.kernel.topics import register
        from consortium.notices.queries.inbox import USER_TOPIC

        register(USER_TOPIC)
