"""What was lost between two steps is found again; what no row needs is cleared from the disk."""

import shutil
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from consortium.files.operations.uploading import UploadGone
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from courses.library.models import Film, FilmPiece, SegmentServed
from courses.library.models.video import film_uploads_root, films_root
from courses.library.operations.video_beats import ask, staging
from courses.library.operations.video_making import PIECE_LOST_AFTER, PROBE_LOST_AFTER
from courses.library.operations.video_uploading import land_film
from courses.library.states import FILM_GOING, FILM_PLAYS, FilmStep

_BATCH = 100
#: bytes without a row are left alone this long: their transaction may still be running
ORPHAN_AGE = timedelta(hours=1)
#: who was watching when a film was replaced goes on with it
REPLACED_KEPT = timedelta(days=1)
#: progress has been counted long before
FETCHES_KEPT = timedelta(days=30)


def sweep_videos(*, actor: Actor) -> dict[str, int]:
    """One round: {landed, probes, films, expired, orphans, fetches}."""
    return {
        "landed": _land_complete(actor),
        "probes": _ask_probes(),
        "films": _ask_pieces(),
        "expired": _drop_expired(),
        "orphans": _drop_orphans(),
        "fetches": _forget_fetches(),
    }


def _land_complete(actor: Actor) -> int:
    """Uploads whose last byte came just before the process was killed."""
    landed = 0
    for film in Film.objects.unfinished().select_related("video").order_by("-expires_at")[:_BATCH]:
        path = staging().path(str(film.pk))
        if path.exists() and path.stat().st_size >= film.size:
            try:
                land_film(actor=actor, film=film)
            except UploadGone:
                continue
            landed += 1
    return landed


def _ask_probes() -> int:
    waiting = Film.objects.awaiting_probe(clock.now() - PROBE_LOST_AFTER).order_by("received_at")
    return _asked("video.probe", waiting.values_list("pk", flat=True)[:_BATCH])


def _ask_pieces() -> int:
    """Films with work left that nobody is at."""
    silent = clock.now() - PIECE_LOST_AFTER
    pieces = FilmPiece.objects.filter(film_id=OuterRef("pk"), done_at=None)
    left = Film.objects.filter(Exists(pieces), ~Exists(pieces.filter(alive_at__gte=silent)), step__in=FILM_GOING)
    worked_on = left.exclude(step__in=(FilmStep.UPLOADED, FilmStep.PROBING)).order_by("begun_at")
    return _asked("video.make", worked_on.values_list("pk", flat=True)[:_BATCH])


def _asked(task: str, ids: Iterable[UUID]) -> int:
    found = list(ids)
    for film_id in found:
        ask(task, film_id)
    return len(found)


def _drop_expired() -> int:
    """Uploads that nobody went on with."""
    gone = list(Film.objects.expired().values_list("pk", flat=True)[:_BATCH])
    for film_id in gone:
        with transaction.atomic():
            Film.objects.expired().filter(pk=film_id).delete()
        staging().remove(str(film_id))
    return len(gone)


def _drop_orphans() -> int:
    """Bytes and folders that no film needs any more."""
    before = time.time() - ORPHAN_AGE.total_seconds()
    sent = _unneeded(film_uploads_root().glob("*/*.part"), before, _still_to_make())
    made = _unneeded(films_root().glob("*/*"), before, _still_shown())
    for path in sent:
        path.unlink(missing_ok=True)
    for path in made:
        shutil.rmtree(path, ignore_errors=True)
    return len(sent) + len(made)


def _unneeded(paths: Iterable[Path], before: float, needed: Q) -> list[Path]:
    old = [path for path in paths if _modified(path) < before]
    rows = Film.objects.filter(needed, pk__in=[path.stem for path in old])
    kept = {str(pk) for pk in rows.values_list("pk", flat=True)}
    return [path for path in old if path.stem not in kept]


def _still_to_make() -> Q:
    """Whose bytes as they were sent are needed."""
    again = Q(step__in=(FilmStep.FAILED, FilmStep.CANCELLED), received_at__isnull=False, expires_at__gt=clock.now())
    return Q(step__in=(FilmStep.UPLOADING, *FILM_GOING)) | again


def _still_shown() -> Q:
    """Whose folder is needed: what is watched or being made, what may be tried again, what was replaced just now."""
    again = Q(step=FilmStep.FAILED, expires_at__gt=clock.now())
    replaced = Q(step__in=FILM_PLAYS, video__current__playable_at__gt=clock.now() - REPLACED_KEPT)
    return Q(step__in=FILM_GOING) | Q(current_of__isnull=False) | again | replaced


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _forget_fetches() -> int:
    old = SegmentServed.objects.filter(at__lt=clock.now() - FETCHES_KEPT).values("pk")[:10_000]
    return int(SegmentServed.objects.filter(pk__in=old).delete()[0])
