"""What a player fetches of a film: playlists written anew for each session, captions, stills; and what was fetched."""

from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.sealing import derive
from courses.library.ladder import planning, playlists, signing
from courses.library.ladder.fragments import Segment
from courses.library.models import Caption, Film, FilmPiece, Video
from courses.library.queries.videos import video_for
from courses.library.states import FILM_PLAYS, Language
from courses.library.streaming.endpoint import PREFIX

_NAMES = {Language.ENGLISH: ("en", "English"), Language.CHINESE: ("zh-Hans", "中文")}


def media_key() -> bytes:
    """What addresses of media are signed with."""
    return derive(settings.SEALING_KEY, "media")


def video_to_watch(video_id: UUID) -> Video:
    """A video that the actor sees, with a film that plays; NotVisible where there is none."""
    video = video_for(video_id)
    if video.current is None:
        raise NotVisible
    return video


def film_to_watch(video_id: UUID, number: int) -> Film:
    """One generation: who began to watch an older one goes on with it."""
    video = video_to_watch(video_id)
    film: Film | None = Film.objects.filter(video=video, number=number, step__in=FILM_PLAYS).first()
    if film is None or not film.folder.is_dir():
        raise NotVisible
    film.video = video
    return film


def master_playlist(video: Video) -> str:
    """Every whole rung of the film that plays, the sound alone, and the captions."""
    film: Any = video.current
    made = _made(film)
    rungs = [_rung(name, pieces) for name, pieces in made.items() if name != planning.SOUND]
    sound = _rung(planning.SOUND, made[planning.SOUND]) if planning.SOUND in made else None
    return playlists.master(rungs, sound, _words(video, film), lambda name: _address("video_rung", film, name))


def _address(route: str, film: Film, name: str) -> str:
    return reverse(f"library:{route}", args=[film.video_id, film.number, name])


def _words(video: Video, film: Film) -> list[playlists.Words]:
    languages = Caption.objects.filter(video=video).order_by("language").values_list("language", flat=True)
    return [playlists.Words(*_NAMES[Language(each)], _address("video_words", film, each)) for each in languages]


def rung_playlist(actor: Actor, film: Film, rung: str, session: str) -> str:
    """A rung's segments at addresses that only this session can use, and not for long."""
    made = _made(film)
    if rung not in made:
        raise NotVisible
    until = int(clock.now().timestamp()) + settings.MEDIA_TOKEN_SECONDS
    token = signing.token(media_key(), signing.Grant(film.pk, actor.user_id, until), session)
    folder = f"{PREFIX}{token}/{film.pk}"
    return playlists.media([(f"{folder}/{name}/{rung}/", segments) for name, segments, _about in made[rung]])


_Pieces = list[tuple[str, list[Segment], dict[str, Any]]]


def _made(film: Film) -> dict[str, _Pieces]:
    """Of each whole rung: name of the folder, segments and what is known of every piece, in the film's order."""
    rows = list(FilmPiece.objects.filter(film=film).order_by("begin", "place"))
    whole = planning.complete_rungs([(row.rungs, bool(row.made)) for row in rows])
    found: dict[str, _Pieces] = defaultdict(list)
    for row in rows:
        for rung in row.rungs:
            if rung in whole:
                about = row.made[rung]
                found[rung].append((row.name, [Segment(*each) for each in about["segments"]], about))
    return found


def _rung(name: str, pieces: _Pieces) -> playlists.Rung:
    about = pieces[0][2]
    segments = [each for _folder, some, _about in pieces for each in some]
    return playlists.rung_of(name, about["codec"], (about["width"], about["height"]), segments)


def words_playlist(film: Film, language: str) -> str:
    caption_of(film.video, language)
    return playlists.words(reverse("library:video_captions", args=[film.video_id, language]), film.seconds)


def caption_of(video: Video, language: str) -> Caption:
    found: Caption | None = Caption.objects.filter(video=video, language=language).first()
    if found is None:
        raise NotVisible
    return found


# -- stills -----------------------------------------------------------------------------------------------------------


def still_path(film: Film, name: str) -> Path:
    """`poster.jpg` or `board-001.jpg`; NotVisible when it is not made (yet)."""
    path = film.folder / f"{planning.STILLS}-0" / name
    if not path.is_file():
        raise NotVisible
    return path


def storyboard(film: Film) -> str:
    """Which picture shows which seconds; empty of cues while the sheets are not made."""

    def sheet(number: int) -> str:
        return _address("video_still", film, f"board-{number:03}")

    still_path(film, "board-001.jpg")
    return playlists.storyboard(film.seconds, sheet)
