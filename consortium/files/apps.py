from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "consortium.files"
    default_auto_field = "django.db.models.BigAutoField"
