from importlib import import_module

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "consortium.embedded"

    def ready(self) -> None:
        """Every process asks for tasks through our Celery application; the library's own default knows no broker."""
        import_module("consortium.celery").app.set_default()
