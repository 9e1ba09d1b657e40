"""Playlists of HLS while a lecture runs (RFC 8216, and draft-pantos-hls-rfc8216bis-15 for its parts), as text.

Two of each rung: `live` shows the last half minute with its parts, `whole` shows all from the beginning without them.
Addresses are relative to the playlist's own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from courses.library.ladder.fragments import codec_in, size_in
from courses.live.broadcast.keeping import SOUND, VIDEO, Part, Run, Rung

#: microseconds: a segment ends with the first keyframe after so much
SEGMENT: Final = 1_900_000
#: seconds that a player is told of; a part is never longer (see `commands.PART`), one frame and its rounding included
PART_TARGET, TARGET = 0.35, 2
#: segments that a live list goes back, and how many of them it shows with their parts
WINDOW, WITH_PARTS = 12, 3
_BITS: Final = 2_000_000


@dataclass(frozen=True)
class Segment:
    """Of the `run`-th run, with its parts; `begins_run`: another clock and another head than before."""

    run: int
    rung: Rung
    parts: Sequence[Part]
    begins_run: bool
    done: bool

    @property
    def seconds(self) -> float:
        return sum(part.duration for part in self.parts) / 1e6

    @property
    def address(self) -> str:
        first = self.parts[0]
        return _address(self.run, self.rung.name, first.offset, sum(part.length for part in self.parts))

    def part_address(self, part: Part) -> str:
        return _address(self.run, self.rung.name, part.offset, part.length)

    @property
    def head_address(self) -> str:
        return _address(self.run, self.rung.name, 0, self.rung.head_length)

    @property
    def shown_at(self) -> str:
        """By the clock on the wall."""
        moment = datetime.fromtimestamp((self.rung.began + self.parts[0].begin) / 1e6, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _address(run: int, rung: str, offset: int, length: int) -> str:
    return f"{run}/{rung}/{offset}-{length}.mp4"


def segments(runs: Sequence[Run], name: str, *, ended: bool) -> list[Segment]:
    """All of one rung in order; the last one is not `done` while more may come to it."""
    found: list[Segment] = []
    for run in runs:
        rung = run.rungs[name]
        groups = _groups(rung.parts)
        for place, parts in enumerate(groups):
            last = run is runs[-1] and place == len(groups) - 1
            found.append(Segment(run.number, rung, parts, place == 0, ended or not last))
    return found


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    groups: list[list[Part]] = []
    for part in parts:
        if not groups or (part.key and part.begin - groups[-1][0].begin >= SEGMENT):
            groups.append([])
        groups[-1].append(part)
    return groups


def master(run: Run, *, form: str) -> str:
    """Pictures with their sound, then the sound alone, for the weakest line. `form`: live or whole."""
    video = run.rungs[VIDEO]
    head = video.bytes_of(0, video.head_length)
    codec, (width, height) = codec_in(head), size_in(head)
    return "\n".join([
        "#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{SOUND}",NAME="{SOUND}",DEFAULT=YES,AUTOSELECT=YES,URI="{form}-{SOUND}.m3u8"',
        f'#EXT-X-STREAM-INF:BANDWIDTH={_BITS},CODECS="{codec},mp4a.40.2",RESOLUTION={width}x{height},AUDIO="{SOUND}"',
        f"{form}-{VIDEO}.m3u8",
        f'#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2",AUDIO="{SOUND}"',
        f"{form}-{SOUND}.m3u8", "",
    ])  # fmt: skip


def whole(every: Sequence[Segment], *, ended: bool) -> str:
    """From the beginning on: to go back while it runs, and to see it afterwards."""
    done = [each for each in every if each.done]
    lines = [*_top(done), f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}", "#EXT-X-MEDIA-SEQUENCE:0"]
    for place, each in enumerate(done):
        lines += [*_joint(each, first=place == 0), f"#EXTINF:{each.seconds:.5f},", each.address]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else [])]) + "\n"


def live(every: Sequence[Segment], *, ended: bool) -> str:
    """The last half minute, its end in parts, with the part that comes next announced."""
    first = max(0, len(every) - WINDOW)
    gone = sum(each.begins_run for each in every[: first + 1]) - 1
    lines = [
        *_top(every), f"#EXT-X-MEDIA-SEQUENCE:{first}", f"#EXT-X-DISCONTINUITY-SEQUENCE:{max(0, gone)}",
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * PART_TARGET:.3f}",
        f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET:.3f}",
    ]  # fmt: skip
    for place, each in enumerate(every[first:], first):
        lines += _joint(each, first=place == first)
        lines += _parts(each) if place >= len(every) - WITH_PARTS else []
        lines += [f"#EXTINF:{each.seconds:.5f},", each.address] if each.done else []
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else [])]) + "\n"


def _top(every: Sequence[Segment]) -> list[str]:
    longest = max((each.seconds for each in every), default=0)
    return ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{max(TARGET, math.ceil(longest - 0.5))}",
            "#EXT-X-INDEPENDENT-SEGMENTS"]  # fmt: skip


def _joint(segment: Segment, *, first: bool) -> list[str]:
    """Before the first segment of a list, and where another run begins."""
    if not (first or segment.begins_run):
        return []
    breaks = [] if first else ["#EXT-X-DISCONTINUITY"]
    return [*breaks, f'#EXT-X-MAP:URI="{segment.head_address}"', f"#EXT-X-PROGRAM-DATE-TIME:{segment.shown_at}"]


def _parts(segment: Segment) -> list[str]:
    return [
        f'#EXT-X-PART:DURATION={part.duration / 1e6:.5f},URI="{segment.part_address(part)}"'
        + (",INDEPENDENT=YES" if part.key else "")
        for part in segment.parts
    ]


def stands(every: Sequence[Segment], msn: int, part: int | None) -> bool:
    """Whether a list made now holds what a player waits for: segment `msn`, or its part number `part`."""
    if msn >= len(every):
        return False
    return every[msn].done or (part is not None and part < len(every[msn].parts))
