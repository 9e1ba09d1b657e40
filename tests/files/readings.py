"""The same bytes are read once: what the sandboxed reader made of a file is given again to every later test.

A reader is a process of its own that takes half a second to start, and most tests are about what comes after it. Those
about the reader itself (tests/files/test_sandbox.py) start it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from consortium.files.sandbox import parent

_Key = tuple[Any, ...]
_kept: dict[_Key, tuple[Any, list[dict[str, bytes]]]] = {}
_start = parent._run


def _key(name: str, pairs: Sequence[tuple[Path, Path]], memory: int, seconds: int, said: bytes) -> _Key:
    return (name, memory, seconds, said, *(hashlib.sha256(source.read_bytes()).digest() for source, _to in pairs))


def run(name: str, pairs: Any, memory: int, seconds: int, said: bytes = b"") -> Any:
    """As `parent._run`, for files that go into folders of their own which are still empty."""
    if name != "child" or any(not folder.is_dir() or any(folder.iterdir()) for _source, folder in pairs):
        return _start(name, pairs, memory, seconds, said)
    key = _key(name, pairs, memory, seconds, said)
    if key not in _kept:
        ended = _start(name, pairs, memory, seconds, said)
        if ended.code or len(ended.told) != len(pairs) or any("errno" in told for told in ended.told):
            return ended
        _kept[key] = ended, [{p.name: p.read_bytes() for p in folder.iterdir()} for _source, folder in pairs]
        return ended
    ended, made = _kept[key]
    for (_source, folder), files in zip(pairs, made, strict=True):
        for file_name, data in files.items():
            (folder / file_name).write_bytes(data)
    return ended
