"""One referral as its page shows it: head, parts, thread, timeline, and what may be done.

The page is a shell. Each row of PARTS adds a card of its own: a function that reads what
`templates/referrals/parts/<name>.html` needs, None where there is nothing to show.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.queries.page import CasePage
from consortium.casework.queries.rows import party_words
from consortium.casework.states import Ball
from consortium.journal.queries import last_seq
from consortium.kernel.actors import Actor
from consortium.kernel.machine import Transition
from consortium.patients.models import Patient
from consortium.people.states import CLINICAL_ROLES
from referrals.models import Referral
from referrals.queries.cases import available, referral_for
from referrals.queries.checking import is_weighed
from referrals.queries.parts.acknowledgement import part_acknowledgement
from referrals.queries.parts.asked import part_asked
from referrals.queries.parts.care import part_care
from referrals.queries.parts.checklist import part_checklist
from referrals.queries.parts.family import part_family
from referrals.queries.parts.origin import part_origin
from referrals.queries.parts.outcome import part_outcome
from referrals.queries.parts.plan import part_plan
from referrals.queries.parts.transport import part_transport, part_vitals
from referrals.queries.parts.visit import part_visit
from referrals.queries.timeline import steps_of
from referrals.states import EXPECTED_STEPS, PRESENT_STEPS, WAITING_STEPS, Kind, Reason, Step

#: acts that stand in the dock beside the main one, the most wanted first; the others wait under "More"
NEAR_AT_HAND = (
    "arrange_transport", "depart", "decline", "ask_information", "supply_information", "note_interim", "discharge",
    "visit_missed", "worsened", "raise_urgency", "dispute", "sign_handover", "report_incident", "redirect", "keep",
    "withdraw", "ask_cancel",
)  # fmt: skip
#: acts with a page of their own, the name of its address: verb -> name
PAGES = {
    "book_visit": "visit", "rebook_visit": "visit", "send_outcome": "outcome", "correct_outcome": "outcome",
    "back_refer": "back",
}  # fmt: skip
#: acts whose buttons are elsewhere on the page: to look at it is to open it
ELSEWHERE = ("save", "open")


class ReferralPage(CasePage[Referral]):
    """What the templates of one referral need."""

    act_link = "referrals/act_link.html"
    near_at_hand = NEAR_AT_HAND
    own_pages = frozenset(PAGES)
    elsewhere = ELSEWHERE

    @property
    def referral(self) -> Referral:
        return self.row

    def wanted(self) -> Iterator[str]:
        """The urgency only while the child is awaited; that it departs, only for who has it."""
        waits = self.referral.step in (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS)
        sends = self.actor.has(*CLINICAL_ROLES, institution_id=self.case.asking_institution_id)
        shown = {"raise_urgency": waits, "depart": sends}
        return (verb for verb in self.near_at_hand if shown.get(verb, True))

    def is_main(self, t: Transition) -> bool:
        """Not the arrival of a child who is not expected yet; another hospital, while it is the coordinator's turn."""
        step, ball = self.referral.step, self.case.ball
        if t.verb == "arrive":
            return step not in (*WAITING_STEPS, Step.DECLINED)
        return t.look == "main" or (t.verb == "redirect" and ball == Ball.COORDINATOR)

    @property
    def step_label(self) -> str:
        return str(Step(self.referral.step).label)

    @property
    def kind_label(self) -> str:
        return str(Kind(self.referral.kind).label)

    @property
    def to_take(self) -> bool:
        """Nobody has accepted it, and it is the receiving service's turn."""
        return self.case.is_open and self.referral.step in WAITING_STEPS and self.case.responder_id is None

    @property
    def holder(self) -> str:
        """Who has to act, when it is somebody else."""
        return party_words(self.case)

    @property
    def where(self) -> str:
        """The receiving service with its hospital: whom the sender calls, and the family asks for."""
        service = self.case.service
        return f"{service.name} · {service.institution.name}" if service else ""

    @property
    def reason(self) -> str:
        return str(Reason(self.referral.reason).label) if self.referral.reason else ""

    @property
    def isbar(self) -> list[tuple[str, str]]:
        """What was said around the question; only for who may know the child, for it is free text."""
        if not self.identified:
            return []
        r = self.referral
        diagnosis = " · ".join(each for each in (r.diagnosis_code, r.working_diagnosis) if each)
        said = [
            (_("Where the child is"), r.whereabouts), (_("Situation"), r.situation), (_("Background"), r.background),
            (_("Assessment"), r.assessment), (_("What the sender would do"), r.recommendation),
            (_("Working diagnosis"), diagnosis),
        ]  # fmt: skip
        return [(label, text) for label, text in said if text]

    @property
    def missing(self) -> list[str]:
        """What a stat referral went without, and is still to be supplied."""
        lacks = []
        if not is_weighed(self.referral):
            lacks.append(_("the weight"))
        if not self.referral.consent_given and not self.referral.guardian_agreed:
            lacks.append(_("the guardian's consent"))
        if not self.referral.situation:
            lacks.append(_("the situation"))
        chased = (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS, *PRESENT_STEPS)
        return lacks if self.referral.step in chased and not self.referral.parent_id else []

    def parts(self) -> list[dict[str, Any]]:
        """The cards of this page in their order: name, template and what each shows."""
        found = [(name, part(self)) for name, part in PARTS]
        return [
            {"name": name, "template": f"referrals/parts/{name}.html", **shown}
            for name, shown in found
            if shown is not None
        ]

    def steps(self) -> list[dict[str, Any]]:
        return steps_of(self.case)


Part = Callable[[ReferralPage], dict[str, Any] | None]

#: the cards of the page, from the top: (name, what it reads)
PARTS: tuple[tuple[str, Part], ...] = (
    ("asked", part_asked),
    ("origin", part_origin),
    ("visit", part_visit),
    ("transport", part_transport),
    ("checklist", part_checklist),
    ("vitals", part_vitals),
    ("care", part_care),
    ("outcome", part_outcome),
    ("acknowledgement", part_acknowledgement),
    ("plan", part_plan),
    ("family", part_family),
)


def referral_page(actor: Actor, case_id: UUID) -> ReferralPage:
    """The page of a referral that the actor sees, or NotVisible."""
    referral = referral_for(case_id)
    case = referral.case
    stood = last_seq(case)
    patient = Patient.objects.filter(pk=case.patient_id).first()
    return ReferralPage(referral, case, actor, patient, available(actor, referral), stood)
