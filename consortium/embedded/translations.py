"""Compile the message files with Babel when they are stale: a bare machine has no gettext tools."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_stale(folders: list[Path]) -> list[Path]:
    """The ``.mo`` files written, of every ``.po`` under ``folders`` that changed after its ``.mo``."""
    written = []
    for source in sorted(po for folder in folders for po in folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            _compile(source, target)
            written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as stream:
        catalog = read_po(stream, locale=source.parts[-3], domain=source.stem)
    fresh = target.with_suffix(f".mo.{os.getpid()}")  # several may begin at once in a fresh clone
    with fresh.open("wb") as stream:
        write_mo(stream, catalog)
    fresh.replace(target)
