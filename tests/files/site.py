"""The web process as it runs for people, in a process of its own on the test's database, so that it may be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _database_url() -> str:
    about = connection.settings_dict
    name, user, host = (quote(str(about[key]), safe="") for key in ("NAME", "USER", "HOST"))
    return (
        f"postgresql://{user}:{quote(str(about['PASSWORD']), safe='')}@/{name}?host={host}&port={about['PORT'] or 5432}"
    )


class Site:
    """One uvicorn; `kill` is SIGKILL, `start` brings it back at the same address."""

    def __init__(self, media: Path) -> None:
        media.mkdir(parents=True, exist_ok=True)
        self.media = media
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = media.with_name("site.log")
        self.environ = {
            **os.environ,
            "MODE": "test",
            "DATABASE_URL": _database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "REDIS_PREFIX": settings.REDIS_PREFIX,
            "SECRET_KEY": settings.SECRET_KEY,
            "SEALING_KEY": settings.SEALING_KEY,
            "MEDIA_ROOT": str(media),
            "ALLOWED_HOSTS": "localhost",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or leave running."""
        if self.process is not None and self.process.poll() is None:
            return
        command = [
            sys.executable, "-m", "uvicorn", "consortium.asgi:application", "--port", str(self.port), "--host",
            "127.0.0.1", "--ws", "websockets-sansio", "--log-level", "warning",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=5).read()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise AssertionError(f"the web process did not answer: {self.log.read_text()}")

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Go on when `done` is true; fail by name when it never is."""
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, what
        time.sleep(0.02)
