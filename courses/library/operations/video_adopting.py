"""A film that somebody else has made: whole, in this library's shape, and therefore ready at once."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.policies import require
from courses.library.events import VideoPlayable, VideoReady
from courses.library.ladder.probing import Probed
from courses.library.models import Film, FilmPiece, Video
from courses.library.operations.video_beats import locked_video, note, ring, save
from courses.library.operations.video_uploading import KEPT_FOR
from courses.library.policies import may_make_film
from courses.library.states import FILM


@dataclass(frozen=True)
class Adopted:
    """A piece as it lies in the film's folder, in `<profile>-<number>/<rung>`; `made` as in `FilmPiece`."""

    profile: str
    number: int
    begin: float
    end: float
    made: dict[str, Any]


@transaction.atomic
def adopt_film(
    *, actor: Actor, video_id: UUID, about: Probed, size: int, fill: Callable[[Path], Sequence[Adopted]]
) -> Film:
    """The video's next film, which plays from now on. `fill` writes its pieces into the folder it is given."""
    video = locked_video(video_id)
    last = Film.objects.filter(video=video).aggregate(last=Max("number"))["last"] or 0
    now = clock.now()
    film = Film(
        video=video, number=last + 1, size=size, about=about.as_json(), length=round(about.seconds * 1000),
        created_by_id=actor.author_id, created_at=now, expires_at=now + KEPT_FOR,
    )  # fmt: skip
    require(may_make_film(actor, film))
    save(film)
    try:
        pieces = fill(film.folder)
        _play(actor, video, film, pieces)
    except BaseException:
        shutil.rmtree(film.folder, ignore_errors=True)
        raise
    return film


def _play(actor: Actor, video: Video, film: Film, pieces: Sequence[Adopted]) -> None:
    FilmPiece.objects.bulk_create(_piece(film, place, each) for place, each in enumerate(pieces))
    _through(actor, film)
    video.current = film
    video.save(update_fields=["current"])
    facts = {"film": str(film.pk), "number": film.number}
    note(actor, video, "play_film", facts, VideoPlayable(video.pk, film.pk))
    note(actor, video, "finish_film", facts, VideoReady(video.pk, film.pk))
    ring(video.pk)


def _piece(film: Film, place: int, each: Adopted) -> FilmPiece:
    return FilmPiece(
        film=film, place=place, profile=each.profile, number=each.number, begin=each.begin, end=each.end,
        rungs=list(each.made), weight=0, share=1, made=each.made, done_at=clock.now(),
    )  # fmt: skip


def _through(actor: Actor, film: Film) -> None:
    """Every step of a film, for the database knows no short cut."""
    film.received_at = film.begun_at = film.playable_at = film.decided_at = clock.now()
    for verb in ("land", "probe", "transcode", "play", "finish"):
        FILM.take(verb, actor, film)
        save(film)
