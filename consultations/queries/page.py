"""One consultation as its page shows it: head, facts, answers, thread, timeline, and what may be done."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.queries.page import CasePage
from consortium.journal.queries import last_seq
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.prepared import prepared
from consortium.patients.models import Patient
from consortium.patients.states import ConsentKind
from consultations.models import Answer, Consultation
from consultations.queries.cases import available, consultation_for
from consultations.queries.citing import told, use_of
from consultations.queries.intake import missing_words, told_words
from consultations.queries.meetings import meeting_card
from consultations.queries.opinions import Said, opinions_on
from consultations.queries.signing import signature
from consultations.queries.timeline import steps_of
from consultations.queries.turning import decline_of, referral_of
from consultations.states import Step, WithdrawReason

#: acts that stand in the dock beside the main one, the most wanted first; the others wait under "More"
NEAR_AT_HAND = (
    "dispute", "ask_information", "supply_information", "decline_opinion", "ask_clarification", "convert", "take_back",
    "allocate", "decline", "correct_answer",
)  # fmt: skip
#: acts whose buttons are elsewhere on the page
ELSEWHERE = ("save", "start", "propose_video", "book_video", "call_now", "cancel_video")


class ConsultationPage(CasePage[Consultation]):
    """What the templates of one consultation need."""

    near_at_hand = NEAR_AT_HAND
    elsewhere = ELSEWHERE
    act_link = "consultations/act_link.html"

    @property
    def consultation(self) -> Consultation:
        return self.row

    @property
    def step_label(self) -> str:
        return str(Step(self.consultation.step).label)

    @property
    def isbar(self) -> list[tuple[str, str]]:
        """What was said around the question; only for who may know the child, for it is free text."""
        if not self.identified:
            return []
        c = self.consultation
        said = [
            (_("Situation"), c.situation), (_("Background"), c.background), (_("Assessment"), c.assessment),
            (_("What the asker would do"), c.recommendation), (_("Working diagnosis"), c.working_diagnosis),
        ]  # fmt: skip
        return [(label, text) for label, text in [*told_words(c), *said] if text]

    @property
    def missing(self) -> list[str]:
        """What a stat question went without, and is still to be supplied."""
        lacks = []
        if self.case.weight_grams is None:
            lacks.append(_("the weight"))
        if not self.consultation.consent_given:
            lacks.append(_("the guardian's consent"))
        return [*lacks, *missing_words(self.consultation)]

    @property
    def came_back(self) -> str:
        """Where to keep a new consent, when this question came back because the old one has ended."""
        if self.patient is None or self.consultation.withdraw_reason != WithdrawReason.CONSENT:
            return ""
        return reverse("patients:consent", args=[self.patient.pk, ConsentKind.SHARE])

    @property
    def decline(self) -> dict[str, Any]:
        return decline_of(self.consultation)

    @property
    def referral(self) -> dict[str, Any]:
        return referral_of(self.consultation, words=self.thread_shown)

    def answers(self) -> list[dict[str, Any]]:
        """Signed answers, the newest last; corrected ones are struck, with the reason."""
        signed = _signed(self.actor, self.case.pk)
        corrected = {a.corrects_id: a for a in signed if a.corrects_id}
        return [_answer(a, corrected.get(a.pk)) for a in signed]

    def opinions(self) -> Said:
        """What other specialists were asked and said; only for who may read along."""
        return opinions_on(self.consultation) if self.thread_shown else Said([], [], [])

    def manual(self) -> dict[str, Any]:
        """What the manual was asked before, in words with where it stands; empty when it was not."""
        use = use_of(self.case.pk)
        return told(use, words=self.thread_shown) if use else {}

    def steps(self) -> list[dict[str, Any]]:
        return steps_of(self.case)

    def meeting(self) -> dict[str, Any]:
        """The card of the video call; only for who may know the child."""
        return meeting_card(self.actor, self.consultation, self.actions) if self.identified else {}

    def dock(self) -> dict[str, Any]:
        """The main act, the near ones, and the rest; `starts`: to answer is to begin as well."""
        return super().dock() | {"starts": any(t.verb == "start" for t in self.actions)}


@prepared
def _signed(actor: Actor, case_id: UUID) -> Any:
    with acting_as(actor):
        return Answer.objects.filter(case_id=case_id).select_related("signed_by").order_by("number")


def _answer(answer: Answer, corrected_by: Answer | None) -> dict[str, Any]:
    return {
        **signature(answer), "number": answer.number, "signed_at": answer.signed_at, "impression": answer.impression,
        "do_now": answer.do_now, "red_flags": answer.red_flags, "when_to_refer": answer.when_to_refer,
        "follow_up": answer.follow_up, "follow_up_on": answer.follow_up_on, "struck": corrected_by is not None,
        "struck_reason": corrected_by.correction_reason if corrected_by else "",
        "correction_reason": answer.correction_reason, "acknowledged_at": answer.acknowledged_at,
    }  # fmt: skip


def case_page(actor: Actor, case_id: UUID) -> ConsultationPage:
    """The page of a consultation that the actor sees, or NotVisible."""
    consultation = consultation_for(case_id)
    case = consultation.case
    stood = last_seq(case)
    patient = Patient.objects.filter(pk=case.patient_id).first()
    return ConsultationPage(consultation, case, actor, patient, available(actor, consultation), stood)
