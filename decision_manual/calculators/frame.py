"""A calculator: what it takes, how it computes, what its answer means, and where all of that is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from consortium.clinical.trace import Trace
from decision_manual.calculators.inputs import NEEDED, Input, Option, Read, Refused
from decision_manual.calculators.sources import Citation
from decision_manual.calculators.words import Text, Urgency, step


@dataclass(frozen=True, slots=True)
class Category:
    """What a result amounts to: `title` in two words, `meaning` says what it means for this child here."""

    code: str
    urgency: Urgency
    title: Text
    meaning: Text

    @property
    def severity(self) -> str:
        return self.urgency.severity


@dataclass(frozen=True, slots=True)
class Output:
    """One figure of the result. `decimals`: how many places it is rounded to; what may not grow is rounded down."""

    id: str
    label: Text
    unit: str = ""
    decimals: int = 1
    rounding: str = ROUND_HALF_UP

    def rounded(self, value: Decimal) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-self.decimals), self.rounding)


SCORE: Final = Output("score", Text("Score", "评分"), decimals=0)


@dataclass(frozen=True, slots=True)
class Result:
    """`values` by output id, None where there is none; `notes` are what the reader must know beside the meaning."""

    values: Mapping[str, Decimal | None]
    category: Category
    trace: Trace
    notes: tuple[Text, ...] = ()
    warnings: Mapping[str, Text] = field(default_factory=dict)


class Given:
    """The values of one calculation by input id, typed; asking for one that was not given refuses, naming it."""

    def __init__(self, reads: Mapping[str, Read]) -> None:
        self._reads = reads

    def has(self, name: str) -> bool:
        return name in self._reads

    def number(self, name: str) -> Decimal:
        value: Decimal = self._value(name)
        return value

    def maybe(self, name: str) -> Decimal | None:
        """A number, or None where it was not given."""
        return self.number(name) if self.has(name) else None

    def flag(self, name: str) -> bool:
        value: bool = self._value(name)
        return value

    def ticked(self, name: str) -> bool:
        """A yes; what was not given is none."""
        return self.has(name) and self.flag(name)

    def option(self, name: str) -> Option:
        value: Option = self._value(name)
        return value

    def code(self, name: str) -> str:
        """The code of a choice, "" where none was made."""
        return self.option(name).code if self.has(name) else ""

    def shown(self, name: str) -> Text:
        """As it was entered, with its unit."""
        return self._read(name).shown

    def _value(self, name: str) -> Any:
        return self._read(name).value

    def _read(self, name: str) -> Read:
        try:
            return self._reads[name]
        except KeyError:
            raise Refused({name: NEEDED}) from None


Calculate = Callable[[Given], Result]


@dataclass(frozen=True, slots=True)
class Calculator:
    """One calculator. `synonyms` are what people call it or look for; `note` is said on its page whatever comes out."""

    id: str
    title: Text
    group: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    categories: tuple[Category, ...]
    source: Citation
    calculate: Calculate
    synonyms: tuple[str, ...] = ()
    note: Text | None = None

    def input(self, name: str) -> Input | None:
        return next((each for each in self.inputs if each.id == name), None)

    def schema(self) -> dict[str, Any]:
        """The whole of it as data, for `--list` and the API."""
        outputs = [{"id": o.id, "label": o.label.both(), "unit": o.unit} for o in self.outputs]
        categories = [
            {"code": c.code, "severity": c.severity, "urgency": c.urgency.value, "title": c.title.both()}
            for c in self.categories
        ]
        return {
            "id": self.id,
            "title": self.title.both(),
            "group": self.group,
            "synonyms": list(self.synonyms),
            "inputs": [each.schema() for each in self.inputs],
            "results": outputs,
            "categories": categories,
            "source": self.source.as_json(),
            "note": self.note.both() if self.note else None,
        }


def listing(given: Given, inputs: tuple[Input, ...]) -> Trace:
    """The first lines of a trace: each value as it was entered."""
    trace = Trace()
    for each in inputs:
        if given.has(each.id):
            trace = step(trace, "{label}: {value}", "{label}：{value}", label=each.label, value=given.shown(each.id))
    return trace
