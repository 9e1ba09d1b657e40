from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "referrals_beds_once": _("The beds of this place are counted already."),
        "referrals_outcome_number": _("An outcome was sent at the same moment: look at it first."),
        "referrals_care_draft_once": _("You have a draft of this letter already."),
        "referrals_follow_up_step": _(
            "A visit of the plan lies ahead, is called again, done, missed, worsened or cancelled."
        ),
        "referrals_follow_up_number": _("This visit is in the plan already."),
        "referrals_step": _("A referral stands at one of the steps of its way."),
        "referrals_offer_number": _("Somebody asked another hospital at the same moment: look at it first."),
        "referrals_check_once": _("This line of the checklist is answered already: load the page again."),
        "referrals_visit_number": _("A visit was booked at the same moment: look at it first."),
    }

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
