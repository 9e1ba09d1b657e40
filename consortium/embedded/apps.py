from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "consortium.embedded"

    def ready(self) -> None:
        """Every process asks for tasks through our Celery application; the library's own default knows no broker."""
        from consortium import celery

        celery.app.set_default()
