"""One frame as a browser shows it, from what the sandbox wrote. Pillow only: cheap enough for a page's request."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image

from .names import codes_name, frame_name, small_name, table_name

#: Frames for scrolling are at most so large: a phone's screen, and what a slow network carries while one scrolls.
SMALL_EDGE: Final = 720
#: Files of so few frames have their small pictures made at once, where they are opened.
FEW: Final = 4
_PRESET: Final = re.compile(r"^[a-z]{1,12}$")


def render(folder: Path, number: int, preset: str) -> Path:
    """The exact PNG of frame `number` (from 1) under `preset` ("" for colour), made once and kept beside the frames.

    FileNotFoundError for a frame or preset that the file does not have.
    """
    if not preset:
        return _existing(folder / frame_name(number))
    _check(preset)
    return _kept(
        folder / f"shown-{preset}-{number:05d}.png",
        lambda part: _looked_at(folder, number, preset).save(part, "PNG", compress_level=6),
    )


def render_small(folder: Path, number: int, preset: str) -> Path:
    """The same as a JPEG of at most SMALL_EDGE pixels: a preview for scrolling, not for reading."""
    if preset:
        _check(preset)
    return _kept(folder / small_name(number, preset), lambda part: _write_small(folder, number, preset, part))


def render_codes(folder: Path, number: int) -> Path:
    """The stored codes as PNG: red holds the high byte, green the low one. FileNotFoundError for colour."""
    _existing(folder / table_name("default"))
    return _kept(folder / codes_name(number), lambda part: _write_codes(folder, number, part))


def _check(preset: str) -> None:
    if not _PRESET.match(preset):
        raise FileNotFoundError(preset)


def _kept(shown: Path, write: Callable[[Path], None]) -> Path:
    """Made once; two at once write the same bytes, the second in place of the first."""
    if not shown.exists():
        part = shown.with_suffix(f".{os.getpid()}.part")
        try:
            write(part)
            part.replace(shown)
        finally:
            part.unlink(missing_ok=True)
    return shown


def _looked_at(folder: Path, number: int, preset: str) -> Image.Image:
    table = _existing(folder / table_name(preset)).read_bytes()
    with Image.open(_existing(folder / frame_name(number))) as codes:
        return codes.convert("I").point(list(table.ljust(65536, table[-1:])), "L")


def _write_small(folder: Path, number: int, preset: str, part: Path) -> None:
    if preset:
        small = _looked_at(folder, number, preset)
    else:
        with Image.open(_existing(folder / frame_name(number))) as frame:
            small = frame.convert("RGB")
    small.thumbnail((SMALL_EDGE, SMALL_EDGE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    small.save(part, "JPEG", quality=80)


def _write_codes(folder: Path, number: int, part: Path) -> None:
    with Image.open(_existing(folder / frame_name(number))) as codes:
        low_first = codes.convert("I;16").tobytes()
        size = codes.size
    channels = [Image.frombytes("L", size, low_first[start::2]) for start in (1, 0)]
    Image.merge("RGB", [*channels, Image.new("L", size)]).save(part, "PNG", compress_level=4)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(path.name)
    return path
