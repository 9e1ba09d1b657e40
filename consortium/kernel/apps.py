from django.apps import AppConfig
from django.core import checks


class KernelConfig(AppConfig):
    name = "consortium.kernel"

    def ready(self) -> None:
        from consortium.kernel.checks import production_is_secure

        checks.register(production_is_secure, checks.Tags.security, deploy=True)
