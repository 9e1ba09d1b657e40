"""Registering the children with their guardians and consents."""

from datetime import date, timedelta

from consortium.demo.operations.settling import LONG_AGO, World
from consortium.demo.story.children import BABY_OF, CHILDREN, MOTHERS, TWINS_OF, Child
from consortium.demo.story.people import ASKERS
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.patients.models import Patient
from consortium.patients.operations import (
    Decision,
    Details,
    Person,
    add_guardian,
    record_consent,
    register_patient,
    register_twin,
)
from consortium.patients.states import ConsentKind, ConsentStatus, Relation


def author_of(place: str) -> str:
    """Who registers at that place: its asker; the southern district's children come through Plum Lane."""
    return ASKERS.get(place, "zhaomin")


def register_all(world: World) -> list[Patient]:
    """The children in the order of the story, then the newborn, then the twins."""
    children = [_early(world, child, number) for number, child in enumerate(CHILDREN)]
    newborn = _register(world, BABY_OF, 90, newborn=True)
    return [*children, newborn, *_twins(world)]


def _early(world: World, child: Child, number: int) -> Patient:
    """Registered in the first days of life, or when the consortium began."""
    ago = min(timedelta(days=child.age_days - 1), LONG_AGO - timedelta(days=1))
    with clock.moved(-ago):
        return _register(world, child, number, born=clock.today() + ago - timedelta(days=child.age_days))


def _register(world: World, child: Child, number: int, *, newborn: bool = False, born: date | None = None) -> Patient:
    actor = world.actor(author_of(child.place))
    born = born or clock.today() - timedelta(days=child.age_days)
    name, baby_of = ("", child.name) if newborn else (child.name, "")
    details = Details(birth_date=born, sex=child.sex, allergies=child.allergies, name=name, baby_of=baby_of)
    with acting_as(actor):
        (place,) = actor.institution_ids()
        patient, _fresh = register_patient(
            actor=actor, institution_id=place, details=details, record_number=f"{26_000_000 + 17 * number}"
        )
        _agree(actor, patient, child)
    return patient


def _agree(actor: Actor, patient: Patient, child: Child) -> None:
    """The mother agrees that the record is shared; every third also to teaching."""
    name = child.name if child in (BABY_OF, TWINS_OF) else f"{MOTHERS[child.age_days % len(MOTHERS)]} Yan"
    person = Person(name=name, relation=Relation.MOTHER, phone="138 0000 0000")
    guardian, _fresh = add_guardian(actor=actor, patient_id=patient.pk, person=person)
    kinds = [ConsentKind.SHARE] + ([ConsentKind.TEACHING] if child.age_days % 3 == 0 else [])
    for kind in kinds:
        decision = Decision(kind=kind, status=ConsentStatus.ACTIVE, guardian_id=guardian.pk, how="spoken")
        record_consent(actor=actor, patient_id=patient.pk, decision=decision)


def _twins(world: World) -> list[Patient]:
    first = _register(world, TWINS_OF, 91, newborn=True)
    actor = world.actor(author_of(TWINS_OF.place))
    with acting_as(actor):
        second, _fresh = register_twin(actor=actor, patient_id=first.pk)
    return [first, second]
