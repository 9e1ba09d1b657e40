"""Dates, as days of this illness or as the child's age: a date tells who the child is, its distance teaches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from .marks import Found, Mark, words_for

_LONG_BEFORE: Final = 31
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    "(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NUMERALS: Final = "〇零一二三四五六七八九"
_TENS: Final = f"[{_NUMERALS}十廿]{{1,3}}"
_END: Final = r"(?![0-9])"
_BEGIN: Final = r"(?<![0-9])"
_YEAR: Final = r"(?P<y>(?:19|20)[0-9]{2})"
_CHINESE_YEAR: Final = f"(?:(?P<y>[0-9]{{4}}|[0-9]{{2}}|[{_NUMERALS}]{{2,4}})\\s*年\\s*)"
_LETTERS: Final = r"(?<![A-Za-z])"


@dataclass(frozen=True, slots=True)
class Days:
    """The child's birth, and the day that is counted as the first (when the question about it was asked)."""

    birth: date
    first: date

    def words(self, day: date, *, chinese: bool) -> str:
        """What is said instead of `day`."""
        if day == self.birth:
            return "[出生日期]" if chinese else "[date of birth]"
        if day < self.birth:
            return "[出生前]" if chinese else "[before birth]"
        apart = (day - self.first).days
        if apart >= 0:
            return f"[第{apart + 1}天]" if chinese else f"[day {apart + 1}]"
        if apart >= -_LONG_BEFORE:
            return f"[第1天之前{-apart}天]" if chinese else f"[{_counted(-apart, 'day')} before day 1]"
        return self._age(day, chinese=chinese)

    def _age(self, day: date, *, chinese: bool) -> str:
        lived = (day - self.birth).days
        months = (day.year - self.birth.year) * 12 + day.month - self.birth.month - (day.day < self.birth.day)
        if months < 1:
            return f"[{lived}日龄]" if chinese else f"[aged {_counted(lived, 'day')}]"
        if months < 24:
            return f"[{months}月龄]" if chinese else f"[aged {_counted(months, 'month')}]"
        return f"[{months // 12}岁]" if chinese else f"[aged {months // 12} years]"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


#: (pattern, whether nothing else looks like it). Groups: y, m, d or name; a and b where day and month may be either.
_PATTERNS: Final[tuple[tuple[str, bool], ...]] = (
    (rf"{_BEGIN}{_YEAR}\s*[-/.]\s*(?P<m>[0-9]{{1,2}})\s*[-/.]\s*(?P<d>[0-9]{{1,2}}){_END}", True),
    (rf"{_BEGIN}{_YEAR}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01]){_END}", True),
    (rf"{_BEGIN}(?P<a>[0-9]{{1,2}})\s*[-/.]\s*(?P<b>[0-9]{{1,2}})\s*[-/.]\s*{_YEAR}{_END}", True),
    (r"(?<![0-9.])(?P<a>[0-9]{1,2})([-/.])(?P<b>[0-9]{1,2})\2(?P<y>[0-9]{2})(?![0-9.])", False),
    (rf"{_LETTERS}{_MONTH}\.?\s*(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,?\s*{_YEAR})?{_END}", True),
    (rf"{_BEGIN}(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?[-/]?{_MONTH}(?![a-z])\.?(?:,?\s*[-/]?{_YEAR})?", True),
    (rf"{_LETTERS}{_MONTH}\.?,?\s*{_YEAR}{_END}", True),
    (rf"{_CHINESE_YEAR}?(?P<m>[0-9]{{1,2}})\s*月\s*(?P<d>[0-9]{{1,2}})\s*[日号]?{_END}", True),
    (rf"{_CHINESE_YEAR}?(?P<m>{_TENS})\s*月\s*(?:初)?(?P<d>{_TENS})\s*[日号]?", True),
    (rf"{_CHINESE_YEAR}(?:[0-9]{{1,2}}|{_TENS})\s*月份?", True),
    (rf"{_LETTERS}{_MONTH}\s+the\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?{_END}", True),
    (rf"{_BEGIN}{_YEAR}\s*[-/.]\s*(?:0?[1-9]|1[0-2])(?![0-9./\-])", False),
    (rf"(?<![0-9./\-])(?:0?[1-9]|1[0-2])\s*[-/.]\s*{_YEAR}{_END}", False),
    (r"(?<![0-9.])(?:[0-9]{2})\.(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12][0-9]|3[01])(?![0-9.])", False),
    (r"(?<![A-Za-z])(?:born|seen|admitted|in|since|until)\s+(?:in\s+)?(?:19|20)[0-9]{2}"
     r"(?![0-9]|\s*[-/.]\s*[0-9]|\s*(?:年|ml|mg|g|kcal))", False),
    (rf"{_BEGIN}[0-9]{{1,2}}\s*月\s*[0-9]{{1,2}}\s*[日号]?\s*[-~至到、,—–]\s*[0-9]{{1,2}}\s*[日号]", False),
    (rf"(?:正|冬|腊|闰?{_TENS})月(?:初{_TENS}|十[{_NUMERALS}]?|廿[{_NUMERALS}]?|二十[{_NUMERALS}]?|三十)", False),
    (r"(?<![0-9.])(?:[0-9]{1,2}[-.][0-9]{1,2}|[0-9]{1,2}\s*[号日])"
     r"(?=\s*(?:日|号)?\s*(?:入院|出院|转院|就诊|来诊|收治|手术|复查|死亡|发病|起病))", False),
    (r"(?<![0-9./])(?P<a>0?[1-9]|[12][0-9]|3[01])/(?P<b>0?[1-9]|[12][0-9]|3[01])(?![0-9./%])", False),
)  # fmt: skip
_COMPILED: Final = tuple((re.compile(pattern, re.IGNORECASE), sure) for pattern, sure in _PATTERNS)


def find_dates(text: str, days: Days, *, chinese: bool) -> Iterator[Found]:
    """`text` is folded. A date that cannot be read for certain is replaced by the word alone."""
    for pattern, sure in _COMPILED:
        for hit in pattern.finditer(text):
            day = _read(hit.groupdict(), days.first)
            stands = days.words(day, chinese=chinese) if day else words_for(Mark.DATE, chinese=chinese)
            yield Found(hit.start(), hit.end(), Mark.DATE, sure and not _may_be_words(hit), stands)


def _may_be_words(hit: re.Match[str]) -> bool:
    """ "may 2", "mar 3": small and without a year; 三月三 without a word for the day."""
    said = hit.group()
    name = hit.groupdict().get("name") or ""
    bare = re.search(f"[{_NUMERALS}十廿]$", said) is not None
    return not hit.groupdict().get("y") and (name in ("may", "mar") or bare)


def _read(said: dict[str, str | None], near: date) -> date | None:
    """The day meant; without a year the one nearest to `near`. None where day and month may be either, or are none."""
    day, month = _day_and_month(said)
    if day is None or month is None:
        return None
    given = said.get("y")
    if given and said.get("a") and len(given) == 2:
        return None  # which of the three is the year nobody can tell
    if given:
        year = _digits(given)
        return _real(year if year > 99 else 2000 + year, month, day)
    around = [_real(near.year + step, month, day) for step in (-1, 0, 1)]
    return min(filter(None, around), key=lambda each: abs((each - near).days), default=None)


def _day_and_month(said: dict[str, str | None]) -> tuple[int | None, int | None]:
    if said.get("a"):
        return _either(int(said["a"] or 0), int(said["b"] or 0))
    if said.get("d") is None:
        return None, None
    name = said.get("name")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else _counting(said["m"] or "")
    return _counting(said["d"] or ""), month


def _either(first: int, second: int) -> tuple[int | None, int | None]:
    """(day, month) when only one of them can be the month, or both are the same."""
    if first == second or first > 12 >= second:
        return first, second
    return (second, first) if second > 12 >= first else (None, None)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _digit(sign: str) -> int:
    return int(sign) if sign.isdecimal() else max(_NUMERALS.index(sign) - 1, 0)


def _digits(said: str) -> int:
    number = 0
    for sign in said:
        number = number * 10 + _digit(sign)
    return number


def _counting(said: str) -> int:
    """Digits, or Chinese numerals up to thirty-one."""
    said = said.replace("廿", "二十")
    if "十" not in said:
        return _digits(said)
    before, after = said.split("十", 1)
    return (_digits(before) or 1) * 10 + _digits(after.replace("十", ""))
