"""A studio encoder: ffmpeg, which pushes a film over RTMP as OBS or a box in a classroom does; and nginx before us."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import LazySettings

from consortium.embedded.processes import Child, Program, Rank
from courses.library.ladder.tools import ffmpeg
from courses.live.broadcast.rtmp import NginxRtmp, found
from courses.live.management.commands.encoders import command
from tests.embedded.running import free_port, wait_until
from tests.live.server import WebProcess

NGINX = "courses.live.broadcast.rtmp.NginxRtmp"


@cache
def film(*more: str) -> bytes:
    """Six seconds of H.264 with B-frames and a keyframe each second, and AAC in stereo, as FLV."""
    words = [
        "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:d=6", "-f", "lavfi", "-i", "sine=sample_rate=44100:d=6",
        "-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "25", "-sc_threshold", "0", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-ac", "2", *more, "-f", "flv", "pipe:1",
    ]  # fmt: skip
    return subprocess.run([ffmpeg(), "-nostdin", "-v", "error", *words], check=True, capture_output=True).stdout


class Encoder:
    """One connection, which pushes the film over and over at its own speed until it is refused, cut or ended."""

    def __init__(self, folder: Path, address: str, key: str) -> None:
        source = folder / "film.flv"
        if not source.exists():
            source.write_bytes(film())
        self.process = subprocess.Popen(
            [ffmpeg(), "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(source), "-c", "copy",
             "-f", "flv", f"{address}/{key}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def sends(self) -> bool:
        return self.process.poll() is None

    def is_cut(self, seconds: float = 15) -> bool:
        """Whether its line is ended from the other side."""
        try:
            return self.process.wait(seconds) != 0
        except subprocess.TimeoutExpired:
            return False

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def rtmp(web: WebProcess, settings: LazySettings, tmp_path: Path) -> Iterator[NginxRtmp]:
    """The real nginx, which asks this test's web process."""
    if found() is None:
        pytest.skip("nginx has no RTMP module here: run `apt-get install libnginx-mod-rtmp` as root.")
    settings.RTMP_PORT, settings.LECTURE_ENCODERS = free_port(), NGINX
    settings.RTMP_ADDRESS = f"rtmp://localhost:{settings.RTMP_PORT}/lecture"
    settings.RTMP_CALLS = f"http://127.0.0.1:{web.port}"
    server = NginxRtmp(settings.RTMP_PORT, settings.RTMP_ADDRESS)
    log = tmp_path / "nginx.log"
    child = Child(Program("encoders", command(server, tmp_path / "encoders"), Rank.WORK), log)
    wait_until(server.answers, "nginx")
    yield server
    child.stop()
