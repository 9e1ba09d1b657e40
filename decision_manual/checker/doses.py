"""Doses against their ceilings, which stand here apart from the doses, so that one slip cannot move both."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from decision_manual.checker.faults import Fault
from decision_manual.library import Action, Pathway

D = Decimal
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Per single dose, in `unit`: at most `per_kg` for each kg and `most` in all; from `days` of age, to `until`."""

    unit: str = "mg"
    per_kg: Decimal | None = None
    most: Decimal | None = None
    days: int = 0
    until: int | None = None
    source: str = ""


#: first-line and community doses of the fact sheet, each with where it stands
CEILINGS: Final[dict[str, Ceiling]] = {
    "paracetamol": Ceiling(per_kg=D(20), most=D(1000), days=MONTH_DAYS, source="BNFC"),
    "ibuprofen": Ceiling(per_kg=D(10), most=D(600), days=90, source="BNFC"),
    "amoxicillin": Ceiling(per_kg=D(50), most=D(1000), source="BNFC; IMCI-YI19"),
    "ampicillin": Ceiling(per_kg=D(50), most=D(2000), source="IMCI14; PB13"),
    "gentamicin": Ceiling(per_kg=D("7.5"), most=D(400), source="IMCI14; PB13"),
    "ceftriaxone": Ceiling(per_kg=D(100), most=D(4000), source="PB13; NG240"),
    "benzylpenicillin": Ceiling(per_kg=D(100), most=D(2400), source="NG240"),
    "ciprofloxacin": Ceiling(per_kg=D(20), most=D(750), source="IMCI14"),
    "diazepam": Ceiling(per_kg=D("0.5"), most=D(10), source="IMCI14"),
    "midazolam": Ceiling(per_kg=D("0.5"), most=D(10), source="BNFC"),
    "lorazepam": Ceiling(per_kg=D("0.1"), most=D(4), source="NG217"),
    "dexamethasone": Ceiling(per_kg=D("0.6"), most=D(16), source="BNFC"),
    "prednisolone": Ceiling(per_kg=D(2), most=D(60), source="BNFC; SIGN158"),
    "ondansetron": Ceiling(per_kg=D("0.15"), most=D(8), days=180, source="BNFC"),
    "artesunate": Ceiling(per_kg=D(10), most=D(240), source="WHO-MAL"),
    "adrenaline": Ceiling(per_kg=D("0.01"), most=D("0.5"), source="RCUK21"),
    "azithromycin": Ceiling(per_kg=D(20), most=D(500), source="BNFC"),
    "iron": Ceiling(per_kg=D(6), most=D(200), source="IMCI14"),
    "mebendazole": Ceiling(most=D(500), days=365, source="IMCI14"),
    "aciclovir": Ceiling(per_kg=D(20), most=D(1000), source="BNFC"),
    "levetiracetam": Ceiling(per_kg=D(60), most=D(4500), source="NG217"),
    "phenobarbital": Ceiling(per_kg=D(20), most=D(1000), source="NG217"),
    "phenytoin": Ceiling(per_kg=D(20), most=D(2000), source="NG217"),
}
#: never in the manual for a child, unless the action's id says the one disease where it is right
FORBIDDEN: Final[dict[str, tuple[str, ...]]] = {
    "aspirin": ("kawasaki", "cardiac"), "codeine": (), "loperamide": (), "promethazine": (), "tramadol": (),
}  # fmt: skip
NEONATE = 28


def doses(pathway: Pathway) -> Iterator[Fault]:
    for action in pathway.actions.values():
        for message in objections(action):
            yield Fault("doses", pathway.id, f"actions.{action.id}", message)


def objections(action: Action) -> Iterator[str]:
    """What is wrong with a dose."""
    name = action.medicine.lower()
    if name in FORBIDDEN and not any(word in action.id for word in FORBIDDEN[name]):
        yield f"{action.medicine} is not given to children"
    yield from _rising(action)
    if ceiling := CEILINGS.get(name):
        yield from _ages(action, ceiling)
        yield from _amounts(action, ceiling)
    if name == "ceftriaxone" and (action.age_days is None or action.age_days[0] < NEONATE):
        yield "ceftriaxone needs an age gate of 28 days or more (calcium, jaundice)"


def _ages(action: Action, ceiling: Ceiling) -> Iterator[str]:
    first = action.age_days[0] if action.age_days else 0
    if first < ceiling.days:
        yield f"{action.medicine} is given from {ceiling.days} days of age ({ceiling.source}): add the gate age_days"


def _amounts(action: Action, ceiling: Ceiling) -> Iterator[str]:
    dose = action.dose
    if dose is None or dose.unit != ceiling.unit:
        return
    amounts = [one for band in dose.bands for one in (band.amount, band.amount_to) if one is not None]
    per_kg = [one for one in (dose.amount, dose.amount_to) if one is not None] if dose.by == "kg" else []
    fixed = [one for one in (dose.amount, dose.amount_to) if one is not None] if dose.by == "fixed" else []
    if ceiling.per_kg is not None and max(per_kg, default=D(0)) > ceiling.per_kg:
        yield f"{max(per_kg)} {dose.unit}/kg is over {ceiling.per_kg} ({ceiling.source})"
    if ceiling.most is not None and max([*amounts, *fixed, dose.max or D(0)], default=D(0)) > ceiling.most:
        yield f"one dose may reach more than {ceiling.most} {dose.unit} ({ceiling.source})"


def _rising(action: Action) -> Iterator[str]:
    """An older or heavier child never gets less."""
    dose = action.dose
    if dose is None:
        return
    for low, high in ((one.amount, one.amount_to) for one in dose.bands):
        if high is not None and high < low:
            yield "a band ends lower than it begins"
    if any(after.amount < before.amount for before, after in pairwise(dose.bands)):
        yield "a later band gives less than an earlier one"
    if dose.amount is not None and dose.amount_to is not None and dose.amount_to < dose.amount:
        yield "amount_to is less than amount"
    if action.daily_max and dose.max and action.times_per_day * dose.max > action.daily_max:
        yield f"{action.times_per_day} times {dose.max} {dose.unit} is over the daily maximum {action.daily_max}"
