"""A beat as text, and the mark that only the session's player can make: `seq|at|speed|begin-end,begin-end`.

The mark is an HMAC over the text as it came, so that nothing has to be written the same way twice.
"""

import hashlib
import hmac
import re
from typing import Final

from courses.library.intervals.admission import FASTEST, SLOWEST, Beat

#: digits of a time: films are shorter than 11 days
_BEAT: Final = re.compile(r"(\d{1,9})\|(\d{1,9})\|(\d{1,3})\|((?:\d{1,9}-\d{1,9}(?:,\d{1,9}-\d{1,9}){0,199})?)")


class BadBeat(ValueError):
    """The text is no beat."""


def mark_of(nonce: str, text: str) -> str:
    """HMAC-SHA256 under the session's nonce, in hex."""
    return hmac.new(nonce.encode(), text.encode(), hashlib.sha256).hexdigest()


def read_beat(text: str) -> Beat:
    """The beat that the text says; BadBeat. At most 200 spans, each with a length."""
    found = _BEAT.fullmatch(text)
    if found is None:
        raise BadBeat
    seq, at, speed = (int(found[place]) for place in (1, 2, 3))
    pairs = [each.split("-") for each in found[4].split(",") if each]
    played = tuple((int(begin), int(end)) for begin, end in pairs)
    if seq < 1 or not SLOWEST <= speed <= FASTEST or any(begin >= end for begin, end in played):
        raise BadBeat
    return Beat(seq, at, speed, played)
