"""A broadcast's runs, one after another, in the shape in which `courses.library` keeps films.

What a player fetches of a film is named after the film's time; so each part gets that time, and nothing is encoded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from courses.library.ladder import planning
from courses.library.ladder.fragments import INIT, Segment, codec_in, moved, size_in, timescale_in
from courses.live.broadcast.keeping import SOUND, VIDEO, Part, Run, Rung

_EARLY: Final = 300_000


class Placed(Protocol):
    """Milliseconds of the film, and the wall's clock (microseconds since 1970) at their beginning."""

    @property
    def begin(self) -> int: ...

    @property
    def end(self) -> int: ...

    @property
    def began(self) -> int: ...


class Stretch(NamedTuple):
    """A span as it is kept with the lecture, when its run may be gone."""

    begin: int
    end: int
    began: int


@dataclass(frozen=True)
class Span:
    """Milliseconds of the film that a run fills, and the wall's clock (microseconds since 1970) at its beginning."""

    run: Run
    begin: int
    end: int
    began: int


def spans(runs: Sequence[Run]) -> list[Span]:
    """The film's time line. Between two runs nothing was sent: there the film has no time at all."""
    found: list[Span] = []
    for run in runs:
        begin = found[-1].end if found else 0
        longest = max(rung.length for rung in run.rungs.values())
        found.append(Span(run, begin, begin + max(1, round(longest / 1000)), run.rungs[VIDEO].began))
    return found


def film_time(line: Sequence[Placed], at: int) -> int:
    """Milliseconds of the film at a moment of the wall's clock (microseconds); in a gap, where it goes on."""
    for span in line:
        if at < span.began + (span.end - span.begin) * 1000:
            return span.begin + max(0, round((at - span.began) / 1000))
    return line[-1].end if line else 0


def rung_name(height: int) -> str:
    """What the library calls pictures of so many lines."""
    return str(max((lines for lines in planning.LADDER if lines <= height * 1.05), default=min(planning.LADDER)))


def recorded(span: Span, name: str, folder: Path) -> dict[str, Any]:
    """Write a rung of a run into the existing `folder`; what is to be kept of it: codec, size, segments."""
    rung = span.run.rungs[name]
    head = rung.bytes_of(0, rung.head_length)
    (folder / INIT).write_bytes(head)
    groups = _groups(rung.parts)
    starts = [span.begin, *(span.begin + round(each[0].begin / 1000) for each in groups[1:]), span.end]
    kept = []
    for group, begin, end in zip(groups, starts, starts[1:], strict=False):
        data = b"".join(_shifted(rung, group, round(span.begin * timescale_in(head) / 1000)))
        kept.append([begin, end, len(data)])
        (folder / Segment(begin, end, len(data)).name).write_bytes(data)
    width, height = size_in(head)
    return {"codec": codec_in(head), "width": width, "height": height, "segments": kept}


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    groups: list[list[Part]] = []
    for part in parts:
        long = groups and part.begin - groups[-1][0].begin >= planning.SEGMENT_SECONDS * 1e6 - _EARLY
        if not groups or (part.key and long):
            groups.append([])
        groups[-1].append(part)
    return groups


def _shifted(rung: Rung, parts: Sequence[Part], ticks: int) -> Iterator[bytes]:
    for part in parts:
        data = bytearray(rung.bytes_of(part.offset, part.length))
        moved(data, ticks)
        yield bytes(data)


__all__ = ["SOUND", "VIDEO", "Placed", "Span", "Stretch", "film_time", "recorded", "rung_name", "spans"]
