"""What a trainer does with a video: cancel, try again, its words, captions and chapters."""

import shutil
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from courses.library.ladder import captions
from courses.library.models import Caption, Film, FilmPiece, Video
from courses.library.operations.video_beats import ask_on_commit, locked_film, locked_video, note, ring, save, staging
from courses.library.operations.video_uploading import KEPT_FOR
from courses.library.policies import may_change_video
from courses.library.states import FILM, FilmStep, Language

MOST_CHAPTERS, CHAPTER_LENGTH = 200, 120


@transaction.atomic
def cancel_film(*, actor: Actor, film_id: UUID) -> Film:
    """Stop it: what was made goes, what was sent is kept for another try. Cancelled already: nothing happens."""
    film = locked_film(film_id)
    if film.step == FilmStep.CANCELLED:
        return film
    unfinished = film.step == FilmStep.UPLOADING
    FILM.take("cancel", actor, film)
    film.decided_at, film.expires_at, film.waits_for_room = clock.now(), clock.now() + KEPT_FOR, False
    save(film)
    FilmPiece.objects.filter(film=film).delete()
    note(actor, film.video, "cancel_film", {"film": str(film.pk)})
    ring(film.video_id)
    transaction.on_commit(lambda: _remove(film, unfinished), robust=True)
    return film


def _remove(film: Film, unfinished: bool) -> None:
    shutil.rmtree(film.folder, ignore_errors=True)
    if unfinished:
        staging().remove(str(film.pk))


@transaction.atomic
def retry_film(*, actor: Actor, film_id: UUID) -> Film:
    """Once more from the look on; pieces that are made stay made."""
    film = locked_film(film_id)
    FILM.take("retry", actor, film)
    film.fault = film.note = ""
    film.alive_at = film.decided_at = None
    film.attempts = 0
    save(film)
    FilmPiece.objects.filter(film=film, done_at=None).update(attempts=0, alive_at=None, claim=None)
    note(actor, film.video, "retry_film", {"film": str(film.pk)})
    ring(film.video_id)
    ask_on_commit("video.probe", film.pk)
    return film


@transaction.atomic
def change_video(
    *,
    actor: Actor,
    video_id: UUID,
    title_en: str,
    title_zh: str,
    shows_patient: bool,
    version: int | None = None,
) -> Video:
    """Its titles, and whether the viewer's name stands over the picture."""
    video = _held(actor, video_id, version)
    video.title_en, video.title_zh, video.shows_patient = title_en.strip(), title_zh.strip(), shows_patient
    return _kept(actor, video, "change_video", {"shows_patient": shows_patient})


@transaction.atomic
def set_chapters(
    *, actor: Actor, video_id: UUID, chapters: Sequence[Mapping[str, Any]], version: int | None = None
) -> Video:
    """`chapters`: {"at": seconds, "en", "zh"}, one language at least; put in order. InvalidInput("chapters")."""
    video = _held(actor, video_id, version)
    video.chapters = _chapters(chapters, video.current.seconds if video.current else 0)
    return _kept(actor, video, "set_chapters", {"chapters": len(video.chapters)})


def _chapters(given: Sequence[Mapping[str, Any]], length: float) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"at": round(float(each["at"]), 1), **_names(each)} for each in given]
    if len(rows) > MOST_CHAPTERS:
        raise InvalidInput({"chapters": _("These are too many chapters.")})
    if any(not row["en"] and not row["zh"] for row in rows):
        raise InvalidInput({"chapters": _("Give each chapter a name.")})
    if any(len(row[name]) > CHAPTER_LENGTH for row in rows for name in ("en", "zh")):
        raise InvalidInput({"chapters": _("The name of a chapter is too long.")})
    if any(row["at"] < 0 or (length and row["at"] >= length) for row in rows):
        raise InvalidInput({"chapters": _("A chapter begins before the video ends.")})
    if len({row["at"] for row in rows}) < len(rows):
        raise InvalidInput({"chapters": _("Two chapters begin at the same moment.")})
    return sorted(rows, key=lambda row: float(row["at"]))


def _names(each: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(each.get(name, "")).strip() for name in ("en", "zh")}


@transaction.atomic
def set_captions(
    *, actor: Actor, video_id: UUID, language: str, cues: Sequence[captions.Cue], version: int | None = None
) -> Caption:
    """Captions in one language, as they are from now on; InvalidInput("captions") names the line that is wrong.

    `version`: the captions' own that the editor showed; None for the first ones, and for a file that replaces all.
    """
    video = _held(actor, video_id, None)
    if language not in Language.values:
        raise InvalidInput({"language": _("Choose English or Chinese.")})
    judged = _judged(cues, video.current.seconds if video.current else 0)
    row = Caption.objects.select_for_update(of=("self",)).filter(video=video, language=language).first()
    if row is None:
        row = Caption(video=video, language=language, version=0)
    else:
        check_version(row, version)
    row.text, row.changed_at, row.version = captions.written(judged), clock.now(), row.version + 1
    with database_rules(), transaction.atomic():
        row.save()
    note(actor, video, "set_captions", {"language": language, "lines": len(judged)})
    ring(video.pk)
    return row


def read_captions(data: bytes) -> list[captions.Cue]:
    """A WebVTT or SRT file as cues; InvalidInput("captions") for what is none."""
    try:
        return captions.read(data)
    except captions.CueFault as fault:
        raise InvalidInput({"captions": said(fault)}) from fault


def _judged(cues: Sequence[captions.Cue], length: float) -> list[captions.Cue]:
    try:
        return captions.judged(cues, length)
    except captions.CueFault as fault:
        raise InvalidInput({"captions": said(fault)}) from fault


def said(fault: captions.CueFault) -> str:
    """What is wrong with captions, in words."""
    words = {
        "not-captions": _("This is not a file of captions. Send WebVTT or SRT."),
        "too-large": _("This file of captions is too large."),
        "none": _("There is no line of captions in it."),
        "too-many": _("These are too many lines of captions."),
        "time": _("A time is written as 0:01:02.5."),
        "empty": _("Line %(number)d has no words.") % {"number": fault.number},
        "too-wordy": _("Line %(number)d is too long: cut it in two.") % {"number": fault.number},
        "backwards": _("Line %(number)d ends before it begins.") % {"number": fault.number},
        "outside": _("Line %(number)d begins after the video has ended.") % {"number": fault.number},
    }
    return words[fault.code]


@transaction.atomic
def remove_captions(*, actor: Actor, video_id: UUID, language: str) -> None:
    """Gone already: nothing happens."""
    video = _held(actor, video_id, None)
    if Caption.objects.filter(video=video, language=language).delete()[0]:
        note(actor, video, "remove_captions", {"language": language})
        ring(video.pk)


def _held(actor: Actor, video_id: UUID, version: int | None) -> Video:
    video = locked_video(video_id)
    require(may_change_video(actor, video))
    check_version(video, version)
    return video


def _kept(actor: Actor, video: Video, verb: str, facts: Mapping[str, Any]) -> Video:
    video.version += 1
    with database_rules(), transaction.atomic():
        video.save()
    note(actor, video, verb, facts)
    ring(video.pk)
    return video
