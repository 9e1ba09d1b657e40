"""Rules of any-of criteria: the gravest group of which one is met decides."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from consortium.clinical.trace import Trace
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result
from decision_manual.calculators.inputs import Flag, Input
from decision_manual.calculators.scoring import present
from decision_manual.calculators.sources import Citation
from decision_manual.calculators.words import Text, listed, step

CRITERIA: Final = Output("criteria", Text("Criteria met", "符合条目"), decimals=0)
_MET: Final = "{title}: {met}"
_NONE_MET: Final = Text("none of these", "均无")


@dataclass(frozen=True, slots=True)
class Tier:
    """A category and the criteria of which `enough` make it."""

    category: Category
    criteria: tuple[Flag, ...]
    enough: int = 1


def met_line(trace: Trace, title: Text, met: list[Text], source: str) -> Trace:
    """One line: which criteria of a group are met."""
    return step(trace, _MET, "{title}：{met}", source, title=title, met=listed(met) if met else _NONE_MET)


def decided(tiers: tuple[Tier, ...], otherwise: Category, given: Given, source: str) -> Result:
    """The first tier of which enough is met; `criteria` counts what is met in all of them."""
    found, count, trace = otherwise, 0, Trace()
    for tier in reversed(tiers):
        met = present(given, tier.criteria)
        count += len(met)
        trace = Trace((*met_line(Trace(), tier.category.title, met, source), *trace))
        found = tier.category if len(met) >= tier.enough else found
    trace = step(trace, "Result: {title}", "结果：{title}", source, title=found.title)
    return Result({CRITERIA.id: Decimal(count)}, found, trace)


def tiered(
    code: str, title: Text, group: str, tiers: tuple[Tier, ...], otherwise: Category, source: Citation,
    *, first: tuple[Input, ...] = (), **more: Any,
) -> Calculator:  # fmt: skip
    """A calculator of such a rule. `first`: inputs that decide nothing, such as the age it is made for."""
    flags = {flag.id: flag for tier in tiers for flag in tier.criteria}
    return Calculator(
        id=code,
        title=title,
        group=group,
        inputs=(*first, *flags.values()),
        outputs=(CRITERIA,),
        categories=(*(tier.category for tier in tiers), otherwise),
        source=source,
        calculate=lambda given: decided(tiers, otherwise, given, source.key),
        **more,
    )
