"""The beats of every act on a video or its film: lock, check, save, journal, bell."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from consortium.files.tus.staging import Staging
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.errors import NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.queue import ask_worker
from courses.library.models import Film, Video
from courses.library.models.video import film_uploads_root

_STALE_AFTER = 600


def staging() -> Staging:
    """Films as they are sent."""
    return Staging(film_uploads_root())


def locked_video(video_id: UUID) -> Video:
    """The video, locked; NotVisible when the actor may not see it."""
    found: Video | None = Video.objects.select_for_update(of=("self",)).filter(pk=video_id).first()
    if found is None:
        raise NotVisible
    return found


def locked_film(film_id: UUID) -> Film:
    """The film with its video, both locked, the video first; NotVisible when the actor may not see it."""
    known = Film.objects.filter(pk=film_id).values_list("video_id", flat=True).first()
    if known is None:
        raise NotVisible
    video = locked_video(known)
    film: Film = Film.objects.select_for_update(of=("self",)).get(pk=film_id)
    film.video = video
    return film


def note(actor: Actor, video: Video, verb: str, facts: Mapping[str, Any], event: DomainEvent | None = None) -> None:
    """One entry in the video's chain."""
    record(actor=actor, verb=verb, subject=video, institution_id=video.institution_id, facts=facts, event=event)


def save(film: Film) -> None:
    """What the database refuses is told plainly."""
    with database_rules(), transaction.atomic():
        film.save()


def ring(video_id: UUID) -> None:
    """Its page shows something else now."""
    Video.objects.filter(pk=video_id).update(seq=F("seq") + 1)
    seq = Video.objects.filter(pk=video_id).values_list("seq", flat=True).first()
    ring_on_commit(f"video:{video_id}", seq or 0)


def ask_on_commit(task: str, film_id: UUID, times: int = 1) -> None:
    """After this transaction a worker is asked; the sweeper finds what was not heard."""
    for _each in range(times):
        transaction.on_commit(lambda: ask(task, film_id), robust=True)


def ask(task: str, film_id: UUID) -> None:
    """Ask now."""
    ask_worker(task, str(film_id), expires=_STALE_AFTER)
