"""A small consortium with questions of every kind, asked over three months, and the numbers made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority
from consortium.insight.operations import gather, roll_month
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role, Tier
from consultations import operations as do
from consultations.operations import Advice
from tests.cast import actor_for
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_patient
from tests.factories.people import make_institution, make_region, make_seat, make_specialty, make_staff

ZONE = ZoneInfo("Asia/Shanghai")
#: a Tuesday morning; the questions begin here, and in the two months before
NOW = datetime(2026, 10, 20, 9, 0, tzinfo=ZONE)
ADVICE = Advice("Croup, moderate.", "Dexamethasone once.")


@dataclass
class Consortium:
    """Two centres of two regions that ask, two services that answer."""

    people: dict[str, User] = field(default_factory=dict)
    places: dict[str, Institution] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    children: dict[str, Patient] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def at(self, moment: datetime, who: str, operation: Any, **words: Any) -> Any:
        with clock.moved(moment - clock.now()):
            actor = actor_for(self.people[who])
            with acting_as(actor):
                return operation(actor=actor, **words)

    def ask(self, sent: datetime, who: str = "willow", service: str = "lungs", priority: int = Priority.URGENT) -> Any:
        """A question that waits in the queue since `sent`; its id."""
        fields = {
            "patient_id": self.children[who].pk, "service_id": self.services[service].pk, "priority": priority,
            "weight_grams": 6800, "question": "Can she wait?", "consent_given": True,
        }  # fmt: skip
        case_id = self.at(sent, who, do.save_draft, fields=fields).pk
        self.at(sent, who, do.submit, case_id=case_id)
        return case_id

    def answer(self, case_id: Any, sent: datetime, *, taken: int, answered: int, by: str = "shen") -> None:
        """Taken and answered so many minutes after the sending."""
        self.at(sent + timedelta(minutes=taken, seconds=5), by, do.claim, case_id=case_id)
        self.at(sent + timedelta(minutes=answered, seconds=10), by, do.answer, case_id=case_id, advice=ADVICE)

    def close(self, case_id: Any, at: datetime, who: str = "willow", **outcome: Any) -> None:
        plain = {"change": "treatment", "referral_avoided": True, "usefulness": 5}
        self.at(at, who, do.close_out, case_id=case_id, **{**plain, **outcome})

    def roll(self) -> None:
        """Everything counted."""
        with acting_as(system("test")):
            ids = list(Case.unscoped.values_list("pk", flat=True))
            for month in gather(ids):
                roll_month(month)


def _people(world: Consortium) -> None:
    north, south = make_region("North"), make_region("South")
    hospital = make_institution("Hospital", tier=Tier.TERTIARY, region=south)
    world.places = {
        "hospital": hospital, "willow": make_institution("Willow", region=north),
        "plum": make_institution("Plum", region=south),
    }  # fmt: skip
    for name, place, role in (
        ("willow", "willow", Role.ASKER), ("plum", "plum", Role.ASKER), ("shen", "hospital", Role.SPECIALIST),
        ("qian", "hospital", Role.SPECIALIST), ("lead", "hospital", Role.SERVICE_LEAD),
        ("manager", "hospital", Role.CONSORTIUM_MANAGER), ("admin", "hospital", Role.INSTITUTION_ADMIN),
        ("willow_admin", "willow", Role.INSTITUTION_ADMIN), ("coordinator", "hospital", Role.COORDINATOR),
        ("nurse", "willow", Role.NURSE),
    ):  # fmt: skip
        world.people[name] = make_staff(name, world.places[place])
        make_seat(world.people[name], world.places[place], role, starts_on=datetime(2020, 1, 1, tzinfo=ZONE).date())
    for code, holder in (("lungs", "shen"), ("heart", "qian")):
        world.services[code] = make_service(hospital, make_specialty(code))
        make_service_member(world.services[code], world.people[holder])
    make_service_member(world.services["lungs"], world.people["lead"], is_lead=True)
    for name in ("willow", "plum"):
        world.children[name] = make_patient(world.places[name], name.title())


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Consortium]:
    """In one transaction that is taken back at the end; what a test does is taken back by itself."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.moved(NOW - clock.now()):
        with connection.cursor() as cursor:  # a transaction for many tests waits longer than any request may
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        built = Consortium()
        _people(built)
        _ask_all(built)
        yield built
        transaction.set_rollback(True)


def ago(days: int = 0, hours: int = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def _ask_all(world: Consortium) -> None:
    """Eight questions: answered, late, asked back, informed, declined, stat, withdrawn, entered in error."""
    sent = [ago(65), ago(40), ago(39), ago(20), ago(19), ago(10), ago(hours=3), ago(5)]
    ids = [world.ask(at) for at in sent[:4]]
    ids.append(world.ask(sent[4], service="heart"))
    ids += [world.ask(sent[5], "plum", "heart", Priority.STAT), world.ask(sent[6], "plum"), world.ask(sent[7])]
    world.answer(ids[0], sent[0], taken=6, answered=70)
    world.close(ids[0], sent[0] + timedelta(days=1))
    world.answer(ids[1], sent[1], taken=30, answered=500)
    world.close(ids[1], sent[1] + timedelta(days=2), referral_avoided=False, usefulness=3)
    world.answer(ids[2], sent[2], taken=5, answered=60)
    back = sent[2] + timedelta(minutes=200)
    world.at(back, "willow", do.ask_clarification, case_id=ids[2], text="And at night?")
    world.at(back + timedelta(minutes=45), "shen", do.answer, case_id=ids[2], advice=ADVICE)
    world.at(sent[3] + timedelta(minutes=9), "shen", do.claim, case_id=ids[3])
    at = sent[3] + timedelta(minutes=15)
    world.at(at, "shen", do.ask_information, case_id=ids[3], text="How fast does she breathe?")
    world.at(at + timedelta(minutes=30), "willow", do.supply_information, case_id=ids[3], text="64.")
    world.at(at + timedelta(minutes=50), "shen", do.answer, case_id=ids[3], advice=ADVICE)
    world.at(at + timedelta(minutes=60), "shen", do.correct_answer, case_id=ids[3], advice=ADVICE, reason="Dose")
    world.at(sent[4] + timedelta(minutes=3), "qian", do.claim, case_id=ids[4])
    declined = {"reason": "wrong_service", "service_id": world.services["lungs"].pk}
    world.at(sent[4] + timedelta(minutes=8), "qian", do.decline, case_id=ids[4], **declined)
    world.answer(ids[4], sent[4], taken=20, answered=55)
    world.answer(ids[5], sent[5], taken=2, answered=10, by="qian")
    world.at(sent[6] + timedelta(minutes=5), "plum", do.withdraw, case_id=ids[6], reason="resolved")
    world.at(sent[7] + timedelta(minutes=5), "willow", do.enter_in_error, case_id=ids[7], reason="wrong_child")
    world.cases = [Case.unscoped.get(pk=pk) for pk in ids]
    world.roll()


@pytest.fixture
def told(world: Consortium, db: None) -> Iterator[Consortium]:
    """The consortium at work, its eight questions counted. The clock stands at NOW."""
    with clock.moved(NOW - clock.now()):
        yield world
