"""Random walks over every verb of a referral: whatever people and the clock do, and whoever leaves meanwhile, the
invariants of the care pathway (design page, 1.6) hold after each step."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis.stateful import rule

from consortium.casework.models import Case, Escalation, Service, ServiceMember
from consortium.casework.operations import join_service, leave_service, post_message
from consortium.casework.states import Ball, CaseKind, Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.patients.models import Patient
from consortium.patients.operations import Decision, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, Membership, User
from consortium.people.operations import suspend_person, unsuspend_person
from referrals.models import Offer, Referral
from referrals.operations import (
    answering,
    cancelling,
    caring,
    drafting,
    following,
    informing,
    outcomes,
    redirecting,
    returning,
    sending,
    transport,
    unannounced,
    urgency,
)
from referrals.operations.transport import Handover, Way
from referrals.states import (
    CANCEL_CHOICES,
    MACHINE,
    Concordance,
    DeclineReason,
    EndReason,
    ErrorReason,
    IncidentKind,
    LifeThreat,
    Mode,
    OfferStep,
    Place,
)
from referrals.tasks import escalate, pass_on
from tests.cast import actor_for
from tests.referrals.cases import WHOLE
from tests.referrals.stages import ending
from tests.referrals.watched import wrongly_expected, wrongly_watched
from tests.walking import Walk, Wanderer, adds_up, one_turn_one_clock, replays, walk_about

pytestmark = pytest.mark.django_db

_MODULES = (
    answering, cancelling, caring, drafting, following, informing, outcomes, redirecting, returning, sending, transport,
    unannounced, urgency,
)  # fmt: skip
#: a closed case begins again, with a gap in its ledger
_OPENS_AGAIN = ("correct_outcome",)
#: what only takes place through pages and slots of its own, or by the clock
_ELSEWHERE = ("save", "discard", "book_visit", "rebook_visit", "miss_visit", "cancel_visit", "open", "link_sender")


def operation_of(verb: str) -> Callable[..., Any] | None:
    return next((getattr(module, verb) for module in _MODULES if hasattr(module, verb)), None)


class World(Wanderer):
    """Every act on a referral, and every way in which people come and go."""

    def __init__(
        self, rng: random.Random, people: dict[str, User], service: Service, other: Service, home: Service,
        patient: Patient,
    ) -> None:  # fmt: skip
        super().__init__(rng, people)
        self.service, self.other, self.home, self.patient = service, other, home, patient

    def words(self, verb: str) -> dict[str, Any]:
        """Sensible arguments for an act of the machine."""
        today = clock.today() + timedelta(days=2)
        choices: dict[str, Callable[[], dict[str, Any]]] = {
            "also_ask": lambda: {"service_id": self.a_service()},
            "decline": lambda: {"reason": DeclineReason.NO_BED, "service_id": self.rng.choice([None, self.other.pk])},
            "redirect": lambda: {"service_id": self.a_service()},
            "dispute": lambda: {"reason": "She is worse than you think."},
            "arrange_transport": lambda: {"way": Way(Mode.SENDER_AMBULANCE)},
            "sign_handover": lambda: {"handover": Handover("Croup.")},
            "depart": lambda: {"mode": Mode.SENDER_AMBULANCE, "life_threat": LifeThreat.AIRWAY},
            "report_incident": lambda: {"kind": IncidentKind.OXYGEN, "key": uuid4()},
            "read_back": lambda: {"text": "Croup."},
            "admit": lambda: {"place": Place.WARD},
            "note_interim": lambda: {"text": "Better.", "key": uuid4()},
            "ask_cancel": lambda: {"reason": CANCEL_CHOICES[0][0]},
            "withdraw": lambda: {"reason": CANCEL_CHOICES[0][0]},
            "keep": lambda: {"reason": "She is on the way."},
            "send_outcome": lambda: {"ending": ending(), "key": uuid4()},
            "correct_outcome": lambda: {"ending": ending(), "reason": "A slip.", "key": uuid4()},
            "acknowledge": lambda: {"usefulness": 4, "concordance": Concordance.SAME},
            "back_refer": lambda: {
                "plan": returning.Plan(self.home.pk, "Watch.", "None.", ((today, "Weigh."),), True), "key": uuid4(),
            },
            "visit_done": lambda: {"text": "Well.", "next_on": self.rng.choice([None, today]), "next_task": "Again."},
            "visit_missed": lambda: {"recall_on": today},
            "worsened": lambda: {"question": "Worse.", "service_id": self.service.pk, "key": uuid4()},
            "end": lambda: {"reason": self.rng.choice(EndReason.values)},
            "enter_in_error": lambda: {"reason": ErrorReason.DUPLICATE},
            "raise_urgency": lambda: {"priority": self.rng.choice(Priority.values)},
            "lower_urgency": lambda: {"priority": self.rng.choice(Priority.values), "reason": "Calm."},
            "ask_information": lambda: {"text": "?", "key": uuid4()},
            "supply_information": lambda: {"text": "!", "key": uuid4()},
        }  # fmt: skip
        return choices.get(verb, dict)()

    def a_service(self) -> Any:
        return self.rng.choice([self.service, self.other]).pk

    def move_case(self) -> None:
        cases = list(Referral.unscoped.values_list("pk", flat=True))
        if not cases or self.rng.random() < 0.1:
            self.ask()
            return
        case_id = self.rng.choice(cases)
        referral = Referral.unscoped.select_related("case__service__institution").get(pk=case_id)
        who = self.someone()
        with clock.moved(self.ahead), acting_as(actor_for(who)):
            offered = [t.verb for t in MACHINE.available(actor_for(who), referral) if t.verb not in _ELSEWHERE]
        verb = self.rng.choice(offered or list(MACHINE.verbs()))
        act = operation_of(verb)
        if act is None or verb in _ELSEWHERE or any(t.system for t in MACHINE.transitions if t.verb == verb):
            return
        with clock.moved(self.ahead):
            words = self.words(verb)
        refused = self.attempt(who, act, case_id=case_id, **words)
        # the button that was shown is the right that guards the act
        assert not (verb in offered and isinstance(refused, NotPermitted | WrongStep)), (verb, refused, self.done)

    def ask(self) -> None:
        """Sent by the clinic, routine ones for one of several problems; or a child at the door."""
        who, urgency_ = self.people["asker"], self.rng.choice(Priority.values)
        if self.rng.random() < 0.15:
            self.attempt(
                self.people["specialist"], unannounced.receive_unannounced, patient_id=self.patient.pk,
                service_id=self.service.pk, problem="Wheeze.", priority=urgency_, key=uuid4(),
            )  # fmt: skip
            return
        fields = {
            **WHOLE, "service_id": self.a_service(), "priority": urgency_,
            "symptom": self.rng.choice(["cough", "fever", "rash"]),
        }  # fmt: skip
        place = Membership.unscoped.filter(user=who)[0].institution_id
        self.attempt(who, sending.send_now, patient=self.patient, institution_id=place, fields=fields, key=uuid4())

    def say(self) -> None:
        for case in Case.unscoped.filter(kind=CaseKind.REFERRAL).order_by("?")[:1]:
            self.attempt(self.someone(), post_message, case_id=case.pk, text="…", key=uuid4())

    def look(self) -> None:
        """The receiving side opens what was sent."""
        for referral in Referral.unscoped.order_by("?")[:1]:
            self.attempt(self.someone(), answering.open_referral, case_id=referral.pk)

    def suspend(self) -> None:
        who = self.someone()
        for seat in Membership.unscoped.filter(user=who)[:1]:
            act = self.rng.choice([suspend_person, unsuspend_person])
            self.attempt(None, act, user_id=who.pk, institution_id=seat.institution_id)

    def serve(self) -> None:
        who = self.people[self.rng.choice(["specialist", "other_specialist"])]
        seated = ServiceMember.objects.filter(service=self.service, user=who, left_at=None).exists()
        self.attempt(None, leave_service if seated else join_service, service_id=self.service.pk, user_id=who.pk)

    def decide(self) -> None:
        """The guardian withdraws the consent to share, or agrees again."""
        decision = Decision(ConsentKind.SHARE, self.rng.choice([ConsentStatus.REJECTED, ConsentStatus.ACTIVE]))
        self.attempt(self.people["asker"], record_consent, patient_id=self.patient.pk, decision=decision)

    def run_on(self) -> None:
        """Time passes, and the beats run: each a second time finds nothing."""
        self.ahead += self.rng.choice([timedelta(minutes=6), timedelta(hours=3), timedelta(days=4)])
        with clock.moved(self.ahead):
            steps = escalate()
            assert escalate() == 0, self.done
            passed = pass_on()
            assert pass_on() == 0, self.done
            self.done.append(f"the clock took {steps}, passed on {passed}")


def _check(world: World) -> None:
    sent = Case.unscoped.filter(kind=CaseKind.REFERRAL, submitted_at__isnull=False)
    for case in sent.select_related("service", "referral"):
        told = f"{case.referral.step} after {world.done}"
        one_turn_one_clock(case, told)
        assert case.is_open == (case.ball != Ball.NONE), told
        assert case.referral.is_stat == (case.priority == Priority.STAT), told
        adds_up(case, told, opens_again=_OPENS_AGAIN)
        won = Offer.unscoped.filter(case=case, step__in=(OfferStep.ACCEPTED, OfferStep.COMPLETED))
        assert won.count() <= 1, told
    assert wrongly_watched() == [], world.done
    assert wrongly_expected() == [], world.done


def _replayed(world: World) -> None:
    for referral in Referral.unscoped.all():
        replays(MACHINE, referral, world.done)
    assert Entry.unscoped.filter(verb="escalate").count() == Escalation.unscoped.count(), world.done


class ReferralWalk(Walk):
    check = _check
    at_end = _replayed

    # several rules of one kind: hypothesis draws each as often as any other
    @rule()
    def act(self) -> None:
        self.world.move_case()

    @rule()
    def act_twice(self) -> None:
        self.world.move_case()
        _check(self.world)
        self.world.move_case()

    @rule()
    def act_thrice(self) -> None:
        for _ in range(3):
            self.world.move_case()
            _check(self.world)

    @rule()
    def look(self) -> None:
        self.world.look()

    @rule()
    def say(self) -> None:
        self.world.say()

    @rule()
    def suspend(self) -> None:
        self.world.suspend()

    @rule()
    def serve(self) -> None:
        self.world.serve()

    @rule()
    def decide(self) -> None:
        self.world.decide()

    @rule()
    def run_on(self) -> None:
        self.world.run_on()


def test_the_invariants_hold_on_every_walk(
    request: pytest.FixtureRequest, figure: Callable[[str, str], None], service: Service, other_service: Service,
    community: Institution, patient: Patient,
) -> None:  # fmt: skip
    from tests.factories.cases import make_service
    from tests.factories.people import make_specialty

    cast = ("asker", "colleague", "nurse", "specialist", "other_specialist", "lead", "coordinator")
    people = {name: request.getfixturevalue(name) for name in cast}
    home = make_service(community, make_specialty("child_health", "Child health"))
    ReferralWalk.make = lambda rng: World(rng, people, service, other_service, home, patient)
    walk_about(ReferralWalk, request, figure, "random walks of referrals")
