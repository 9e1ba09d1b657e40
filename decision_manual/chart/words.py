"""Conditions in words, in both languages: what the chart, the list and "why" say."""

from dataclasses import dataclass
from typing import assert_never

from decision_manual.expressions import (
    All,
    AtLeast,
    Compare,
    Constant,
    Expression,
    Flag,
    Known,
    Not,
    OneOf,
    Op,
    Ref,
    ScoreCompare,
    Some,
)
from decision_manual.library import Pathway

SIGNS: dict[Op, str] = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "="}
PHRASES = {
    "and": {"en": " and ", "zh": "，且"},
    "or": {"en": " or ", "zh": "，或"},
    "not": {"en": "not: {}", "zh": "无：{}"},
    "known": {"en": "{} is known", "zh": "已知{}"},
    "at_least": {"en": "{} or more of: {}", "zh": "以下至少{}项：{}"},
    "otherwise": {"en": "None of the above", "zh": "以上都不符合"},
    "always": {"en": "always", "zh": "始终"},
    "never": {"en": "never", "zh": "从不"},
    "age_days": {"en": "age in days", "zh": "日龄"},
    "age_months": {"en": "age in months", "zh": "月龄"},
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says the expressions of one pathway in one language (en, zh). A derived name is said by its label."""

    pathway: Pathway
    language: str

    def phrase(self, name: str) -> str:
        return PHRASES[name][self.language]

    def say(self, node: Expression, *, inner: bool = False) -> str:
        match node:
            case Constant(value):
                return self.phrase("always" if value else "never")
            case Flag(name) | Ref(name):
                return self.label(name)
            case Known(name):
                return self.phrase("known").format(self.label(name))
            case Compare(name, op, limit):
                return f"{self.label(name)} {SIGNS[op]} {limit}{self._unit(name)}"
            case ScoreCompare(name, op, limit):
                return f"{self.label(name)} {SIGNS[op]} {limit}"
            case OneOf(name, values):
                return f"{self.label(name)}: {self.phrase('or').join(self.choice(name, v) for v in values)}"
            case Not(item):
                return self.phrase("not").format(self.say(item, inner=True))
            case All(items):
                return self._joined("and", items, inner=inner)
            case Some(items):
                return self._joined("or", items, inner=inner)
            case AtLeast(count, items):
                listed = self.phrase("or").join(self.say(item, inner=True) for item in items)
                return self.phrase("at_least").format(count, listed)
            case _:
                assert_never(node)

    def _joined(self, word: str, items: tuple[Expression, ...], *, inner: bool) -> str:
        text = self.phrase(word).join(self.say(item, inner=True) for item in items)
        return f"({text})" if inner and len(items) > 1 else text

    def label(self, name: str) -> str:
        """The name of a finding, a derived name, a score or a site's choice."""
        if name in ("age_days", "age_months"):
            return self.phrase(name)
        if name.startswith("profile."):
            return self.pathway.profile[name.removeprefix("profile.")].label.said(self.language)
        shelves = (self.pathway.derived, self.pathway.scores, self.pathway.findings)
        found = next(shelf[name] for shelf in shelves if name in shelf)
        return str(found.label.said(self.language))

    def choice(self, name: str, value: str) -> str:
        if name.startswith("profile."):
            choices = self.pathway.profile[name.removeprefix("profile.")].choices
        else:
            choices = self.pathway.findings[name].choices
        return next(choice.label.said(self.language) for choice in choices if choice.code == value)

    def _unit(self, name: str) -> str:
        unit = self.pathway.findings[name].unit if name in self.pathway.findings else ""
        return {"": "", "Cel": " °C", "%": " %", "/min": " /min"}.get(unit, f" {unit}")
