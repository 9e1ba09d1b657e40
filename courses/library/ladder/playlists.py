"""Playlists of HLS (RFC 8216) and the index of a storyboard (WebVTT), as text. Addresses are the caller's."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from courses.library.ladder.commands import COLUMNS, ROWS, TILE_HEIGHT, TILE_WIDTH, tile_seconds
from courses.library.ladder.fragments import INIT, Segment

M3U8, VTT = "application/vnd.apple.mpegurl", "text/vtt; charset=utf-8"
_SOUND_GROUP, _WORDS_GROUP = "sound", "words"


@dataclass(frozen=True)
class Rung:
    """One quality of a film: bits a second at its heaviest and on average; (0, 0) for sound alone."""

    name: str
    codec: str
    width: int
    height: int
    peak: int
    average: int


@dataclass(frozen=True)
class Words:
    """Captions in one language, and the address of their playlist."""

    language: str
    label: str
    url: str


def rung_of(name: str, codec: str, size: tuple[int, int], segments: Sequence[Segment]) -> Rung:
    """With the bits that its segments take."""
    rates = [each.size * 8000 / max(1, each.end - each.begin) for each in segments]
    length = max(1, sum(each.end - each.begin for each in segments))
    average = sum(each.size for each in segments) * 8000 / length
    return Rung(name, codec, *size, math.ceil(max(rates, default=0)), math.ceil(average))


def master(rungs: Sequence[Rung], sound: Rung | None, words: Sequence[Words], address: Callable[[str], str]) -> str:
    """Every rung with the sound beside it, then the sound alone; `address` of a rung's own playlist by its name."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound:
        lines.append(f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_SOUND_GROUP}",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,'
                     f'URI="{address(sound.name)}"')  # fmt: skip
    for each in words:
        lines.append(f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{_WORDS_GROUP}",NAME="{each.label}",'
                     f'LANGUAGE="{each.language}",DEFAULT=NO,AUTOSELECT=YES,URI="{each.url}"')  # fmt: skip
    for rung in sorted(rungs, key=lambda each: each.peak):
        lines += [_variant(rung, sound, bool(words)), address(rung.name)]
    if sound:
        lines += [_variant(sound, sound, bool(words)), address(sound.name)]
    return "\n".join(lines) + "\n"


def _variant(rung: Rung, sound: Rung | None, worded: bool) -> str:
    beside = sound if sound and sound is not rung else None
    codecs = ",".join([rung.codec, *([beside.codec] if beside else [])])
    peak, average = (getattr(rung, name) + (getattr(beside, name) if beside else 0) for name in ("peak", "average"))
    said = f'#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS="{codecs}"'
    said += f",RESOLUTION={rung.width}x{rung.height}" if rung.width else ""
    said += f',AUDIO="{_SOUND_GROUP}"' if sound else ""
    return said + (f',SUBTITLES="{_WORDS_GROUP}"' if worded else "")


def media(pieces: Sequence[tuple[str, Sequence[Segment]]]) -> str:
    """A rung's own playlist: for each piece the address of its folder (ending in "/") and its segments."""
    every = [each for _folder, segments in pieces for each in segments]
    longest = max(((each.end - each.begin) / 1000 for each in every), default=0)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{math.ceil(longest)}", "#EXT-X-PLAYLIST-TYPE:VOD",
             "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-INDEPENDENT-SEGMENTS"]  # fmt: skip
    for folder, segments in pieces:
        lines.append(f'#EXT-X-MAP:URI="{folder}{INIT}"')
        for each in segments:
            lines += [f"#EXTINF:{(each.end - each.begin) / 1000:.3f},", f"{folder}{each.name}"]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def words(url: str, seconds: float) -> str:
    """The playlist of captions that come in one piece."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{math.ceil(seconds)}", "#EXT-X-PLAYLIST-TYPE:VOD",
             f"#EXTINF:{seconds:.3f},", url, "#EXT-X-ENDLIST"]  # fmt: skip
    return "\n".join(lines) + "\n"


def sheets_of(seconds: float) -> int:
    """How many sheets a film's storyboard has."""
    return math.ceil(_tiles(seconds) / (COLUMNS * ROWS))


def _tiles(seconds: float) -> int:
    return max(1, math.ceil(seconds / tile_seconds(seconds)))


def storyboard(seconds: float, sheet: Callable[[int], str]) -> str:
    """Which part of which sheet (from 1) shows which seconds."""
    step, lines = tile_seconds(seconds), ["WEBVTT", ""]
    for tile in range(_tiles(seconds)):
        on_sheet, place = divmod(tile, COLUMNS * ROWS)
        row, column = divmod(place, COLUMNS)
        box = f"{column * TILE_WIDTH},{row * TILE_HEIGHT},{TILE_WIDTH},{TILE_HEIGHT}"
        span = f"{stamp(tile * step)} --> {stamp(min(seconds, (tile + 1) * step))}"
        lines += [span, f"{quote(sheet(on_sheet + 1), safe='/:?=&%')}#xywh={box}", ""]
    return "\n".join(lines)


def stamp(seconds: float) -> str:
    """12.5 -> 00:00:12.500"""
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"
