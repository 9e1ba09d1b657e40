from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "consultations_answer_number": _("The case was answered at the same moment: look at that answer first."),
        "consultations_correction_reason": _("A correction says which answer it corrects, and why."),
        "consultations_correction_other": _("An answer corrects another one, not itself."),
        "consultations_acknowledged_pair": _("A correction that was read says by whom and when."),
        "consultations_answer_draft_once": _("You have a draft of this answer already."),
        "consultations_meeting_step": _("A video call is proposed, booked, open, over, missed, cancelled or moved."),
        "consultations_meeting_side": _("A video call is proposed by the asking clinic or by the specialist."),
        "consultations_meeting_absent": _("Who did not come to a call is one of its sides."),
        "consultations_call_note_once": _("You have notes of this call already."),
        "consultations_recording_step": _("A recording is asked for, runs, rests, is over, refused or withdrawn."),
        "consultations_recording_started": _("A recording that runs or ran says since when."),
        "consultations_recording_withdrawn_at": _("A recording whose consent was withdrawn says when."),
        "consultations_recording_size": _("A recording is not smaller than nothing."),
        "consultations_recording_answer_once": _("You have said already whether you agree to be recorded."),
        "consultations_step": _("A question stands at one of the steps of its way."),
        "consultations_withdrawn_has_reason": _("A question is withdrawn with a reason."),
        "consultations_answered_at": _("A question that was answered says when."),
        "consultations_usefulness": _("Usefulness is rated from 1 to 5."),
        "consultations_outcome_step": _("The search for the outcome waits, asks, is with the coordinator, or is over."),
        "consultations_outcome_told_pair": _("An outcome that was told says by whom and when."),
        "consultations_review_round_drawn": _("No more answers are drawn than were signed."),
        "consultations_review_round_month": _("A sample is of a whole month."),
        "consultations_review_assigned_pair": _("An answer that somebody rates says who, and since when."),
    }

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
