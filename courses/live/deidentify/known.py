"""What the record knows of the child, and how each of it may stand in a text: spaced, turned round, in pinyin."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from consortium.patients.identity.names import plain

from .folding import GAP, HAN, folded
from .marks import Found, Mark

_SHORTEST_NUMBER: Final = 4
_SURE_FROM: Final = 4
#: digits of a record number from which on they are nothing else, without what stands before them
_SURE_DIGITS: Final = 6
_ALL_HAN: Final = re.compile(f"[{HAN}]+")
_READINGS: Final = 3
#: characters of a Chinese name without a mark in it
_LONGEST_NAME: Final = 4
#: letters from which on a Latin name is found with gaps between them
_GAPPED_FROM: Final = 5
#: family names of two characters
_DOUBLE: Final = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "东方", "令狐", "慕容", "公孙")
)
#: parts of names that are English words too: only with a capital, and never for sure
_WORDS: Final = frozenset((
    "an", "ban", "bin", "can", "dan", "do", "fan", "fen", "gang", "go", "hang", "he", "hen", "long", "man", "may",
    "me", "men", "min", "pan", "pen", "ran", "sang", "she", "so", "song", "sun", "tan", "to", "wan", "you", "young",
    "hope", "joy", "grace", "will", "mark", "rose", "lily", "summer",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Names of the child, of its family and of those who treat it; numbers that lead to it; places of the case."""

    child: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def find_known(text: str, known: Known) -> Iterator[Found]:
    """`text` is folded."""
    for mark, names in ((Mark.CHILD, known.child), (Mark.FAMILY, known.family), (Mark.STAFF, known.staff)):
        for name in filter(None, (plain(folded(each)) for each in names)):
            yield from _name(text, name, mark)
    for number in known.numbers:
        yield from _number(text, number)
    for place in filter(None, (plain(folded(each)) for each in known.places)):
        yield from _spans(text, _spaced(place.split()), Mark.PLACE)


def _spans(text: str, pattern: str, mark: Mark, *, sure: bool = True) -> Iterator[Found]:
    for hit in re.finditer(pattern, text, re.IGNORECASE):
        yield Found(hit.start(), hit.end(), mark, sure)


def _word(pattern: str) -> str:
    """As a word of its own; a Chinese character beside it is no letter of it."""
    return f"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"


def _named(pattern: str) -> str:
    """As a word of its own, beside which numbers may stand, as in the name of a file."""
    return f"(?<![A-Za-z]){pattern}(?![A-Za-z])"


def _spaced(parts: Iterable[str]) -> str:
    """The parts in this order, whatever stands between them; Chinese characters are parts of their own."""
    return GAP.join(GAP.join(map(re.escape, p)) if _ALL_HAN.fullmatch(p) else _word(re.escape(p)) for p in parts)


def _name(text: str, name: str, mark: Mark) -> Iterator[Found]:
    groups = _ALL_HAN.findall(name)
    whole = "".join(groups)
    if len(groups) > 1:
        yield from _spans(text, GAP.join(whole), mark)
    if len(whole) <= _LONGEST_NAME and whole not in groups and whole:
        groups = [*groups, whole]
    for group in groups:
        if len(group) > 1 or group == whole:
            yield from _chinese(text, group, mark)
    parts = re.findall(r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*", re.sub(f"[{HAN}]", " ", name))
    if parts:
        yield from _latin(text, parts, mark)


def _chinese(text: str, name: str, mark: Mark) -> Iterator[Found]:
    """Whole, without the family name, doubled or made small as families do, and in pinyin."""
    yield from _spans(text, GAP.join(name), mark)
    if len(name) > 2:
        yield from _spans(text, GAP.join(name[-2:]), mark)
    if len(name) > 1:
        last = name[-1]
        yield from _spans(text, f"(?:{last}{last}|[小阿]{last}|{last}[宝儿](?!科|童|茶))", mark, sure=False)
    if name[:2] in _DOUBLE and len(name) > 2:
        yield from _spans(text, GAP.join(name[:2]), mark)
    spoken = _spoken(name)
    if all(spoken):
        yield from _in_pinyin(text, name, spoken, mark)


def _spoken(name: str) -> list[list[str]]:
    """The readings of each character, without tones; none where it has none."""
    from pypinyin import Style, pinyin  # a large dictionary: loaded by the first Chinese name

    usual = [each[0] for each in pinyin(name, style=Style.NORMAL)]
    every = pinyin(name, style=Style.NORMAL, heteronym=True)
    both = [[first, *others[:_READINGS]] for first, others in zip(usual, every, strict=True)]
    return [[each for each in dict.fromkeys(some) if each.isascii() and each] for some in both]


def _in_pinyin(text: str, name: str, spoken: list[list[str]], mark: Mark) -> Iterator[Found]:
    """Whole, turned round, the family name beside initials, initials alone, and the given name alone."""
    cut = 2 if name[:2] in _DOUBLE else 1
    family, given = _said(spoken[:cut]), _said(spoken[cut:])
    letters = GAP.join(_either(sorted({each[0] for each in some})) for some in spoken[cut:])
    short = GAP.join(_either(sorted({each[0] for each in some})) for some in spoken)
    if len(name) == 1:
        yield from _proper(text, family, mark, sure=False)
        return
    whole = [f"{family}{GAP}{given}", f"{given}{GAP}{family}"]
    if len(name) - cut > 1:
        whole += [f"{family}{GAP}{letters}", f"{letters}{GAP}{family}"]
    for pattern in whole:
        yield from _spans(text, _named(pattern), mark)
    if len(name) > 2:
        yield from _spans(text, _named(short), mark, sure=False)
    if len(name) - cut > 1:
        yield from _spans(text, _named(given), mark, sure=len(spoken[cut][0] + spoken[cut + 1][0]) >= _GAPPED_FROM)
    else:
        yield from _proper(text, given, mark, sure=False)


def _proper(text: str, pattern: str, mark: Mark, *, sure: bool) -> Iterator[Found]:
    """With a capital alone: one syllable is a word of many languages."""
    for found in _spans(text, _named(pattern), mark, sure=sure):
        if text[found.start].isupper() and found.end - found.start > 1:
            yield found


def _either(some: Iterable[str]) -> str:
    return f"(?:{'|'.join(some)})"


def _said(spoken: list[list[str]]) -> str:
    """The syllables, whatever stands between their letters; ü is written u or v."""
    return GAP.join(_either(GAP.join(each).replace("v", "[uv]") for each in some) for some in spoken)


def _loose(part: str) -> str:
    """O'Neill, O’Neill, ONeill; Xiaoming, Xiao-Ming."""
    letters = re.sub(r"['’.\-]", "", part)
    pieces = letters if len(letters) >= _GAPPED_FROM else re.split(r"['’.\-]", part)
    return GAP.join(map(re.escape, pieces))


def _latin(text: str, parts: list[str], mark: Mark) -> Iterator[Found]:
    """Whole, turned round, run together; and each part alone."""
    if len(parts) > 1:
        for ordered in (parts, [*parts[1:], parts[0]], [parts[-1], *parts[:-1]]):
            yield from _spans(text, _named(GAP.join(map(_loose, ordered))), mark)
    if len(parts) > 2:
        for some in (parts[1:], parts[:-1]):
            yield from _spans(text, _named(GAP.join(map(_loose, some))), mark)
    alone = {each for part in parts for each in (part, *re.split(r"['’.\-]", part)) if len(each) > 1}
    for part in sorted(alone):
        for found in _spans(text, _named(_loose(part)), mark, sure=len(part) >= _SURE_FROM and part not in _WORDS):
            if part not in _WORDS or text[found.start].isupper():
                yield found


def _number(text: str, number: str) -> Iterator[Found]:
    """Grouped however people group numbers; its digits alone, too, without the letters and zeros before them."""
    signs = "".join(re.findall(r"[A-Za-z0-9]", folded(number)))
    digits = "".join(re.findall("[0-9]", signs))
    for each in dict.fromkeys((signs, digits, digits.lstrip("0"))):
        if len(each) >= _SHORTEST_NUMBER:
            sure = each == signs or len(each) >= _SURE_DIGITS
            yield from _spans(text, _word(r"[\s.\-()/·–—]*".join(each)), Mark.NUMBER, sure=sure)
