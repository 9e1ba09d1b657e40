"""One case as its page shows it, whatever its kind: child, turn, clock, thread, and what may be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Clock
from consortium.casework.policies import may_post
from consortium.casework.queries.ledger import ledger_lines
from consortium.casework.queries.rows import case_url, child_words, take_word
from consortium.casework.queries.thread import Place, Thread, thread_of
from consortium.casework.states import Ball, Leg, PauseReason, Priority
from consortium.kernel.actors import Actor
from consortium.kernel.machine import Transition
from consortium.patients.models import Patient
from consortium.patients.policies import may_register
from consortium.patients.queries.growing import Glance, glance
from consortium.patients.queries.search import unseen_token

#: the feature's row beside its Case
Row = TypeVar("Row", bound=models.Model)

MOST_SHOWN = 2


@dataclass(frozen=True)
class CasePage(Generic[Row]):
    """What the templates of one case need. `patient` is None for who may not know the child."""

    row: Row
    case: Case
    actor: Actor
    patient: Patient | None
    actions: list[Transition]
    #: where the live topic stood before anything else was read
    stood: int

    #: acts that stand in the dock beside the main one, the most wanted first; the others wait under "More"
    near_at_hand: ClassVar[tuple[str, ...]] = ()
    #: acts whose buttons are elsewhere on the page
    elsewhere: ClassVar[tuple[str, ...]] = ("save",)
    #: how one act of the dock is shown
    act_link: ClassVar[str] = "casework/act_link.html"

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
    def kind_label(self) -> str:
        """Which kind of its feature's cases it is; "" where there is one kind."""
        return ""

    @property
    def step_label(self) -> str:
        """How far it has come, in plain words."""
        raise NotImplementedError

    @property
    def take_word(self) -> str:
        """What is to be done by whoever takes it."""
        return take_word(self.case.kind)

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
        back = urlencode({"next": case_url(self.case)})
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

    @cached_property
    def may_write(self) -> bool:
        """Asked beside every message, answered once."""
        return may_post(self.actor, self.case).allowed

    @property
    def thread_shown(self) -> bool:
        """Messages are free text: only for who may know the child, or writes there."""
        return self.identified or self.may_write

    @property
    def known(self) -> str:
        """What the reader knows of it, for a page that listens: the child, the thread; "01" for a
        coordinator whose turn it is."""
        return f"{self.identified:d}{self.thread_shown:d}"

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

    def thread(self, place: Place) -> Thread:
        """Messages, oldest first, as far as the page shows them; none to who may not read them."""
        return thread_of(self.actor, self.case, place) if self.thread_shown else Thread()

    def ledger(self) -> list[dict[str, Any]]:
        """How long each party had it: label, time, share in percent."""
        return ledger_lines(self.case)

    def glance(self) -> Glance | None:
        """What was measured on the child; only for who may know it."""
        return glance(self.actor, self.patient) if self.patient else None

    def wanted(self) -> Iterable[str]:
        """Acts that stand beside the main one, as the case is now and for who looks at it."""
        return self.near_at_hand

    def is_main(self, t: Transition) -> bool:
        """Whether this is the act that the case waits for."""
        return t.look == "main"

    def dock(self) -> dict[str, Any]:
        """The main act, the near ones, and the rest."""
        shown = [t for t in self.actions if t.verb not in self.elsewhere]
        main = [t for t in shown if self.is_main(t)][:1]
        rest = [t for t in shown if t not in main]
        wanted = list(self.wanted())
        near = sorted((t for t in rest if t.verb in wanted), key=lambda t: wanted.index(t.verb))[:MOST_SHOWN]
        more = [t for t in rest if t not in near]
        return {"main": main[0] if main else None, "near": near, "more": more}
