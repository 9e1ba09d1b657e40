from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "consortium.interop"

    def ready(self) -> None:
        """What the layers beneath can show; features above add their own."""
        from consortium.interop.fhir import KINDS
        from consortium.interop.r4.kinds import register

        for kind in KINDS:
            register(kind)
