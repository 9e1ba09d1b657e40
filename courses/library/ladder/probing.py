"""What a file is: its container and codecs by a short list, its true length by its packets, its picture by decoding."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import orjson

from courses.library.ladder.faults import Refused, VideoFault
from courses.library.ladder.running import told
from courses.library.ladder.tools import ffmpeg, ffprobe

#: what ffprobe calls a container -> the demuxer to open it with
CONTAINERS: Final = {"mov,mp4,m4a,3gp,3g2,mj2": "mov", "matroska,webm": "matroska", "mpegts": "mpegts", "avi": "avi"}
VIDEO_CODECS: Final = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mjpeg"})
SOUND_CODECS: Final = frozenset(
    {"aac", "mp3", "opus", "vorbis", "ac3", "eac3", "pcm_s16le", "pcm_s16be", "pcm_f32le", "flac"}
)
SHORTEST, LONGEST, MOST_PIXELS, SMALLEST_SIDE = 0.5, 6 * 3600.0, 4096 * 2304, 16
#: how far the packets may end from where the file says: seconds, and share of the whole
_SLACK, _SLACK_SHARE = 2.0, 0.03
#: nothing but a file is read, whatever a playlist inside another one says
ONLY_FILES: Final = ("-protocol_whitelist", "file,pipe")


@dataclass(frozen=True)
class Probed:
    """A film that can be made: `seconds` by its packets, `width` x `height` as shown (after turning)."""

    demuxer: str
    seconds: float
    width: int
    height: int
    codec: str
    pixels: str
    frames_per_second: float
    kbits: int
    has_sound: bool
    #: instants at which a picture stands by itself, where a cut costs nothing
    keyframes: tuple[float, ...]
    #: pictures before a keyframe that are shown after it, turned or interlaced ones: to be made anew in any case
    plain: bool

    @property
    def lines(self) -> int:
        """The shorter side: what "720p" counts."""
        return min(self.width, self.height)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**{**kept, "keyframes": tuple(kept["keyframes"])})


def probe(source: Path, *, longest: float = LONGEST) -> Probed:
    """Judge a file; Refused with the cause."""
    if source.stat().st_size == 0:
        raise Refused(VideoFault.EMPTY)
    found = _described(source)
    demuxer = CONTAINERS.get(found.get("format", {}).get("format_name", ""))
    if demuxer is None:
        raise Refused(VideoFault.NOT_VIDEO, str(found.get("format", {}).get("format_name", "")))
    picture, sound = _tracks(found["streams"])
    packets = _packets(source, demuxer)
    seconds = _length(found, picture, packets, longest)
    width, height = _size(picture)
    _decodes(source, demuxer, seconds)
    return Probed(
        demuxer, round(seconds, 3), width, height, str(picture["codec_name"]), str(picture.get("pix_fmt", "")),
        _rate(picture), _kbits(packets, seconds), sound is not None, _keyframes(packets), _is_plain(picture, packets),
    )  # fmt: skip


def _described(source: Path) -> dict[str, Any]:
    command = [ffprobe(), "-v", "error", *ONLY_FILES, "-show_format", "-show_streams", "-of", "json", f"file:{source}"]
    try:
        found: dict[str, Any] = orjson.loads(told(command))
    except Refused as refused:
        if refused.fault is VideoFault.BROKEN:
            raise Refused(_unread(refused.note), refused.note) from refused
        raise
    return found


def _unread(words: str) -> VideoFault:
    """A film of which a part is missing is told apart from what never was one."""
    return VideoFault.BROKEN if "moov atom not found" in words or "EBML" in words else VideoFault.NOT_VIDEO


def _tracks(streams: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    pictures = [each for each in streams if each.get("codec_type") == "video" and not _is_cover(each)]
    sounds = [each for each in streams if each.get("codec_type") == "audio"]
    if not pictures:
        raise Refused(VideoFault.NO_PICTURE if sounds else VideoFault.NOT_VIDEO)
    if pictures[0].get("codec_name") not in VIDEO_CODECS:
        raise Refused(VideoFault.CODEC, str(pictures[0].get("codec_name")))
    if sounds and sounds[0].get("codec_name") not in SOUND_CODECS:
        raise Refused(VideoFault.CODEC, str(sounds[0].get("codec_name")))
    return pictures[0], sounds[0] if sounds else None


def _is_cover(stream: dict[str, Any]) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


@dataclass(frozen=True)
class _Packet:
    at: float
    size: int
    key: bool


def _packets(source: Path, demuxer: str) -> list[_Packet]:
    """The picture's packets in the order of the file: the container's word is checked against them."""
    command = [ffprobe(), "-v", "error", *ONLY_FILES, "-f", demuxer, "-select_streams", "v:0", "-show_entries",
               "packet=pts_time,size,flags", "-of", "csv=p=0", f"file:{source}"]  # fmt: skip
    rows = [line.split(",") for line in told(command).decode("ascii", "replace").splitlines()]
    timed = [row for row in rows if len(row) >= 3 and row[0] != "N/A" and row[1].isdigit()]
    if not timed:
        raise Refused(VideoFault.BROKEN, "no packet says when it is shown")
    return [_Packet(float(row[0]), int(row[1]), row[2].startswith("K")) for row in timed]


def _length(found: dict[str, Any], picture: dict[str, Any], packets: list[_Packet], longest: float) -> float:
    first, last = min(each.at for each in packets), max(each.at for each in packets)
    seconds = last - first + 1 / _rate(picture)
    said = _number(found["format"].get("duration")) or _number(picture.get("duration"))
    if said and abs(said - seconds) > max(_SLACK, _SLACK_SHARE * said):
        raise Refused(VideoFault.FALSE_LENGTH, f"says {said:.1f} s, holds {seconds:.1f} s")
    if seconds < SHORTEST:
        raise Refused(VideoFault.TOO_SHORT)
    if seconds > longest:
        raise Refused(VideoFault.TOO_LONG)
    return seconds


def _number(text: Any) -> float:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return 0.0
    return value if math.isfinite(value) else 0.0


def _rate(picture: dict[str, Any]) -> float:
    """Pictures a second; 25 where the container has none (a browser's recorder writes 1000)."""
    over, _, under = str(picture.get("avg_frame_rate", "")).partition("/")
    rate = _number(over) / (_number(under) or 1)
    return rate if 1 <= rate <= 120 else 25.0


def _size(picture: dict[str, Any]) -> tuple[int, int]:
    width, height = int(picture.get("width", 0)), int(picture.get("height", 0))
    if min(width, height) < SMALLEST_SIDE or width * height > MOST_PIXELS:
        raise Refused(VideoFault.PICTURE_SIZE, f"{width}x{height}")
    return (height, width) if _turned(picture) % 180 else (width, height)


def _turned(picture: dict[str, Any]) -> int:
    return int(sum(_number(each.get("rotation")) for each in picture.get("side_data_list", ())))


def _kbits(packets: list[_Packet], seconds: float) -> int:
    return round(sum(each.size for each in packets) * 8 / seconds / 1000)


def _keyframes(packets: list[_Packet]) -> tuple[float, ...]:
    first = min(each.at for each in packets)
    return tuple(sorted({round(each.at - first, 3) for each in packets if each.key}))


def _is_plain(picture: dict[str, Any], packets: list[_Packet]) -> bool:
    upright = not _turned(picture) and picture.get("field_order", "progressive") in ("progressive", "unknown")
    square = picture.get("sample_aspect_ratio", "1:1") in ("1:1", "0:1")
    return upright and square and min(each.at for each in packets) == 0 and not _open_groups(packets)


def _open_groups(packets: list[_Packet]) -> bool:
    """Whether a packet behind a keyframe is shown before it."""
    key = packets[0].at
    for each in packets:
        if each.key:
            key = each.at
        elif each.at < key:
            return True
    return False


def _decodes(source: Path, demuxer: str, seconds: float) -> None:
    """A table of contents is no film: some pictures from its middle are decoded."""
    command = [ffmpeg(), "-nostdin", "-v", "error", *ONLY_FILES, "-threads", "1", "-ss", f"{seconds / 2:.3f}",
               "-f", demuxer, "-i", f"file:{source}", "-map", "0:v:0", "-frames:v", "3", "-f", "null",
               "-progress", "pipe:1", "-"]  # fmt: skip
    said = told(command).decode("ascii", "replace")
    frames = [line.partition("=")[2].strip() for line in said.splitlines() if line.startswith("frame=")]
    if not frames or frames[-1] == "0":
        raise Refused(VideoFault.BROKEN, "nothing in its middle can be decoded")
