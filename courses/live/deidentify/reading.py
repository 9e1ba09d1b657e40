"""One text in: what tells who the child is, and the text without it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import chain

from .folding import folded, is_chinese
from .known import Known, find_known
from .marks import Found, Mark, words_for
from .patterns import find_foreign, find_patterns
from .relative import Days, find_dates

#: the surest word for what several patterns found at the same place
_RANK = (
    Mark.CHILD, Mark.FAMILY, Mark.STAFF, Mark.IDENTITY, Mark.DATE, Mark.PHONE, Mark.NUMBER, Mark.CONTACT, Mark.NAME,
    Mark.PLACE,
)  # fmt: skip


def find(text: str, known: Known, days: Days) -> list[Found]:
    """In the order of the text, none over another; each says what stands in its place."""
    plain, chinese = folded(text), is_chinese(text)
    every = chain(find_known(plain, known), find_patterns(plain), find_dates(plain, days, chinese=chinese))
    foreign = () if chinese else find_foreign(plain)
    return [_worded(each, chinese) for each in _apart(chain(every, foreign))]


def _worded(found: Found, chinese: bool) -> Found:
    return found if found.stands else replace(found, stands=words_for(found.mark, chinese=chinese))


def _apart(every: Iterable[Found]) -> list[Found]:
    """What overlaps becomes one: all of its characters, and the kind of the surest of them."""
    apart: list[Found] = []
    for each in sorted(every, key=lambda found: (found.start, -found.end)):
        if apart and each.start < apart[-1].end:
            apart[-1] = _joined(apart[-1], each)
        else:
            apart.append(each)
    return apart


def _joined(one: Found, other: Found) -> Found:
    best = min(one, other, key=lambda found: (not found.sure, _RANK.index(found.mark), found.start - found.end))
    return replace(
        best, start=min(one.start, other.start), end=max(one.end, other.end), sure=one.sure or other.sure
    )  # fmt: skip


def cleaned(text: str, found: Iterable[Found], kept: Collection[int] = ()) -> str:
    """`text` with what was found replaced, but for what is not sure and begins at one of `kept`."""
    pieces, at = [], 0
    for each in found:
        if each.start in kept and not each.sure:
            continue
        pieces += [text[at : each.start], each.stands]
        at = each.end
    return "".join([*pieces, text[at:]])
