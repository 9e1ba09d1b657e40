from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """What its notices say."""
        from consortium.notices.states import NoticeKind, register_kind
        from referrals.receivers.kinds import NOTICE_KINDS

        for words in NOTICE_KINDS:
            register_kind(NoticeKind(*words))
        self._show_as_fhir()

    @staticmethod
    def _show_as_fhir() -> None:
        """What a referral is to other systems."""
        from referrals.fhir import show

        show()
