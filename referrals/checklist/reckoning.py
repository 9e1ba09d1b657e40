"""The checklist of one child: which items, and how much of what."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from consortium.clinical.doses import Dose, Recipient, Refused, dose
from consortium.clinical.sources import SOURCES, Source
from consortium.clinical.trace import Trace
from consortium.clinical.units import Quantity, plain
from referrals.checklist.drugs import REMEDIES, Remedy
from referrals.checklist.items import ITEMS, Item


@dataclass(frozen=True, slots=True)
class Traveller:
    """Who is to travel. Only what is known: a child without a weight gets the list without doses."""

    age_days: int
    #: kilograms
    weight: Decimal | None = None
    #: how far the weight lies from the age; None where there is no standard, or no weight
    weight_z: Decimal | None = None
    #: somebody has looked at an unlikely weight again
    confirmed: bool = False
    estimated: bool = False
    #: what the child is sent for (a code of casework's symptoms)
    symptom: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One medicine for this child: the dose with its way there, or why there is none (`refused`)."""

    remedy: Remedy
    dose: Dose | None = None
    refused: Any = ""

    @property
    def name(self) -> Any:
        return self.remedy.rule.drug

    @property
    def amount(self) -> str:
        """ "4.1 mg": what is measured out; of a fluid its volume."""
        return f"{plain(self.dose.amount, 3)} {self.remedy.rule.unit}" if self.dose else ""

    @property
    def volume(self) -> str:
        """ "0.8 ml" of the strength that is named; "" where the dose is a volume itself."""
        return f"{plain(self.dose.measured, 2)} ml" if self.dose and self.remedy.rule.unit != "ml" else ""

    @property
    def trace(self) -> Trace:
        """How the dose came about; without how often a day, for it is given once."""
        return Trace(self.dose.trace.lines[:-1]) if self.dose else Trace()

    @property
    def source(self) -> Source:
        return SOURCES[self.remedy.rule.source]

    @property
    def verified(self) -> bool:
        return self.remedy.verified and self.source.verified


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it stands for this child."""

    item: Item
    given: tuple[Given, ...] = ()

    @property
    def source(self) -> Source | None:
        return SOURCES.get(self.item.source)

    @property
    def verified(self) -> bool:
        """Whether its advice may stand without the word that its source has to be opened again."""
        return self.source is None or self.source.verified


def lines_for(child: Traveller) -> list[Line]:
    """What this child needs, in the order in which it is looked at; each code once."""
    found: dict[str, Line] = {}
    for item in ITEMS:
        if item.code not in found and item.fits(child.age_days, child.symptom):
            found[item.code] = Line(item, tuple(_given(item, child)))
    return list(found.values())


def _given(item: Item, child: Traveller) -> Iterator[Given]:
    for code in item.remedies:
        remedy = REMEDIES[code]
        if remedy.below_days is None or child.age_days < remedy.below_days:
            yield _reckoned(remedy, child)


def _reckoned(remedy: Remedy, child: Traveller) -> Given:
    if child.weight is None:
        return Given(remedy)
    weight = Quantity("weight", child.weight, "kg")
    who = Recipient(weight, child.age_days, child.weight_z, confirmed=child.confirmed, estimated=child.estimated)
    found = dose(remedy.rule, remedy.strength, who)
    return Given(remedy, refused=found.reason) if isinstance(found, Refused) else Given(remedy, found)
