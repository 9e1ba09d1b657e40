"""Whether files changed since something was made of them."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Stamp:
    """A file that remembers the names, sizes and times of the sources of the last good run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def unless_fresh(self, sources: Sequence[Path]) -> Iterator[bool]:
        """Yields whether the sources changed; what the block made of them counts as good when it does not raise.

        One process at a time: whoever comes second waits, and finds it fresh.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            now = _fingerprint(sources)
            yield not self.path.exists() or self.path.read_text() != now
            self.path.write_text(now)


def _fingerprint(sources: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(_files(sources)):
        found = path.stat()
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(sources: Sequence[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            yield from (path for path in source.rglob("*") if path.is_file())
        elif source.exists():
            yield source
