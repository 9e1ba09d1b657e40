"""Captions in WebVTT: read, judged line by line, and written anew so that only plain cues are kept.

`webvtt-py` reads; what it lets pass and a player would stumble over is judged here.
"""

import html
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from courses.library.ladder.playlists import stamp

MOST_CUES, MOST_LETTERS, MOST_BYTES = 5000, 500, 2 << 20
_STAMP: Final = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})")
_TAGS: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Cue:
    """Seconds, and words of one or two lines."""

    begin: float
    end: float
    text: str


class CueFault(Exception):
    """What is wrong, as a code; `number` of the cue (from 1), 0 for the whole."""

    def __init__(self, code: str, number: int = 0) -> None:
        super().__init__(f"{code} {number}")
        self.code = code
        self.number = number


def read(data: bytes) -> list[Cue]:
    """The cues of a WebVTT (or SRT) file; CueFault("not-captions" | "too-large" | as `judged`)."""
    if len(data) > MOST_BYTES:
        raise CueFault("too-large")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        form = "vtt" if text.lstrip().startswith("WEBVTT") else "srt"
        found = webvtt.from_buffer(io.StringIO(text), format=form)
    except (UnicodeDecodeError, MalformedFileError, MalformedCaptionError, ValueError) as error:
        raise CueFault("not-captions") from error
    return judged([_cue(each.start, each.end, each.text) for each in found.captions])


def _cue(begin: str, end: str, text: str) -> Cue:
    return Cue(seconds_of(begin), seconds_of(end), html.unescape(_TAGS.sub("", text)).strip())


def judged(cues: Sequence[Cue], length: float = 0) -> list[Cue]:
    """In order, if they are whole: CueFault("none" | "too-many" | "empty" | "too-wordy" | "backwards" | "outside")."""
    if not cues:
        raise CueFault("none")
    if len(cues) > MOST_CUES:
        raise CueFault("too-many")
    for number, cue in enumerate(cues, 1):
        if code := _wrong(cue, length):
            raise CueFault(code, number)
    return sorted(cues, key=lambda each: (each.begin, each.end))


def _wrong(cue: Cue, length: float) -> str:
    if not cue.text.strip():
        return "empty"
    if len(cue.text) > MOST_LETTERS:
        return "too-wordy"
    if not 0 <= cue.begin < cue.end:
        return "backwards"
    return "outside" if length and cue.begin >= length else ""


def seconds_of(text: str) -> float:
    """`1:02.5`, `00:01:02.500` -> 62.5; CueFault("time") for anything else."""
    found = _STAMP.fullmatch(text.strip())
    if not found:
        raise CueFault("time")
    hours, minutes, seconds, rest = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(rest.ljust(3, "0")) / 1000


def written(cues: Sequence[Cue]) -> str:
    """As WebVTT. Words cannot end a cue, begin a note or become a tag."""
    pieces = ["WEBVTT\n"]
    for cue in cues:
        lines = [line.strip() for line in cue.text.splitlines() if line.strip()]
        words = "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        pieces.append(f"\n{stamp(cue.begin)} --> {stamp(cue.end)}\n{words}\n")
    return "".join(pieces)
