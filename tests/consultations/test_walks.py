"""Random walks: whatever people do and whoever leaves meanwhile, no open case is held by someone who can't act."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from consortium.casework.models import BallSpell, Case, Clock, Service, ServiceMember
from consortium.casework.operations import join_service, leave_service, post_message
from consortium.casework.states import Ball, Priority
from consortium.journal.models import Entry
from consortium.journal.queries import chain_faults
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.patients.operations import Decision, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, Membership, User
from consortium.people.operations import end_seat, give_seat, move_seat, suspend_person, unsuspend_person
from consortium.people.states import Role
from consultations import operations
from consultations.models import Consultation
from consultations.queries import can_answer
from consultations.states import MACHINE, Change, DeclineReason, ErrorReason, Step, WithdrawReason
from tests.cast import actor_for
from tests.consultations.test_operations import ADVICE

pytestmark = pytest.mark.django_db

STEPS = 14


class World:
    """Everybody who may act, and every act, chosen at random; what is not allowed is refused and changes nothing."""

    def __init__(self, rng: random.Random, people: dict[str, User], places: list[Institution], service: Service,
                 other: Service, patient: Patient) -> None:  # fmt: skip
        self.rng, self.people, self.places = rng, people, places
        self.service, self.other, self.patient = service, other, patient
        self.done: list[str] = []

    def someone(self) -> User:
        return self.rng.choice(list(self.people.values()))

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
        }
        return choices.get(verb, {})

    def move_case(self) -> None:
        cases = list(Case.unscoped.values_list("pk", flat=True))
        if not cases or self.rng.random() < 0.15:
            return self.ask()
        case_id = self.rng.choice(cases)
        consultation = Consultation.unscoped.select_related("case__service").get(pk=case_id)
        who = self.someone()
        with acting_as(actor_for(who)):
            open_to_them = [t.verb for t in MACHINE.available(actor_for(who), consultation) if t.verb != "save"]
        verb = self.rng.choice(open_to_them or list(MACHINE.verbs()))
        if verb == "save" or any(t.system for t in MACHINE.transitions if t.verb == verb):
            return None
        return self.attempt(
            who, getattr(operations, verb), case_id=case_id, **self.words(verb, consultation.case.responder_id)
        )

    def ask(self) -> None:
        fields = {
            "patient_id": self.patient.pk, "service_id": self.service.pk, "weight_grams": 6800,
            "priority": self.rng.choice(Priority.values), "question": "?", "consent_given": True,
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

    def attempt(self, who: User | None, act: Callable[..., Any], **words: Any) -> None:
        actor: Actor = actor_for(who) if who else system("the walk")
        try:
            with acting_as(actor), transaction.atomic():
                act(actor=actor, **words)
            self.done.append(f"{who.username if who else 'system'} {act.__name__}")
        except DomainError:
            pass

    def step(self) -> None:
        acts = [self.move_case] * 8 + [self.say, self.unseat, self.unseat, self.reseat, self.serve, self.decide]
        self.rng.choice(acts)()


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
    for case in Case.unscoped.filter(submitted_at__isnull=False).select_related("service", "consultation"):
        spells = list(BallSpell.unscoped.filter(case=case, until=None))
        clocks = list(Clock.unscoped.filter(case=case, stopped_at=None))
        told = f"{case.consultation.step} after {world.done}"
        assert len(spells) == case.is_open, told
        assert sum(c.paused_at is None for c in clocks) == case.is_open, told
        if case.is_open:
            assert (spells[0].party, spells[0].user_id) == (case.ball, case.ball_user_id), told
            assert _can_act(case), f"{case.ball} {told}"


def _replayed(world: World) -> None:
    """The journal's last step of each case is the stored one, and each step begins where the one before ended."""
    for consultation in Consultation.unscoped.all():
        entries = Entry.unscoped.filter(subject_id=str(consultation.pk)).exclude(facts__to=None).order_by("seq")
        steps = [(e.facts.get("from"), e.facts["to"]) for e in entries if e.facts["to"] in Step.values]
        assert steps[-1][1] == consultation.step, world.done
        assert all(after[0] == before[1] for before, after in itertools.pairwise(steps)), world.done


def test_no_open_case_is_held_by_someone_who_cannot_act(
    request: pytest.FixtureRequest, figure: Callable[[str, str], None],
    community: Institution, hospital: Institution, service: Service, other_service: Service, patient: Patient,
) -> None:  # fmt: skip
    cast = ("asker", "colleague", "specialist", "other_specialist", "lead", "coordinator", "manager")
    people = {name: request.getfixturevalue(name) for name in cast}
    walks = 5000 if request.config.getoption("--deep", default=False) else int(os.environ.get("WALKS", "80"))
    taken = 0
    for seed in range(walks):
        point = transaction.savepoint()
        world = World(random.Random(seed), people, [community, hospital], service, other_service, patient)
        world.ask()
        for _ in range(STEPS):
            world.step()
            _check(world)
        _replayed(world)
        taken += len(world.done)
        if seed % 50 == 0:
            assert list(chain_faults()) == []
        transaction.savepoint_rollback(point)
    figure("random walks", f"{walks} walks, {taken} acts done, 0 open cases held by someone who cannot act")
    assert taken > walks * 4
