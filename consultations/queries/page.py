"""One consultation as its page shows it: head, facts, answers, thread, timeline, and what may be done."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Clock
from consortium.casework.policies import may_post
from consortium.casework.queries.ledger import ledger_lines
from consortium.casework.queries.rows import child_words
from consortium.casework.queries.thread import Place, Thread, thread_of
from consortium.casework.states import Ball, Leg, PauseReason, Priority
from consortium.journal.queries import last_seq
from consortium.kernel.actors import Actor
from consortium.kernel.machine import Transition
from consortium.patients.models import Patient
from consortium.patients.policies import may_register
from consortium.patients.queries.growing import Glance, glance
from consortium.patients.queries.search import unseen_token
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
    "dispute", "ask_information", "supply_information", "decline_opinion", "ask_clarification", "allocate", "decline",
    "correct_answer",
)  # fmt: skip
#: acts whose buttons are elsewhere on the page
ELSEWHERE = ("save", "start", "propose_video", "book_video", "call_now", "cancel_video")
MOST_SHOWN = 2


@dataclass(frozen=True)
class CasePage:
    """What the templates of one consultation need. `patient` is None for who may not know the child."""

    consultation: Consultation
    case: Case
    actor: Actor
    patient: Patient | None
    actions: list[Transition]
    #: where the live topic stood before anything else was read
    stood: int

    @property
    def topic(self) -> str:
        return f"case:{self.case.pk}@{self.stood}"

    @property
    def identified(self) -> bool:
        return self.patient is not None

    @property
    def who(self) -> str:
        return child_words(self.case.sex, self.case.age_days, self.case.weight_grams)

    @property
    def priority(self) -> str:
        return Priority(self.case.priority).code

    @property
    def step_label(self) -> str:
        return str(Step(self.consultation.step).label)

    @property
    def mine(self) -> bool:
        return self.case.is_open and self.case.ball_user_id == self.actor.user_id

    @property
    def holder(self) -> str:
        """Who has to act, when it is somebody else."""
        case = self.case
        if case.ball == Ball.NONE:
            return ""
        return case.ball_user.get_full_name() if case.ball_user else _("the coordinator")

    @property
    def duty(self) -> dict[str, str]:
        """The telephone that every stat screen shows."""
        service = self.case.service
        if service is None or self.case.priority != Priority.STAT or not self.case.is_open:
            return {}
        return {"number": service.duty_phone or service.institution.duty_phone, "name": service.name}

    @property
    def to_take(self) -> bool:
        return self.case.is_open and self.case.responder_id is None

    @property
    def asker_phone(self) -> str:
        """Where to call the asking side; not for the asking side itself."""
        asking = self.case.asking_institution
        return "" if asking.pk in self.actor.institution_ids() else self.case.asker.phone or asking.phone

    @property
    def glass_url(self) -> str:
        """Where a clinician who may not know the child opens the record in an emergency."""
        if self.identified or not may_register(self.actor):
            return ""
        back = urlencode({"next": reverse("consultations:show", args=[self.case.pk])})
        return f"{reverse('patients:break_glass', args=[unseen_token(self.actor, self.case.patient_id)])}?{back}"

    @property
    def facts(self) -> list[dict[str, Any]]:
        """What matters for every dose and is not in the line of age, sex and weight."""
        child, facts = self.patient, []
        if child is not None and child.gestation_weeks:
            facts.append({"label": _("Born at"), "value": str(child.gestation_weeks), "unit": _("weeks")})
        if child is not None and child.allergies:
            facts.append({"label": _("Allergies"), "value": child.allergies, "severity": "pink", "word": _("Allergy")})
        return facts

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

    @property
    def may_write(self) -> bool:
        return may_post(self.actor, self.case).allowed

    @property
    def thread_shown(self) -> bool:
        """Messages are free text: only for who may know the child, or writes there."""
        return self.identified or self.may_write

    def running(self) -> dict[str, Any]:
        """The clock on top of the page: due_at, started_at, paused_at, reason; empty when none runs."""
        clocks = list(Clock.objects.filter(case_id=self.case.pk, stopped_at=None).order_by("-started_at"))
        shown = next((c for c in clocks if c.paused_at is None), clocks[0] if clocks else None)
        if shown is None:
            return {}
        reason = PauseReason(shown.pause_reason).label if shown.pause_reason else ""
        return {
            "due_at": self.case.due_at, "started_at": shown.started_at, "paused_at": shown.paused_at,
            "reason": reason, "leg": Leg(shown.leg).label,
        }  # fmt: skip

    def answers(self) -> list[dict[str, Any]]:
        """Signed answers, the newest last; corrected ones are struck, with the reason."""
        signed = list(Answer.objects.filter(case_id=self.case.pk).select_related("signed_by").order_by("number"))
        corrected = {a.corrects_id: a for a in signed if a.corrects_id}
        return [_answer(a, corrected.get(a.pk)) for a in signed]

    def thread(self, place: Place) -> Thread:
        """Messages, oldest first, as far as the page shows them; none to who may not read them."""
        return thread_of(self.actor, self.case, place) if self.thread_shown else Thread()

    def opinions(self) -> Said:
        """What other specialists were asked and said; only for who may read along."""
        return opinions_on(self.case.pk) if self.thread_shown else Said([], [], [])

    def manual(self) -> dict[str, Any]:
        """What the manual was asked before, in words with where it stands; empty when it was not."""
        use = use_of(self.case.pk)
        return told(use, words=self.thread_shown) if use else {}

    def ledger(self) -> list[dict[str, Any]]:
        """How long each party had it: label, time, share in percent."""
        return ledger_lines(self.case)

    def steps(self) -> list[dict[str, Any]]:
        return steps_of(self.case)

    def meeting(self) -> dict[str, Any]:
        """The card of the video call; only for who may know the child."""
        return meeting_card(self.actor, self.consultation, self.actions) if self.identified else {}

    def glance(self) -> Glance | None:
        """What was measured on the child; only for who may know it."""
        return glance(self.actor, self.patient) if self.patient else None

    def dock(self) -> dict[str, Any]:
        """The main act, the near ones, and the rest."""
        shown = [t for t in self.actions if t.verb not in ELSEWHERE]
        main = [t for t in shown if t.look == "main"][:1]
        rest = [t for t in shown if t not in main]
        near = sorted((t for t in rest if t.verb in NEAR_AT_HAND), key=lambda t: NEAR_AT_HAND.index(t.verb))
        near = near[:MOST_SHOWN]
        starts = any(t.verb == "start" for t in self.actions)
        more = [t for t in rest if t not in near]
        return {"main": main[0] if main else None, "near": near, "more": more, "starts": starts}


def _answer(answer: Answer, corrected_by: Answer | None) -> dict[str, Any]:
    return {
        **signature(answer), "number": answer.number, "signed_at": answer.signed_at, "impression": answer.impression,
        "do_now": answer.do_now, "red_flags": answer.red_flags, "when_to_refer": answer.when_to_refer,
        "follow_up": answer.follow_up, "follow_up_on": answer.follow_up_on, "struck": corrected_by is not None,
        "struck_reason": corrected_by.correction_reason if corrected_by else "",
        "correction_reason": answer.correction_reason, "acknowledged_at": answer.acknowledged_at,
    }  # fmt: skip


def case_page(actor: Actor, case_id: UUID) -> CasePage:
    """The page of a consultation that the actor sees, or NotVisible."""
    consultation = consultation_for(case_id)
    case = consultation.case
    stood = last_seq(case)
    patient = Patient.objects.filter(pk=case.patient_id).first()
    return CasePage(consultation, case, actor, patient, available(actor, consultation), stood)
