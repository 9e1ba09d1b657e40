from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "consortium.files"

    def ready(self) -> None:
        """Where others point may be listened to."""
        from consortium.files.queries.pointing import kind
        from consortium.kernel.topics import register

        register(kind())
