"""What a calculator takes: measured quantities with their units, yes or no, one of several. Each reads, and refuses.

Values come from JSON, from a form or from a test: a number, its digits as text, or {"value": n, "unit": "mg/dL"}.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Final

from consortium.clinical.units import Kind, Unit, number, plain
from decision_manual.calculators.words import Text, same

_MOST_DECIMALS: Final = 3
_MOST_DIGITS: Final = 12
_YES: Final = frozenset({"yes", "true", "1", "on", "y"})
_NO: Final = frozenset({"no", "false", "0", "off", "n"})

NEEDED: Final = Text("This is needed.", "此项必填。")
UNKNOWN: Final = Text("This calculator does not take this.", "本计算器没有此项。")
_NOT_A_NUMBER: Final = Text("Give a number.", "请填数字。")
_NOT_WHOLE: Final = Text("Give a whole number.", "请填整数。")
_NOT_YES_NO: Final = Text("Say yes or no.", "请选“是”或“否”。")
_WRONG_UNIT: Final = Text("The unit {unit} is not one of: {units}.", "单位 {unit} 不可用，可用：{units}。")
_IMPOSSIBLE: Final = Text("{value} is impossible here: {low} to {high}.", "{value} 不可能：应在 {low} 至 {high} 之间。")
_UNUSUAL: Final = Text(
    "{label}: {value} is unusual (usually {low} to {high}). Please check it.",
    "{label}：{value} 不常见（通常 {low} 至 {high}），请核对。",
)
_MEANT: Final = Text("{text} Is this in {unit} perhaps?", "{text}是否应为 {unit}？")
_NOT_A_CHOICE: Final = Text("This is not one of: {codes}.", "不在选项之内：{codes}。")


class Refusal(ValueError):
    """One value cannot be taken; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


class Refused(Exception):
    """What was entered cannot be computed with; `fields` maps each input's id to what is wrong with it."""

    def __init__(self, fields: Mapping[str, Text]) -> None:
        self.fields = dict(fields)
        super().__init__(", ".join(f"{name}: {text.en}" for name, text in self.fields.items()))


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice, with the points it scores."""

    code: str
    label: Text
    points: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A value as the calculator computes with it; `shown` as the trace names it; `warning` when it is unusual."""

    value: Any
    shown: Text
    warning: Text | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """`id` names the value in JSON; `hint` says how to find it out."""

    type: ClassVar[str] = ""
    id: str
    label: Text
    required: bool = field(default=True, kw_only=True)
    hint: Text | None = field(default=None, kw_only=True)

    def read(self, raw: Any) -> Read:
        """The value; raises Refusal."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """As `manage.py manual calculate --list` and the API describe it."""
        said = {"id": self.id, "type": self.type, "label": self.label.both(), "required": self.required}
        return {**said, "hint": self.hint.both()} if self.hint else said


@dataclass(frozen=True, slots=True)
class Flag(Input):
    """Yes or no. `points` is what a yes scores."""

    type: ClassVar[str] = "boolean"
    points: int = 1

    def read(self, raw: Any) -> Read:
        word = str(raw).strip().lower()
        if word not in _YES | _NO:
            raise Refusal(_NOT_YES_NO)
        yes = word in _YES
        return Read(yes, Text("yes", "是") if yes else Text("no", "否"))


@dataclass(frozen=True, slots=True)
class Choice(Input):
    """One of several, by its code; where every answer scores differently, by its points as well."""

    type: ClassVar[str] = "choice"
    options: tuple[Option, ...] = ()

    def read(self, raw: Any) -> Read:
        option = self._option(str(raw).strip())
        return Read(option, option.label)

    def _option(self, word: str) -> Option:
        for option in self.options:
            if word == option.code:
                return option
        by_points = [option for option in self.options if word == str(option.points)]
        if len(by_points) == 1:
            return by_points[0]
        raise Refusal(_NOT_A_CHOICE.fill(codes=", ".join(option.code for option in self.options)))

    def schema(self) -> dict[str, Any]:
        choices = [{"code": o.code, "points": o.points, "label": o.label.both()} for o in self.options]
        return {**Input.schema(self), "choices": choices}


@dataclass(frozen=True, slots=True)
class Measure(Input):
    """A quantity. `unit` is the one the calculator computes in, and the one meant when none is said.

    `hard` and `plausible` narrow the kind's limits; both are inclusive and stand in `unit`.
    """

    type: ClassVar[str] = "number"
    kind: Kind = field(kw_only=True)
    unit: str = field(default="", kw_only=True)
    hard: tuple[str, str] | None = field(default=None, kw_only=True)
    plausible: tuple[str, str] | None = field(default=None, kw_only=True)
    whole: bool = field(default=False, kw_only=True)

    @property
    def first(self) -> Unit:
        return self.kind.unit(self.unit) if self.unit else self.kind.base

    @property
    def units(self) -> tuple[Unit, ...]:
        """The first unit, then the others."""
        return (self.first, *(unit for unit in self.kind.units if unit != self.first))

    def limits(self, which: str) -> tuple[Decimal, Decimal]:
        """The "hard" or "plausible" limits in the first unit."""
        own = self.hard if which == "hard" else self.plausible or self.hard
        if own is not None:
            return Decimal(own[0]), Decimal(own[1])
        low, high = getattr(self.kind, which)
        return self._from_base(low), self._from_base(high)

    def _from_base(self, value: Decimal) -> Decimal:
        return value / self.first.factor - self.first.offset

    def converted(self, value: Decimal, unit: Unit) -> Decimal:
        """`value` of `unit` in the first unit, not rounded; untouched when it already is."""
        return value if unit == self.first else self._from_base((value + unit.offset) * unit.factor)

    def read(self, raw: Any) -> Read:
        value, unit = self._entered(raw)
        at = self.converted(value, unit)
        if self.whole and at != at.to_integral_value():
            raise Refusal(_NOT_WHOLE)
        if not self._within("hard", at):
            raise Refusal(self._hinting(_IMPOSSIBLE.fill(**self._words("hard", value, unit)), value, unit))
        return Read(at, _with_unit(value, unit), None if self._within("plausible", at) else self._warning(value, unit))

    def _entered(self, raw: Any) -> tuple[Decimal, Unit]:
        """The number and its unit as they were entered."""
        if isinstance(raw, Mapping):
            extra = set(raw) - {"value", "unit"}
            if extra or "value" not in raw:
                raise Refusal(_NOT_A_NUMBER)
            return _number(raw["value"]), self._unit(str(raw.get("unit") or self.first.code))
        return _number(raw), self.first

    def _unit(self, word: str) -> Unit:
        """By its code or as it is written, whatever the case."""
        plain_word = _folded(word)
        for unit in self.kind.units:
            if plain_word in {_folded(unit.code), _folded(unit.label)}:
                return unit
        raise Refusal(_WRONG_UNIT.fill(unit=word[:20], units=", ".join(unit.code for unit in self.units)))

    def _within(self, which: str, value: Decimal) -> bool:
        low, high = self.limits(which)
        return low <= value <= high

    def _words(self, which: str, value: Decimal, unit: Unit) -> dict[str, Text]:
        low, high = (_with_unit(limit, self.first) for limit in self.limits(which))
        return {"value": _with_unit(value, unit), "low": low, "high": high}

    def _warning(self, value: Decimal, unit: Unit) -> Text:
        said = _UNUSUAL.fill(label=self.label, **self._words("plausible", value, unit))
        return self._hinting(said, value, unit)

    def _hinting(self, text: Text, value: Decimal, unit: Unit) -> Text:
        """With the unit in which the same number would be usual, if there is one."""
        for other in self.kind.units:
            if other != unit and self._within("plausible", self.converted(value, other)):
                return _MEANT.fill(text=text, unit=unit_name(other))
        return text

    def schema(self) -> dict[str, Any]:
        limits = {which: [_json(limit) for limit in self.limits(which)] for which in ("hard", "plausible")}
        units = [unit.code for unit in self.units]
        return {**Input.schema(self), "unit": self.first.code, "units": units, **limits, "whole": self.whole}


_SPELLED: Final = {
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "month": "mo", "months": "mo", "y": "a", "year": "a",
    "years": "a", "hour": "h", "hours": "h", "lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]", "f": "[degf]", "c": "cel",
}  # fmt: skip


def _folded(word: str) -> str:
    """A unit as people write it, in one spelling: micro, superscripts and degrees are written in many ways."""
    word = word.strip().lower().replace("µ", "u").replace("μ", "u").replace("micromol", "umol").replace("³", "3")
    word = word.replace("×10⁹", "10*9").replace("×10⁶", "10*6").replace("°", "").replace("celsius", "cel")
    return _SPELLED.get(word, word)


def _number(raw: Any) -> Decimal:
    """What was entered as a number; a yes, a list or an endless row of digits is none."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal)):
        raise Refusal(_NOT_A_NUMBER)
    try:
        if isinstance(raw, str):
            return number(raw)
        value = Decimal(str(raw))
        # an exponent of a million would be written out
        return number(f"{value:f}" if value.is_finite() and abs(value.adjusted()) < _MOST_DIGITS else "")
    except (ValueError, ArithmeticError):
        raise Refusal(_NOT_A_NUMBER) from None


#: units of time are words, by their codes; all others are written alike everywhere
_TIMES: Final = {
    "h": Text("hours", "小时"), "d": Text("days", "天"), "wk": Text("weeks", "周"), "mo": Text("months", "月"),
    "a": Text("years", "岁"), "s": Text("s", "秒"), "/min": Text("/min", "次/分"),
}  # fmt: skip


def unit_name(unit: Unit) -> Text:
    """A unit as it is read."""
    return _TIMES.get(unit.code, same(unit.label))


def _with_unit(value: Decimal, unit: Unit) -> Text:
    number_shown = plain(value, max(unit.decimals, _MOST_DECIMALS))
    name = unit_name(unit)
    return Text(f"{number_shown} {name.en}".strip(), f"{number_shown} {name.zh}".strip())


def _json(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(round(value, 6))
