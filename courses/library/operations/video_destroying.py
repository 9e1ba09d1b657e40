"""A video's films are destroyed: what they show may be shown to nobody any more."""

import shutil
from functools import partial
from uuid import UUID

from django.db import transaction

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from courses.library.models import Caption, Film
from courses.library.operations.video_beats import locked_video, note, ring, staging


@transaction.atomic
def destroy_films(*, actor: Actor, video_id: UUID) -> bool:
    """Nothing of it plays from now on; captions go, and with the commit all bytes, as sent and as made. For the system
    alone. Whether anything played or was written; done again, only bytes that are left go."""
    if not actor.is_system:
        raise NotPermitted
    video = locked_video(video_id)
    films = list(Film.objects.filter(video=video))
    for film in films:
        transaction.on_commit(partial(_remove, film), robust=True)
    captions, _kinds = Caption.objects.filter(video=video).delete()
    if video.current_id is None and not captions:
        return False
    video.current = None
    video.save(update_fields=["current"])
    note(actor, video, "destroy_films", {"films": len(films)})
    ring(video.pk)
    return True


def _remove(film: Film) -> None:
    shutil.rmtree(film.folder, ignore_errors=True)
    staging().remove(str(film.pk))
