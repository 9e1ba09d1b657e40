"""Where the embedded servers keep their data and where they listen; nothing here starts or imports anything heavy."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "consortium"
DATABASE_USER = "consortium"


class Misplaced(RuntimeError):
    """A directory that the embedded servers need cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """One state directory and everything derived from it.

    Unix socket paths may have 107 bytes at most, so the sockets live in a short directory under /tmp whose name is a
    digest of the state directory and the user: every process of one stack finds it without being told.
    """

    state: Path

    @classmethod
    def of(cls, state_dir: str | os.PathLike[str] | None = None) -> Place:
        """The place for ``state_dir``, else for ``$STATE_DIR``, else for ``.state`` in the repository."""
        return cls(Path(state_dir or os.environ.get("STATE_DIR") or ROOT / ".state").expanduser().absolute())

    @property
    def sockets(self) -> Path:
        digest = hashlib.sha256(f"{os.getuid()}:{self.state.resolve()}".encode()).hexdigest()[:12]
        return Path("/tmp") / f"consortium-{digest}"

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "pg"

    @property
    def postgres_data(self) -> Path:
        return self.state / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.state / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def database_url(self) -> str:
        return f"postgresql://{DATABASE_USER}@/{DATABASE}?host={quote(str(self.postgres_sockets))}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}?db=0"

    def make(self) -> None:
        """Create the directories. The state directory can be passed (by the user PostgreSQL runs as), not read."""
        self.state.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        make_private(self.sockets)


def make_private(folder: Path) -> None:
    """Create ``folder`` in a world-writable parent; refuse one that another user made or can write to."""
    try:
        folder.mkdir(mode=0o711)
    except FileExistsError:
        found = folder.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if not ours or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise Misplaced(f"{folder} belongs to somebody else: remove it or set another STATE_DIR") from None
