"""A lecture that has ended becomes a video of the library that plays at once; gone on with, it gets the next film."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from courses.library.ladder import planning
from courses.library.ladder.fragments import size_in
from courses.library.ladder.probing import Probed
from courses.library.models import Video
from courses.library.operations.video_adopting import Adopted, adopt_film
from courses.library.operations.video_destroying import destroy_films
from courses.library.operations.video_uploading import make_video
from courses.live.broadcast.following import Feed
from courses.live.broadcast.keeping import VIDEO
from courses.live.broadcast.recording import SOUND, Span, recorded, rung_name, spans
from courses.live.events.afterwards import RecordingKept
from courses.live.models import Broadcast, Lecture
from courses.live.models.broadcasts import broadcasts_root
from courses.live.operations.broadcasting import clear_stage, remove_what_was_sent
from courses.live.operations.captioning import keep_captions
from courses.live.states.lectures import LectureStep

#: no film is made for so long; and what the folder of one that is being made is called
LEFT_OVER: Final = timedelta(days=1)
_MAKING: Final = "recording-"


def keep_recording(*, actor: Actor, lecture_id: UUID) -> Video | None:
    """Make the film of all that was sent; None while the lecture runs (again), where nothing was sent, and once its
    case may be taught no more.

    May run twice, at once too: what is no longer than the film that is there already is not made anew. Gigabytes may be
    copied: nothing is locked meanwhile, and afterwards is looked at again whether it is still wanted.
    """
    lecture = _of_ended(lecture_id).select_related("recording__current").first()
    stage = Broadcast.objects.filter(lecture_id=lecture_id).first()
    if lecture is None or stage is None:
        return None
    feed = Feed(stage.folder)
    feed.look()
    line = spans(feed.shown)
    if not line or _is_kept(lecture.recording, line):
        return lecture.recording if line else None
    broadcasts_root().mkdir(parents=True, exist_ok=True)
    _remove_left_over(broadcasts_root().parent)
    with TemporaryDirectory(prefix=_MAKING, dir=broadcasts_root().parent) as folder:
        return _adopted(actor, lecture_id, line, Path(folder), _made(line, Path(folder)))


def _remove_left_over(beside: Path) -> None:
    """Films that a worker was making when it was killed: whoever took its place began anew."""
    old = (clock.now() - LEFT_OVER).timestamp()
    for folder in beside.glob(f"{_MAKING}*"):
        with suppress(FileNotFoundError):  # it may be another's that has just ended
            if folder.stat().st_mtime < old:
                shutil.rmtree(folder, ignore_errors=True)


def _of_ended(lecture_id: UUID) -> Any:
    return Lecture.objects.teachable().filter(pk=lecture_id, step=LectureStep.ENDED)


def _is_kept(video: Video | None, line: Sequence[Span]) -> bool:
    return video is not None and video.current is not None and video.current.length >= line[-1].end


@transaction.atomic
def _adopted(
    actor: Actor, lecture_id: UUID, line: Sequence[Span], made: Path, pieces: Sequence[Adopted]
) -> Video | None:
    lecture = _of_ended(lecture_id).select_for_update(of=("self",)).first()
    if lecture is None:
        return None
    video = lecture.recording or _video(actor, lecture)
    if not _is_kept(video, line):

        def fill(folder: Path) -> Sequence[Adopted]:
            folder.mkdir(parents=True, mode=0o700)
            for each in made.iterdir():
                each.rename(folder / each.name)
            return pieces

        adopt_film(actor=actor, video_id=video.pk, about=_about(line), size=_size(line), fill=fill)
        lecture.recording_line = [[span.begin, span.end, span.began] for span in line]
        lecture.save(update_fields=["recording_line"])
        keep_captions(actor=actor, lecture=lecture)
        record(
            actor=actor, verb="keep_recording", subject=lecture, institution_id=lecture.institution_id,
            facts={"video": str(video.pk), "seconds": round(line[-1].end / 1000)}, event=RecordingKept(lecture.pk),
        )  # fmt: skip
    return Video.objects.select_related("current").get(pk=video.pk)


@transaction.atomic
def take_down_lecture_media(*, actor: Actor, lecture_id: UUID) -> bool:
    """The lecture's case may be taught no more: its stream ends, and what was sent and its recording are destroyed with
    the commit. For the system alone. Whether there was anything; done again, only what is left goes."""
    if not actor.is_system:
        raise NotPermitted
    lecture = Lecture.objects.select_for_update(of=("self",)).filter(pk=lecture_id).first()
    if lecture is None:
        return False
    stage = clear_stage(lecture_id)
    found = stage is not None and stage.folder.is_dir()
    if stage is not None:
        remove_what_was_sent(stage)
    if lecture.recording_id is not None:
        found = destroy_films(actor=actor, video_id=lecture.recording_id) or found
    if found:
        record(actor=actor, verb="take_down_media", subject=lecture, institution_id=lecture.institution_id, facts={})
    return found


def _video(actor: Actor, lecture: Lecture) -> Video:
    video = make_video(
        actor=actor, institution_id=lecture.institution_id, title_en=lecture.title_en, title_zh=lecture.title_zh,
        shows_patient=True,
    )  # fmt: skip
    lecture.recording = video
    lecture.save(update_fields=["recording"])
    return video


def _about(line: Sequence[Span]) -> Probed:
    rung = line[0].run.rungs[VIDEO]
    width, height = size_in(rung.bytes_of(0, rung.head_length))
    seconds = line[-1].end / 1000
    kbits = round(_size(line) * 8 / seconds / 1000)
    return Probed("mov", seconds, width, height, "h264", "yuv420p", 25.0, kbits, True, (), True)


def _size(line: Sequence[Span]) -> int:
    return sum(part.length for span in line for rung in span.run.rungs.values() for part in rung.parts)


def _made(line: Sequence[Span], folder: Path) -> list[Adopted]:
    """Each run is a piece of pictures and a piece of sound."""
    first = line[0].run.rungs[VIDEO]
    pictures = rung_name(size_in(first.bytes_of(0, first.head_length))[1])
    made = []
    for number, span in enumerate(line):
        for profile, name, rung in ((planning.SOUND, SOUND, planning.SOUND), ("copy", VIDEO, pictures)):
            own = folder / f"{profile}-{number}" / rung
            own.mkdir(parents=True, mode=0o700)
            about = {rung: recorded(span, name, own)}
            made.append(Adopted(profile, number, span.begin / 1000, span.end / 1000, about))
    return made
