"""Bytes of unfinished uploads, one file each. The length of the file is the offset: there is no second truth.

A kill at any instant keeps what was written; a full disk keeps what fitted; two writers exclude each other by a lock
that the operating system drops with the process.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Final

from .protocol import CHECKSUM_MISMATCH, Checksum, TusRefusal

_CHUNK: Final = 1 << 20
_RESERVE: Final = 1 << 20
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_ID: Final = re.compile(r"^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$")


class Staging:
    """The folder of unfinished uploads; `upload_id` is always a UUID, so that no name a person chose becomes a path."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, upload_id: str) -> Path:
        """Where the bytes of an upload lie (ValueError for anything but a UUID)."""
        if not _ID.match(upload_id):
            raise ValueError(upload_id)
        return self.root / upload_id[:2] / f"{upload_id}.part"

    def create(self, upload_id: str, length: int) -> Path:
        """An empty file for `length` bytes to come; 507 when the disk cannot hold them."""
        path = self.path(upload_id)
        with full_disk_is_507():
            path.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(path.parent).free < length + min(length, _RESERVE):
                raise TusRefusal(507, "The disk of the server is too full for this file.")
            path.touch(mode=0o600, exist_ok=False)
        return path

    def offset(self, upload_id: str) -> int:
        """How many bytes are kept (410 when the file is gone)."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError as error:
            raise TusRefusal(410, "This upload is no longer kept. Start it again.") from error

    def remove(self, upload_id: str) -> None:
        """Forget the bytes; no error when they are gone already."""
        self.path(upload_id).unlink(missing_ok=True)

    def patch(self, upload_id: str, *, offset: int, length: int, checksum: Checksum | None = None) -> "Patch":
        """Hold the file for one PATCH. 423 while another writes, 409 at another offset, 410 when it is gone.

        The caller writes, then calls `close` (or `release`, when the connection broke).
        """
        try:
            file = FileIO(self.path(upload_id), "r+")
        except FileNotFoundError as error:
            raise TusRefusal(410, "This upload is no longer kept. Start it again.") from error
        try:
            return Patch(_locked(file), offset=offset, length=length, checksum=checksum)
        except TusRefusal:
            file.close()
            raise


class Patch:
    """One PATCH being written. Bytes reach the disk as they come."""

    def __init__(self, file: FileIO, *, offset: int, length: int, checksum: Checksum | None) -> None:
        self._file = file
        self._start = file.seek(0, os.SEEK_END)
        self._room = length - self._start
        self._checksum = checksum
        self._digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        if offset != self._start:
            raise TusRefusal(409, f"The upload stands at {self._start}, not at {offset}.")

    def write(self, data: bytes) -> None:
        """Append; 413 beyond the declared length and 507 on a full disk: what fits is kept."""
        fitting = data[: self._room]
        with full_disk_is_507():
            self._write_all(memoryview(fitting))
        self._room -= len(fitting)
        if self._digest:
            self._digest.update(fitting)
        if len(fitting) < len(data):
            raise TusRefusal(413, "More bytes came than Upload-Length declared.")

    def _write_all(self, rest: memoryview) -> None:
        # Unbuffered, so that a full disk keeps exactly what it took and nothing waits in memory to fail at close.
        while rest:
            rest = rest[self._file.write(rest) or 0 :]

    def close(self) -> None:
        """Flush to the disk and let go; 460, and the bytes taken back, when they do not match the checksum."""
        try:
            if not self._take_back_unless_whole():
                raise TusRefusal(CHECKSUM_MISMATCH, "The bytes changed on the way. Send this part again.")
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def release(self) -> None:
        """Let go after a broken connection or a full disk: what came stays, unless a checksum cannot vouch for it."""
        if not self._file.closed:
            self._take_back_unless_whole()
            self._file.close()

    def _take_back_unless_whole(self) -> bool:
        whole = not self._checksum or not self._digest or self._digest.digest() == self._checksum.digest
        if not whole:
            self._file.truncate(self._start)
        return whole


def _locked(file: FileIO) -> FileIO:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise TusRefusal(423, "Another connection is sending this file. Try again in a moment.") from error
    return file


@contextmanager
def full_disk_is_507() -> Iterator[None]:
    """Turn a full disk or an exhausted quota into the refusal the protocol knows."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise TusRefusal(507, "The disk of the server is full. What was sent is kept; try again later.") from error


def digest_of(path: Path) -> str:
    """The sha256 of a file, in hex, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
