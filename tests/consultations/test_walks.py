"""Random walks over every verb: whatever people and the clock do, and whoever leaves meanwhile, the invariants of the
care pathway (design page, 1.6) hold after each step. Hypothesis draws the walks; shrinking takes minutes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis.stateful import rule

from consortium.casework.models import Case, Escalation, Service, ServiceMember
from consortium.casework.operations import join_service, leave_service, post_message
from consortium.casework.states import Allocation, Ball, CaseKind, Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.patients.operations import Decision, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, Membership, User
from consortium.people.operations import end_seat, give_seat, move_seat, suspend_person, unsuspend_person
from consortium.people.states import Role
from consultations import operations
from consultations.models import Consultation, Meeting
from consultations.operations import Offer
from consultations.queries import can_answer
from consultations.states import (
    CANCEL_CHOICES,
    MACHINE,
    OPINION_DECLINE_CHOICES,
    Change,
    DeclineReason,
    ErrorReason,
    ReferReason,
    WithdrawReason,
)
from consultations.tasks import assign, escalate, pass_on
from tests.cast import actor_for
from tests.consultations.test_operations import ADVICE
from tests.walking import Walk, Wanderer, adds_up, one_turn_one_clock, replays, walk_about

pytestmark = pytest.mark.django_db

#: a case that is closed begins again
_OPENS_AGAIN = ("reopen", "send_again", "correct_answer")


class World(Wanderer):
    """Every act on a question, and every way in which people come and go."""

    def __init__(self, rng: random.Random, people: dict[str, User], places: list[Institution], service: Service,
                 other: Service, patient: Patient) -> None:  # fmt: skip
        super().__init__(rng, people)
        self.places, self.service, self.other, self.patient = places, service, other, patient

    def words(self, verb: str, holder_id: UUID | None) -> dict[str, Any]:
        """Sensible arguments for an act of the machine on a case that `holder_id` has."""
        choices: dict[str, dict[str, Any]] = {
            "allocate": {"responder_id": self.someone().pk, "instead_of": holder_id},
            "decline": {"reason": DeclineReason.CAPACITY, "service_id": self.rng.choice([self.service, self.other]).pk},
            "ask_information": {"text": "?", "key": uuid4()},
            "supply_information": {"text": "!", "key": uuid4()},
            "answer": {"advice": ADVICE, "key": uuid4()},
            "correct_answer": {"advice": ADVICE, "reason": "slip", "key": uuid4()},
            "ask_clarification": {"text": "?", "key": uuid4()},
            "close_out": {"change": Change.TREATMENT, "referral_avoided": True},
            "withdraw": {"reason": WithdrawReason.RESOLVED},
            "reopen": {"text": "again", "key": uuid4()},
            "raise_urgency": {"priority": self.rng.choice(Priority.values)},
            "lower_urgency": {"priority": self.rng.choice(Priority.values), "reason": "calm"},
            "enter_in_error": {"reason": ErrorReason.DUPLICATE},
            "dispute": {"reason": "She needs it."},
            "convert": {"reason": ReferReason.values[0], "question": "Operate?"},
            "ask_second": {"colleague_id": self.someone().pk, "question": "The heart?", "key": uuid4()},
            "give_opinion": {"agrees": self.rng.random() < 0.5, "text": "Wait."},
            "decline_opinion": {"reason": OPINION_DECLINE_CHOICES[0][0]},
            "propose_video": {"offer": Offer(times=(self.soon(),)), "key": uuid4()},
            "book_video": {"starts_at": self.soon(), "key": uuid4()},
            "cancel_video": {"reason": CANCEL_CHOICES[0][0]},
            "call_now": {"key": uuid4()},
        }
        return choices.get(verb, {})

    def soon(self) -> Any:
        """On one of two hours, so that a proposed time is often the one that is picked."""
        return clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=self.rng.choice([30, 31]))

    def move_case(self) -> None:
        cases = list(Consultation.unscoped.values_list("pk", flat=True))
        if not cases or self.rng.random() < 0.15:
            self.ask()
            return
        case_id = self.rng.choice(cases)
        consultation = Consultation.unscoped.select_related("case__service").get(pk=case_id)
        who = self.someone()
        with clock.moved(self.ahead), acting_as(actor_for(who)):
            open_to_them = [t.verb for t in MACHINE.available(actor_for(who), consultation) if t.verb != "save"]
        verb = self.rng.choice(open_to_them or list(MACHINE.verbs()))
        if verb == "save" or any(t.system for t in MACHINE.transitions if t.verb == verb):
            return
        words = self.words(verb, consultation.case.responder_id)
        offered = verb in open_to_them
        refused = self.attempt(who, getattr(operations, verb), case_id=case_id, **words)
        # the button that was shown is the right that guards the act
        assert not (offered and isinstance(refused, NotPermitted | WrongStep)), (verb, refused, self.done)

    def ask(self) -> None:
        fields = {
            "patient_id": self.patient.pk, "service_id": self.service.pk, "weight_grams": 6800,
            "priority": self.rng.choice(Priority.values), "question": "?", "consent_given": True,
            "may_be_converted": self.rng.random() < 0.5,
        }  # fmt: skip
        who = self.people["asker"]
        key = uuid4()
        self.attempt(who, operations.save_draft, fields=fields, key=key)
        for case in Case.unscoped.filter(request_key=key):
            self.attempt(who, operations.submit, case_id=case.pk)

    def say(self) -> None:
        for case in Case.unscoped.order_by("?")[:1]:
            self.attempt(self.someone(), post_message, case_id=case.pk, text="…", key=uuid4())

    def unseat(self) -> None:
        who = self.someone()
        for seat in Membership.unscoped.filter(user=who, ends_on=None)[:1]:
            acts: list[Callable[..., Any]] = [suspend_person, unsuspend_person, end_seat, move_seat]
            act = self.rng.choice(acts)
            if act in (suspend_person, unsuspend_person):
                self.attempt(None, act, user_id=who.pk, institution_id=seat.institution_id)
            elif act is end_seat:
                self.attempt(None, act, seat_id=seat.pk)
            else:
                self.attempt(None, act, seat_id=seat.pk, institution_id=self.rng.choice(self.places).pk)

    def reseat(self) -> None:
        who = self.people["asker"]
        self.attempt(None, give_seat, user_id=who.pk, institution_id=self.places[0].pk, role=Role.ASKER)

    def decide(self) -> None:
        """The guardian withdraws the consent to share, or agrees again."""
        decision = Decision(ConsentKind.SHARE, self.rng.choice([ConsentStatus.REJECTED, ConsentStatus.ACTIVE]))
        self.attempt(self.people["asker"], record_consent, patient_id=self.patient.pk, decision=decision)

    def serve(self) -> None:
        who, service = self.someone(), self.rng.choice([self.service, self.other])
        seated = ServiceMember.objects.filter(service=service, user=who, left_at=None).exists()
        self.attempt(None, leave_service if seated else join_service, service_id=service.pk, user_id=who.pk)

    def run_on(self) -> None:
        """Time passes, and the clock's beats run: each at once a second time, which finds nothing."""
        self.ahead += self.rng.choice([timedelta(minutes=6), timedelta(hours=3), timedelta(days=4)])
        with clock.moved(self.ahead):
            steps = escalate()
            assert escalate() == 0, self.done
            self.done.append(f"the clock took {steps}")

    def give(self) -> None:
        self.service.refresh_from_db()
        allocation = self.rng.choice(Allocation.values)
        Service.objects.filter(pk=self.service.pk).update(allocation=allocation, capacity=self.rng.choice([None, 1, 3]))
        until = clock.now() + self.ahead + timedelta(hours=8)
        ServiceMember.objects.filter(left_at=None).update(on_duty_until=self.rng.choice([None, until]))
        with clock.moved(self.ahead):
            given = assign()
            assert assign() == 0, self.done
            self.done.append(f"given {given}")

    def hang_up(self) -> None:
        """A call that is booked or under way is over."""
        for meeting in Meeting.unscoped.order_by("?")[:1]:
            self.attempt(None, operations.hold_video, meeting_id=meeting.pk)

    def sweep(self) -> None:
        with clock.moved(self.ahead):
            pass_on()


def _can_act(case: Case) -> bool:
    if case.ball == Ball.RESPONDER:
        return case.responder_id is not None and case.ball_user_id == case.responder_id and can_answer(
            case.responder_id, case
        )  # fmt: skip
    if case.ball == Ball.ASKER:
        able = unfiltered(Membership, why="test").active(clock.today())
        able = able.filter(institution=case.asking_institution, role=Role.ASKER)
        held = able.filter(user_id=case.ball_user_id) if case.ball_user_id else able
        return bool(held.exists())
    return case.ball == Ball.COORDINATOR


def _check(world: World) -> None:
    asked = Case.unscoped.filter(kind=CaseKind.CONSULTATION, submitted_at__isnull=False)
    for case in asked.select_related("service", "consultation"):
        told = f"{case.consultation.step} after {world.done}"
        one_turn_one_clock(case, told)
        assert not case.is_open or _can_act(case), f"{case.ball} {told}"
        adds_up(case, told, opens_again=_OPENS_AGAIN)


def _replayed(world: World) -> None:
    for consultation in Consultation.unscoped.all():
        replays(MACHINE, consultation, world.done)
    told = Entry.unscoped.filter(verb="escalate").count()
    assert told == Escalation.unscoped.exclude(clock__leg="review").count() + _reviews_escalated(), world.done


def _reviews_escalated() -> int:
    return Entry.unscoped.filter(verb="escalate", facts__leg="review").count()


class QuestionWalk(Walk):
    check = _check
    at_end = _replayed

    # several rules of one kind: hypothesis draws each as often as any other
    @rule()
    def act(self) -> None:
        self.world.move_case()

    @rule()
    def act_again(self) -> None:
        self.world.move_case()
        _check(self.world)
        self.world.move_case()

    @rule()
    def act_thrice(self) -> None:
        for _ in range(3):
            self.world.move_case()
            _check(self.world)

    @rule()
    def say(self) -> None:
        self.world.say()

    @rule()
    def unseat(self) -> None:
        self.world.unseat()

    @rule()
    def reseat(self) -> None:
        self.world.reseat()

    @rule()
    def serve(self) -> None:
        self.world.serve()

    @rule()
    def decide(self) -> None:
        self.world.decide()

    @rule()
    def run_on(self) -> None:
        self.world.run_on()

    @rule()
    def give(self) -> None:
        self.world.give()

    @rule()
    def hang_up(self) -> None:
        self.world.hang_up()

    @rule()
    def sweep(self) -> None:
        self.world.sweep()


def test_the_invariants_hold_on_every_walk(
    request: pytest.FixtureRequest, figure: Callable[[str, str], None],
    community: Institution, hospital: Institution, service: Service, other_service: Service, patient: Patient,
) -> None:  # fmt: skip
    cast = ("asker", "colleague", "specialist", "other_specialist", "lead", "coordinator", "manager")
    people = {name: request.getfixturevalue(name) for name in cast}
    places = [community, hospital]
    QuestionWalk.make = lambda rng: World(rng, people, places, service, other_service, patient)
    walk_about(QuestionWalk, request, figure, "random walks")
