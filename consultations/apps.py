from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"

    def ready(self) -> None:
        """Whoever sees a case may listen to it; and what its notices say."""
        from consortium.kernel.topics import register
        from consortium.live.queries import journalled
        from consortium.notices.states import NoticeKind, register_kind
        from consultations.states import NOTICE_KINDS

        register(journalled("casework.Case"))
        for words in NOTICE_KINDS:
            register_kind(NoticeKind(*words))
        self._show_as_fhir()

    @staticmethod
    def _show_as_fhir() -> None:
        """What a consultation is to other systems."""
        from consortium.interop.operations import carry
        from consortium.interop.r4.kinds import register
        from consultations.fhir import KINDS
        from consultations.fhir.carried import CARRIED

        for kind in KINDS:
            register(kind)
        carry(*CARRIED)
