import django_stubs_ext
from django.apps import AppConfig, apps
from django.core import checks
from django.utils.module_loading import autodiscover_modules

# Before any model or admin class is read: their generics (ModelAdmin[User]) are annotations to Django itself.
django_stubs_ext.monkeypatch()


class KernelConfig(AppConfig):
    name = "consortium.kernel"

    def ready(self) -> None:
        from consortium.kernel.checks import production_is_secure
        from consortium.kernel.errors import explain_constraint, explain_constraints
        from consortium.kernel.ids import read_ids_quickly

        read_ids_quickly()
        explain_constraints(apps.get_models())
        for config in apps.get_app_configs():
            for name, words in getattr(config, "rules", {}).items():
                explain_constraint(name, words)
        autodiscover_modules("receivers")
        checks.register(production_is_secure, checks.Tags.security, deploy=True)
