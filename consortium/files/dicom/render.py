"""One frame under one window preset, from what the sandbox wrote. Pillow only: cheap enough for a page's request."""

import os
import re
from pathlib import Path
from typing import Final

from PIL import Image

from .names import frame_name, table_name

_PRESET: Final = re.compile(r"^[a-z]{1,12}$")


def render(folder: Path, number: int, preset: str) -> Path:
    """The PNG of frame `number` (from 1) under `preset` ("" for colour), made once and kept beside the frames.

    FileNotFoundError for a frame or preset that the file does not have.
    """
    frame = folder / frame_name(number)
    if not preset:
        return _existing(frame)
    if not _PRESET.match(preset):
        raise FileNotFoundError(preset)
    shown = folder / f"shown-{preset}-{number:05d}.png"
    if not shown.exists():
        table = (folder / table_name(preset)).read_bytes()
        _write(frame, table, shown)
    return shown


def _write(frame: Path, table: bytes, shown: Path) -> None:
    with Image.open(_existing(frame)) as codes:
        grey = codes.convert("I").point(list(table.ljust(65536, table[-1:])), "L")
        part = shown.with_suffix(f".{os.getpid()}.part")
        grey.save(part, "PNG", compress_level=6)
    part.replace(shown)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(path.name)
    return path
