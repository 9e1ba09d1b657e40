"""Small pictures of all frames, made before anybody scrolls: by the media worker, in pieces, within limits."""

from uuid import UUID

from consortium.files.models import Attachment
from consortium.files.operations.queueing import render_soon
from consortium.files.sandbox import render_ahead
from consortium.kernel import clock
from consortium.kernel.actors import Actor

MOST_ATTEMPTS = 20


def render_frames(*, actor: Actor, attachment_id: UUID) -> int:
    """One piece of at most a minute; how many frames are ready now. What fails is made when it is asked for."""
    waiting = Attachment.objects.awaiting_rendering().filter(render_attempts__lt=MOST_ATTEMPTS)
    row: Attachment | None = waiting.filter(pk=attachment_id).first()
    if row is None:
        return 0
    presets = list(row.frames.get("presets") or [""])
    ready = render_ahead(row.folder, presets[0])
    attempts = row.render_attempts + 1
    done = ready >= int(row.frames["count"])
    Attachment.objects.filter(pk=row.pk).update(render_attempts=attempts, rendered_at=clock.now() if done else None)
    if not done and attempts < MOST_ATTEMPTS and ready:
        render_soon(row.pk)
    return ready
