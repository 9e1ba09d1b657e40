from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "consortium.embedded"
