"""The player's page: what plays, in which words, where its viewer is, and what they noted."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.library.intervals import percent, reached, within
from courses.library.ladder import planning
from courses.library.models import Caption, Film, FilmPiece, Lesson, Video, Watched, WatchNote
from courses.library.models.bases import in_reader_s
from courses.library.queries.page import lesson_seen
from courses.library.queries.playing import video_to_watch
from courses.library.queries.texts import language_here
from courses.library.states import BY_WATCHING, Language

_WHY = "whether a lesson is watched"
_TAGS = {Language.ENGLISH: "en", Language.CHINESE: "zh-Hans"}


def lesson_and_video(lesson_id: UUID) -> tuple[Lesson, Video]:
    """A lesson that the actor sees, and its video with the film that plays; NotVisible where there is none."""
    lesson = lesson_seen(lesson_id)
    if lesson.video_id is None:
        raise NotVisible
    return lesson, video_to_watch(lesson.video_id)


def is_watched(lesson: Lesson, watched: int, film: int) -> bool:
    """Whether so many ms of a film of so many are what its lesson asks for."""
    return lesson.video_rule in BY_WATCHING and reached(watched, film, lesson.watch_share)


def has_watched(user_id: UUID, lesson: Lesson) -> bool:
    """The same of a person, by what is kept of them."""
    video = lesson.video
    mine = unfiltered(Watched, why=_WHY).filter(user_id=user_id, video=video).first() if video else None
    if video is None or video.current is None or mine is None:
        return False
    return is_watched(lesson, within(mine.spans, video.current.length), video.current.length)


def watch_page(actor: Actor, video: Video) -> dict[str, Any]:
    """Four queries. `video.current` is the film that plays."""
    film: Any = video.current
    mine = Watched.objects.filter(user_id=actor.user_id, video=video).first()
    watched = within(mine.spans if mine else [], film.length)
    position = mine.position if mine else 0
    return {
        "video": video, "film": film, "tracks": tracks(video), "chapters": chapters(video), "notes": notes_of(video),
        "position": 0 if reached(position, film.length, 98) else position, "percent": percent(watched, film.length),
        "has_sound": _has_sound(film), "master": reverse("library:video_master", args=[video.pk]),
    }  # fmt: skip


def tracks(video: Video) -> list[dict[str, Any]]:
    """The captions, the reader's language first."""
    here = language_here()
    found = Caption.objects.filter(video=video).values_list("language", flat=True)
    return [
        {
            "language": each, "tag": _TAGS[Language(each)], "label": Language(each).label,
            "url": reverse("library:video_captions", args=[video.pk, each]),
        }
        for each in sorted(found, key=lambda language: language != here)
    ]  # fmt: skip


def chapters(video: Video) -> list[dict[str, Any]]:
    """`at` in ms, `title` in the reader's language."""
    return [{"at": int(row["at"] * 1000), "title": in_reader_s(row["en"], row["zh"])} for row in video.chapters]


def notes_of(video: Video) -> list[WatchNote]:
    """One's own, in the film's order."""
    return list(WatchNote.objects.filter(video=video).order_by("at", "made_at"))


def _has_sound(film: Film) -> bool:
    """Once it is made; before that it is only ordered."""
    pieces = FilmPiece.objects.filter(film=film).values_list("rungs", "made")
    return planning.SOUND in planning.complete_rungs([(rungs, bool(made)) for rungs, made in pieces])
