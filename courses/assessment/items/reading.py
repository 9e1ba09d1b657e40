"""A question out of the JSON of a row, of the API, or of an import: whole, or all that is wrong with it."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.clinical.units import KINDS
from courses.assessment.items.questions import (
    Area,
    CaseSet,
    Choice,
    Essay,
    Hotspot,
    Matching,
    Numeric,
    Option,
    Ordering,
    Pair,
    Part,
    Question,
    Short,
    Text,
    TrueFalse,
)
from courses.assessment.items.scoring import RULES

MOST_TEXT: Final = 4000
#: of an option: all of them have to find room in one cell of a spreadsheet
MOST_OPTION_TEXT: Final = 1000
MOST_OPTIONS: Final = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_PICTURE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Unreadable(ValueError):
    """`faults`: what is wrong, by the field of the content in which it stands."""

    def __init__(self, faults: Mapping[str, Any]) -> None:
        self.faults = dict(faults)
        super().__init__("; ".join(f"{field}: {fault}" for field, fault in self.faults.items()))


class _Reader:
    """Reads the fields of one content and collects what is wrong, so that an author hears of everything at once."""

    def __init__(self, content: Any) -> None:
        self.content: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
        self.faults: dict[str, Any] = {}

    def fault(self, field: str, message: Any) -> None:
        self.faults.setdefault(field, message)

    def text(self, field: str, *, needed: bool = False) -> Text:
        found = _text(self.content.get(field))
        if needed and not found:
            self.fault(field, _("Write this in at least one language."))
        if max(len(found.en), len(found.zh)) > MOST_TEXT:
            self.fault(field, _("This text is too long."))
        return found

    def rows(self, field: str, *, least: int) -> list[Mapping[str, Any]]:
        found = self.content.get(field)
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
        if len(rows) < least:
            self.fault(field, _("At least %(least)d are needed.") % {"least": least})
        if len(rows) > MOST_OPTIONS:
            self.fault(field, _("At most %(most)d are possible.") % {"most": MOST_OPTIONS})
        return rows[:MOST_OPTIONS]

    def ids(self, field: str, rows: list[Mapping[str, Any]]) -> list[str]:
        """Their ids; those without one are numbered by letters."""
        ids = [str(row.get("id") or chr(ord("a") + place)) for place, row in enumerate(rows)]
        if len(set(ids)) < len(ids) or not all(_ID.fullmatch(one) for one in ids):
            self.fault(field, _("Each needs an id of its own."))
        return ids

    def options(self, field: str = "options", *, least: int = 2) -> tuple[Option, ...]:
        rows = self.rows(field, least=least)
        ids = self.ids(field, rows)
        found = tuple(
            Option(one, _text(row.get("text")), row.get("right") is True, _text(row.get("feedback")))
            for one, row in zip(ids, rows, strict=True)
        )
        if not all(option.text for option in found):
            self.fault(field, _("An option without a text cannot be chosen."))
        if any(max(len(option.text.en), len(option.text.zh)) > MOST_OPTION_TEXT for option in found):
            self.fault(field, _("This text is too long."))
        return found

    def number(self, field: str, *, default: str = "", source: Mapping[str, Any] | None = None) -> Decimal:
        try:
            value = Decimal(str((self.content if source is None else source).get(field, default)))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) > 10**9:
            self.fault(field, _("This is not a number."))
            return Decimal(1)
        return value

    def rule(self, kind: str) -> str:
        rule = self.content.get("rule") or RULES[kind][0]
        if rule not in RULES[kind]:
            self.fault("rule", _("This kind of question is not scored like that."))
        return str(rule)

    def frame(self, kind: str) -> dict[str, Any]:
        return {"stem": self.text("stem", needed=True), "feedback": self.text("feedback"), "rule": self.rule(kind)}


def _text(value: Any) -> Text:
    if isinstance(value, str):
        return Text(_clean(value), "")
    if not isinstance(value, Mapping):
        return Text()
    return Text(*(_clean(str(value.get(language) or "")) for language in ("en", "zh")))


def _clean(text: str) -> str:
    """Without what no form of file can hold."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _single(reader: _Reader) -> Question:
    options = reader.options()
    if sum(option.right for option in options) != 1:
        reader.fault("options", _("Mark exactly one option as right."))
    return Choice(**reader.frame("single"), options=options)


def _multiple(reader: _Reader) -> Question:
    options = reader.options()
    if not any(option.right for option in options):
        reader.fault("options", _("Mark at least one option as right."))
    return Choice(**reader.frame("multiple"), options=options, several=True)


def _true_false(reader: _Reader) -> Question:
    right = reader.content.get("right")
    if not isinstance(right, bool):
        reader.fault("right", _("Say whether the statement is true."))
    return TrueFalse(**reader.frame("true_false"), right=right is True)


def _ordering(reader: _Reader) -> Question:
    options = tuple(Option(option.id, option.text) for option in reader.options())
    if len({option.text for option in options}) < len(options):
        reader.fault("options", _("Two options say the same."))
    return Ordering(**reader.frame("ordering"), options=options)


def _matching(reader: _Reader) -> Question:
    rows = reader.rows("pairs", least=2)
    ids = reader.ids("pairs", rows)
    pairs = tuple(
        Pair(one, _text(row.get("text")), _text(row.get("match"))) for one, row in zip(ids, rows, strict=True)
    )
    if not all(pair.text and pair.match for pair in pairs):
        reader.fault("pairs", _("A pair has two sides."))
    extra = tuple(Option(option.id, option.text) for option in reader.options("extra", least=0))
    if {option.id for option in extra} & set(ids):
        reader.fault("extra", _("Each needs an id of its own."))
    return Matching(**reader.frame("matching"), pairs=pairs, extra=extra)


def _numeric(reader: _Reader) -> Question:
    quantity, unit = (str(reader.content.get(field) or "").strip()[:40] for field in ("quantity", "unit"))
    if quantity and quantity not in KINDS:
        reader.fault("quantity", _("Nothing is known of this quantity."))
    elif quantity and unit not in {one.code for one in KINDS[quantity].units}:
        reader.fault("unit", _("This quantity is not measured in that unit."))
    tolerance = reader.number("tolerance", default="0")
    if tolerance < 0:
        reader.fault("tolerance", _("A tolerance is not negative."))
    return Numeric(
        **reader.frame("numeric"), value=reader.number("value"), tolerance=tolerance,
        relative=reader.content.get("relative") is True, quantity=quantity, unit=unit,
    )  # fmt: skip


def _short(reader: _Reader) -> Question:
    found = reader.content.get("accepted")
    accepted = [_clean(str(one)) for one in found] if isinstance(found, list) else []
    accepted = [one for one in dict.fromkeys(accepted) if one]
    if not accepted:
        reader.fault("accepted", _("Write at least one answer that is right."))
    return Short(**reader.frame("short"), accepted=tuple(accepted[:MOST_OPTIONS]))


def _area(reader: _Reader, row: Mapping[str, Any]) -> Area:
    places = [row.get(name) for name in ("x", "y", "w", "h")]
    x, y, w, h = (place if type(place) is int else -1 for place in places)
    inside = x >= 0 and y >= 0 and w > 0 and h > 0 and x + w <= 1000 and y + h <= 1000
    if not inside or row.get("shape") not in ("box", "ellipse"):
        reader.fault("areas", _("An area is a box or an ellipse inside the picture."))
        return Area("box", 0, 0, 1, 1)
    return Area(str(row["shape"]), x, y, w, h)


def _hotspot(reader: _Reader) -> Question:
    picture = str(reader.content.get("picture") or "")
    if not _PICTURE.fullmatch(picture):
        reader.fault("picture", _("Choose a picture."))
    areas = tuple(_area(reader, row) for row in reader.rows("areas", least=1))
    return Hotspot(
        **reader.frame("hotspot"), picture=picture, alt=reader.text("alt", needed=True), areas=areas
    )  # fmt: skip


def _essay(reader: _Reader) -> Question:
    rows = reader.rows("rubric", least=1)
    ids = reader.ids("rubric", rows)
    rubric = tuple(
        (Option(one, _text(row.get("text"))), reader.number("points", default="1", source=row))
        for one, row in zip(ids, rows, strict=True)
    )
    if not all(option.text and points > 0 for option, points in rubric):
        reader.fault("rubric", _("Each line of the rubric says what is looked for, and its points."))
    words = reader.number("most_words", default="0")
    return Essay(**reader.frame("essay"), rubric=rubric, most_words=max(0, int(words)))


def _part(reader: _Reader, place: int, one: str, row: Mapping[str, Any]) -> Part | None:
    kind, points = str(row.get("kind")), reader.number("points", default="1", source=row)
    if points <= 0:
        reader.fault(f"parts.{place}.points", _("A question is worth more than nothing."))
    if kind == "case_set":
        reader.fault(f"parts.{place}.kind", _("A case holds no case."))
        return None
    try:
        return Part(one, points, read(kind, row.get("content")))
    except Unreadable as error:
        for field, fault in error.faults.items():
            reader.fault(f"parts.{place}.{field}", fault)
        return None


def _case_set(reader: _Reader) -> Question:
    rows = reader.rows("parts", least=0)
    found = [
        _part(reader, place, one, row)
        for place, (one, row) in enumerate(zip(reader.ids("parts", rows), rows, strict=True), 1)
    ]
    return CaseSet(**reader.frame("case_set"), parts=tuple(part for part in found if part))


_READERS: Final[dict[str, Callable[[_Reader], Question]]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "ordering": _ordering,
    "matching": _matching,
    "numeric": _numeric,
    "short": _short,
    "hotspot": _hotspot,
    "case_set": _case_set,
    "essay": _essay,
}


def read(kind: str, content: Any) -> Question:
    """The question; raises Unreadable with everything that is wrong."""
    if kind not in _READERS:
        raise Unreadable({"kind": _("There is no such kind of question.")})
    reader = _Reader(content)
    question = _READERS[kind](reader)
    if reader.faults:
        raise Unreadable(reader.faults)
    return question
