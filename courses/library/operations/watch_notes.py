"""Notes at a moment of a video: one's own, seen by nobody else."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.once import once
from courses.library.models import WatchNote
from courses.library.models.watching import NOTE_LENGTH
from courses.library.queries.videos import video_for

#: of one person at one video
MOST_NOTES = 500


@transaction.atomic
def write_note(*, actor: Actor, video_id: UUID, at: int, text: str, key: UUID | None = None) -> tuple[WatchNote, bool]:
    """Keep a note at `at` ms of a video that the actor sees: (the note, whether it is new)."""
    video, words = video_for(video_id), text.strip()
    if len(words) > NOTE_LENGTH:
        raise InvalidInput({"text": _("This note is too long.")})
    if WatchNote.objects.filter(video=video).count() >= MOST_NOTES:
        raise InvalidInput({"text": _("These are too many notes for one video.")})
    length = video.current.length if video.current else 0

    def make() -> WatchNote:
        with database_rules(), transaction.atomic():
            row: WatchNote = WatchNote.objects.create(
                user_id=actor.user_id, created_by_id=actor.user_id, video=video, at=max(0, min(at, length)),
                text=words, made_at=clock.now(), **({"request_key": key} if key else {}),
            )  # fmt: skip
        return row

    return once(WatchNote, actor=actor, key=key, make=make)


@transaction.atomic
def drop_note(*, actor: Actor, note_id: UUID) -> WatchNote:
    """Remove one's own note; it is as if it had not been written."""
    found: WatchNote | None = WatchNote.objects.select_for_update().filter(pk=note_id).first()
    if found is None:
        raise NotVisible
    WatchNote.objects.filter(pk=note_id).delete()
    return found
