"""From a new video to the last byte of its film."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consortium.files.operations.uploading import UploadGone
from consortium.files.tus.protocol import TusRefusal
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import StorageFull, TooLarge, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.library.models import Film, Video
from courses.library.operations.video_beats import ask_on_commit, locked_film, locked_video, note, ring, save, staging
from courses.library.policies import may_change_video, may_make_videos, may_send_film
from courses.library.states import FILM, FilmStep

#: how long an upload waits to be gone on with, and a refused film for another try
KEPT_FOR = timedelta(days=7)


@transaction.atomic
def make_video(
    *,
    actor: Actor,
    institution_id: UUID,
    title_en: str = "",
    title_zh: str = "",
    shows_patient: bool = False,
    key: UUID | None = None,
) -> Video:
    """A video without a film yet."""
    require(may_make_videos(actor, institution_id))

    def make() -> Video:
        row = Video(
            institution_id=institution_id, title_en=title_en.strip(), title_zh=title_zh.strip(),
            shows_patient=shows_patient, made_at=clock.now(), created_by_id=actor.author_id,
            **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            row.save(force_insert=True)
        note(actor, row, "make_video", {"shows_patient": shows_patient})
        return row

    return once(Video, actor=actor, key=key, make=make)[0]


@transaction.atomic
def begin_film(*, actor: Actor, video_id: UUID, size: int, key: UUID | None = None) -> Film:
    """Reserve a place for the `size` bytes of a video's first film, or of the one that replaces it."""
    video = locked_video(video_id)
    require(may_change_video(actor, video))
    if size > settings.VIDEO_MAX_BYTES:
        most = settings.VIDEO_MAX_BYTES >> 20
        raise TooLarge(_("This video is too large: %(most)d MB at most.") % {"most": most})
    film, fresh = once(Film, actor=actor, key=key, make=lambda: _reserved(actor, video, size, key))
    if fresh and size == 0:
        land_film(actor=actor, film=film)
    return film


def _reserved(actor: Actor, video: Video, size: int, key: UUID | None) -> Film:
    last = Film.objects.filter(video=video).aggregate(last=Max("number"))["last"] or 0
    film = Film(
        video=video, number=last + 1, size=size, created_by_id=actor.author_id, created_at=clock.now(),
        expires_at=clock.now() + KEPT_FOR, **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules(), transaction.atomic():
        film.save(force_insert=True)
    note(actor, video, "send_film", {"film": str(film.pk), "number": film.number, "size": size})
    ring(video.pk)
    # Last, so that a refused row leaves no file; the sweeper finds a file whose transaction was lost.
    try:
        staging().create(str(film.pk), size)
    except TusRefusal as refusal:
        raise StorageFull() from refusal
    return film


def check_film_bytes(*, actor: Actor, film: Film, body: int | None) -> None:
    """Before the bytes of a PATCH: may they come? `body` is how many are announced, None when that is unknown."""
    require(may_send_film(actor, film))
    if film.step == FilmStep.CANCELLED or (film.step == FilmStep.UPLOADING and film.expires_at < clock.now()):
        raise UploadGone()
    if film.step != FilmStep.UPLOADING and body:
        raise TooLarge(_("All of this video has come already."))
    if body is not None and body > film.size:
        raise TooLarge(_("More bytes were announced than the file has."))


@transaction.atomic
def land_film(*, actor: Actor, film: Film) -> int:
    """After bytes came: how many are kept. When all have come a worker looks at them, once however often this runs."""
    require(may_send_film(actor, film))
    if film.step != FilmStep.UPLOADING:
        return int(film.size)
    try:
        offset = staging().offset(str(film.pk))
    except TusRefusal as refusal:
        raise UploadGone() from refusal
    held = locked_film(film.pk)
    if held.step == FilmStep.UPLOADING:
        held.expires_at = clock.now() + KEPT_FOR
        if offset >= held.size:
            FILM.take("land", actor, held)
            held.received_at = clock.now()
            note(actor, held.video, "land_film", {"film": str(held.pk), "size": held.size})
            ring(held.video_id)
            ask_on_commit("video.probe", held.pk)
        save(held)
    return offset
