"""Weights, lengths and vital signs of the children, kept by the operation that the staff use."""

from datetime import datetime, timedelta
from decimal import Decimal

from consortium.clinical.growth.scores import value_at, z_score
from consortium.clinical.growth.tables import Index, NoStandard, for_age
from consortium.demo.operations.children import author_of
from consortium.demo.operations.settling import World
from consortium.demo.story.children import CHILDREN, Child
from consortium.demo.story.measured import FALLING, MOST_VISITS, VISITS, VITALS, Vitals
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.patients.models import Patient
from consortium.patients.operations import Entry, record_measurements

_UNITS = {"temperature": "Cel", "spo2": "%", "crt": "s", "sbp": "mm[Hg]", "dbp": "mm[Hg]"}
_PER_MINUTE = "/min"


def measure_all(world: World, patients: list[Patient]) -> None:
    """Each child's visits until today, then the vital signs of those about whom somebody asks."""
    for number, (child, patient) in enumerate(zip(CHILDREN, patients, strict=False)):
        actor = world.actor(author_of(child.place))
        with acting_as(actor):
            for days_ago, entries in _growth(number, child):
                _keep(actor, patient, entries, clock.now() - timedelta(days=days_ago, hours=1))
            if number in VITALS:
                vitals = VITALS[number]
                _keep(actor, patient, _vital_entries(vitals), clock.now() - timedelta(hours=vitals.hours))


def _keep(actor: Actor, patient: Patient, entries: list[Entry], at: datetime) -> None:
    """A story's unusual values were looked at."""
    sure = [entry.token for entry in entries]
    record_measurements(actor=actor, patient_id=patient.pk, entries=entries, taken_at=at, confirmed=sure)


def _vital_entries(vitals: Vitals) -> list[Entry]:
    numbers = [
        Entry(kind, Decimal(text), _UNITS.get(kind, _PER_MINUTE), site="ear") for kind, text in vitals.numbers.items()
    ]
    return [*numbers, Entry("distress", code=vitals.distress), Entry("avpu", code=vitals.avpu)]


def _growth(number: int, child: Child) -> list[tuple[int, list[Entry]]]:
    """(days ago, what was measured), oldest first; the last is today's weight of the story."""
    z_length = (number * 37 % 21 - 10) / 10
    days = FALLING.get(number) or _visits(child)
    told = [(ago, _measured(child, child.age_days - ago, z, z_length)) for ago, z in days.items()]
    today = [Entry("weight", Decimal(child.grams) / 1000, "kg"), *_length(child, child.age_days, z_length)]
    return [*told, (0, today)]


def _visits(child: Child) -> dict[int, float]:
    """Days ago -> the weight's z: a child keeps to its line."""
    try:
        lms = for_age(Index.WEIGHT, child.sex, child.age_days)
    except NoStandard:
        return {}
    z = z_score(lms, child.grams / 1000, weight_based=True)
    past = [age for age in VISITS if age < child.age_days - 20][-MOST_VISITS:]
    return {child.age_days - age: z + (i % 3 - 1) * 0.15 for i, age in enumerate(past)}


def _measured(child: Child, age_days: int, z_weight: float, z_length: float) -> list[Entry]:
    weight = value_at(for_age(Index.WEIGHT, child.sex, age_days), z_weight, weight_based=True)
    return [Entry("weight", _rounded(weight, "0.01"), "kg"), *_length(child, age_days, z_length)]


def _length(child: Child, age_days: int, z: float) -> list[Entry]:
    """Length, and under two years the head."""
    length = value_at(for_age(Index.LENGTH, child.sex, age_days), z, weight_based=False)
    entries = [Entry("length", _rounded(length, "0.1"), "cm")]
    if age_days < 731:
        head = value_at(for_age(Index.HEAD, child.sex, age_days), z / 2, weight_based=False)
        entries.append(Entry("head", _rounded(head, "0.1"), "cm"))
    return entries


def _rounded(value: float, step: str) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(step))
