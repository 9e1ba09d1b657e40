"""Rules of credit, and things learned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from consortium.kernel.actors import acting_as, system
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Certificate, CreditEntry, CreditRule
from courses.assessment.operations.awarding import Learned, award
from courses.assessment.operations.crediting import set_credit_rule
from tests.cast import actor_for
from tests.factories.people import make_staff, number

DAY = date(2026, 3, 10)


def make_rule(institution: Institution, scheme: str = "demo", **fields: Any) -> CreditRule:
    """One credit for an hour, without limits, unless `fields` say otherwise."""
    manager = make_staff(f"ruler{number()}", institution, Role.CONSORTIUM_MANAGER)
    said = {
        "scheme": scheme, "title_en": "Scheme", "category_en": "Online", "hours_per_credit": Decimal(1),
        "valid_from": date(2024, 1, 1), "source": "A test", **fields,
    }  # fmt: skip
    actor = actor_for(manager)
    with acting_as(actor):
        return set_credit_rule(actor=actor, fields=said)[0]


def learned(institution: Institution, credit: Any = 2, subject_id: UUID | None = None, **more: Any) -> Learned:
    return Learned(
        "course", subject_id or uuid4(), institution.pk, Decimal(3), Decimal(credit), "Fever", "\u53d1\u70ed", **more
    )  # fmt: skip


def awarded(person: User, what: Learned, day: date = DAY) -> list[CreditEntry]:
    with acting_as(system("a course was completed")) as actor:
        return award(actor=actor, person_id=person.pk, learned=what, day=day)


def make_certificate(person: User, institution: Institution, **more: Any) -> Certificate:
    what = learned(institution, **more)
    awarded(person, what)
    found: Certificate = Certificate.unscoped.get(user=person, subject_id=what.subject_id)
    return found
