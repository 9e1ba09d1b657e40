"""Two short films of the demonstration: slides of the manual's own words, sent and captioned as a trainer does it.

They are made after the site answers: drawing and packing one takes a second or two, preparing it is the worker's.
"""

import subprocess  # nosec B404 - ffmpeg alone
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.demo.operations.settling import World
from consortium.demo.pictures.slides import Slide, drawn
from consortium.demo.story.courses import AUDIENCE, FILMS, Filmed
from consortium.kernel.actors import Actor, acting_as
from courses.library import operations
from courses.library.ladder.captions import Cue
from courses.library.ladder.tools import ffmpeg
from courses.library.models import Video
from courses.library.operations.video_beats import staging
from courses.library.operations.video_changing import set_captions, set_chapters
from courses.library.operations.video_uploading import begin_film, land_film, make_video
from decision_manual.chart.outline import Node, outline
from decision_manual.library import load

#: seconds of a slide, and how many a film has after its title
SLIDE, MOST_SLIDES, MOST_LINES = 6, 4, 3
_CUE = 160


@dataclass(frozen=True)
class Told:
    """One slide with what is said over it, in both languages."""

    slide: Slide
    en: str
    zh: str


def film_all(world: World) -> list[UUID]:
    """Make and send the films that are not there yet; the ids of all of them, in the story's order."""
    trainer = world.actor("trainer")
    with acting_as(trainer):
        there = dict(Video.objects.filter(title_en__in=[told.en for told in FILMS]).values_list("title_en", "pk"))
        return [there.get(told.en) or _sent(trainer, told) for told in FILMS]


def _sent(trainer: Actor, told: Filmed) -> UUID:
    pages = slides_of(told)
    return _kept(trainer, told, pages, packed(pages))


@transaction.atomic
def _kept(trainer: Actor, told: Filmed, pages: list[Told], data: bytes) -> UUID:
    """All of it or nothing: a video without its film would be taken for one that is there."""
    (place,) = trainer.institution_ids()
    video = make_video(actor=trainer, institution_id=place, title_en=told.en, title_zh=told.zh)
    film = begin_film(actor=trainer, video_id=video.pk, size=len(data))
    staging().path(str(film.pk)).write_bytes(data)
    land_film(actor=trainer, film=film)
    chapters = [{"at": at * SLIDE, "en": page.slide.en, "zh": page.slide.zh} for at, page in enumerate(pages)]
    set_chapters(actor=trainer, video_id=video.pk, chapters=chapters)
    for language in ("en", "zh"):
        cues = [Cue(at * SLIDE, (at + 1) * SLIDE, getattr(page, language)[:_CUE]) for at, page in enumerate(pages)]
        set_captions(actor=trainer, video_id=video.pk, language=language, cues=cues)
    return video.pk


def slides_of(told: Filmed) -> list[Told]:
    """The title, then the first branches of the page: what it is, and what is done."""
    pathway = load().pathways[told.pathway]
    rows = {
        code: [row for table in outline(pathway, code).inside for row in table.inside][:MOST_SLIDES]
        for code in ("en", "zh")
    }
    title = Told(Slide("", told.zh, told.en, [told.about_zh], [told.about_en]), told.about_en, told.about_zh)
    return [title, *(_branch(en, zh) for en, zh in zip(rows["en"], rows["zh"], strict=True))]


def _branch(en: Node, zh: Node) -> Told:
    leaf, done_en, done_zh = en.inside[0], _done(en), _done(zh)
    slide = Slide(leaf.severity, zh.inside[0].text, leaf.text, done_zh, done_en)
    said = "{}: {}".format(leaf.text, "; ".join(done_en) or en.text)
    return Told(slide, said, "{}：{}".format(zh.inside[0].text, "；".join(done_zh) or zh.text))


def _done(question: Node) -> list[str]:
    leaf = question.inside[0]
    return [line for node in leaf.inside if node.kind == "action" for line in node.text.splitlines()][:MOST_LINES]


def packed(pages: list[Told]) -> bytes:
    """The slides one after the other as MP4 (H.264, AAC), each with a soft tone as it comes up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, page in enumerate(pages):
            drawn(page.slide).save(folder / f"{number:02}.png")
        seconds = SLIDE * len(pages)
        tone = f"aevalsrc=0.1*sin(523*2*PI*t)*exp(-3*mod(t\\,{SLIDE})):d={seconds}"
        words = [
            "-framerate", f"1/{SLIDE}", "-i", str(folder / "%02d.png"), "-f", "lavfi", "-i", tone, "-t", str(seconds),
            "-r", "10", "-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage", "-g", "40",
            "-pix_fmt", "yuv420p", "-bf", "0", "-c:a", "aac", "-b:a", "64k", str(folder / "film.mp4"),
        ]  # fmt: skip
        subprocess.run([ffmpeg(), "-nostdin", "-v", "error", *words], check=True, timeout=50)  # nosec B603
        return (folder / "film.mp4").read_bytes()


def show_films(world: World, video_ids: list[UUID]) -> bool:
    """Publish the course that shows them, once all can be watched; whether it stands."""
    trainer = world.actor("trainer")
    with acting_as(trainer):
        videos = {video.pk: video for video in Video.objects.filter(pk__in=video_ids).exclude(current=None)}
        if len(videos) < len(video_ids):
            return False
        if not any(video.lessons.exists() for video in videos.values()):
            _course(trainer, [videos[pk] for pk in video_ids])
    return True


_COURSE: dict[str, Any] = {"title_en": "Watch first: half a minute each", "title_zh": "先看视频：每段半分钟"}


def _course(trainer: Actor, videos: list[Video]) -> None:
    (place,) = trainer.institution_ids()
    version, _fresh = operations.make_course(actor=trainer, institution_id=place, **_COURSE)
    operations.edit_version(
        actor=trainer, version_id=version.pk, fields={**_COURSE, **AUDIENCE, "hours": Decimal("0.5")},
        texts={"en": {"summary": "What the manual says, as slides with captions."},
               "zh": {"summary": "把手册内容做成带字幕的幻灯片。"}},
    )  # fmt: skip
    chapter = operations.add_chapter(actor=trainer, version_id=version.pk, **_COURSE)
    for told, video in zip(FILMS, videos, strict=True):
        fields: dict[str, Any] = {"title_en": told.en, "title_zh": told.zh, "minutes": 1, "video_id": video.pk,
                                  "manual": [(told.pathway, "")]}  # fmt: skip
        operations.add_lesson(actor=trainer, chapter_id=chapter.pk, kind="video", fields=fields)
    operations.publish_course(actor=trainer, version_id=version.pk)
