import django_stubs_ext
from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules

# Before any model or admin class is read: their generics (ModelAdmin[User]) are annotations to Django itself.
django_stubs_ext.monkeypatch()


class KernelConfig(AppConfig):
    name = "consortium.kernel"

    def ready(self) -> None:
        from consortium.kernel.checks import production_is_secure

        autodiscover_modules("receivers")
        checks.register(production_is_secure, checks.Tags.security, deploy=True)
