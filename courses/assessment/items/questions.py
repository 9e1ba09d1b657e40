"""The ten kinds of question. Every text stands in both languages; ids of options are those that answers name."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; `said` falls back to the other."""

    en: str = ""
    zh: str = ""

    def said(self, language: str) -> str:
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)

    @property
    def both(self) -> bool:
        return bool(self.en and self.zh)


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    text: Text
    right: bool = False
    feedback: Text = Text()


@dataclass(frozen=True, slots=True)
class Pair:
    """`text` belongs to `match`; the match is chosen by the pair's id."""

    id: str
    text: Text
    match: Text


@dataclass(frozen=True, slots=True)
class Area:
    """A place on the picture, in thousandths of its width and height: a box from its upper left corner, or an ellipse
    in the middle of that box."""

    shape: str
    x: int
    y: int
    w: int
    h: int

    def holds(self, x: int, y: int) -> bool:
        if self.shape == "box":
            return self.x <= x <= self.x + self.w and self.y <= y <= self.y + self.h
        across, down = Fraction(2 * (x - self.x) - self.w, self.w), Fraction(2 * (y - self.y) - self.h, self.h)
        return across * across + down * down <= 1

    @property
    def rx(self) -> float:
        return self.w / 2

    @property
    def ry(self) -> float:
        return self.h / 2

    @property
    def cx(self) -> float:
        return self.x + self.rx

    @property
    def cy(self) -> float:
        return self.y + self.ry


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`rule` names how an answer is scored: `scoring.RULES`. `feedback` is shown after it, right or wrong."""

    kind: ClassVar[str] = ""
    stem: Text
    feedback: Text = Text()
    rule: str = "all"

    @property
    def by_hand(self) -> bool:
        """Whether people give (some of) the points."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Question):
    """One right option, or with `several` any number of them."""

    options: tuple[Option, ...]
    several: bool = False

    @property
    def right(self) -> frozenset[str]:
        return frozenset(option.id for option in self.options if option.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFalse(Question):
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering(Question):
    """`options` stand in their right order."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching(Question):
    """`extra` are matches that belong to nothing."""

    pairs: tuple[Pair, ...]
    extra: tuple[Option, ...] = ()

    def matches(self) -> tuple[Option, ...]:
        """What may be chosen, in the order of their ids; the same match is offered once."""
        offered: dict[Text, Option] = {}
        for pair in self.pairs:
            offered.setdefault(pair.match, Option(pair.id, pair.match))
        for option in self.extra:
            offered.setdefault(option.text, option)
        return tuple(sorted(offered.values(), key=lambda option: (option.text.en, option.text.zh)))

    def right_of(self, pair: Pair) -> str:
        """The id under which the match of `pair` is offered."""
        return next(option.id for option in self.matches() if option.text == pair.match)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric(Question):
    """`tolerance` in the unit of the value, or with `relative` in per cent of it; inclusive.

    With a `quantity` (of `consortium.clinical.units`) the answer may come in any of its units; without one `unit` is
    just shown.
    """

    value: Decimal
    tolerance: Decimal = Decimal(0)
    relative: bool = False
    quantity: str = ""
    unit: str = ""

    @property
    def margin(self) -> Decimal:
        return abs(self.value) * self.tolerance / 100 if self.relative else self.tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class Short(Question):
    """`accepted` answers of both languages; each is right in either."""

    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotspot(Question):
    """A point for each of `areas` on the picture; `alt` says what is seen for who does not see it."""

    picture: str
    alt: Text
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Essay(Question):
    """`rubric`: what is looked for, each with its points; people mark it."""

    rubric: tuple[tuple[Option, Decimal], ...]
    most_words: int = 0

    @property
    def by_hand(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a case set; it weighs `points`."""

    id: str
    points: Decimal
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet(Question):
    """The stem is the case; each part asks about it."""

    parts: tuple[Part, ...] = field(default=())

    @property
    def by_hand(self) -> bool:
        return any(part.question.by_hand for part in self.parts)
