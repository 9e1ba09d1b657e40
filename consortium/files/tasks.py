"""Inspection and sweeping, on the media queue."""

from uuid import UUID

from celery import shared_task

from consortium.files.operations import inspect_attachment, prepare_copy, render_frames
from consortium.files.operations import sweep as sweep_files
from consortium.kernel.actors import acting_as, system


@shared_task(name="files.inspect")
def inspect(attachment_id: str) -> str:
    """Judge one file. Running twice, or after a kill, changes nothing twice."""
    with acting_as(system("file inspection")) as actor:
        return inspect_attachment(actor=actor, attachment_id=UUID(attachment_id))


@shared_task(name="files.render")
def render(attachment_id: str) -> int:
    """Make small pictures of one file's frames ahead; what is there already is passed over."""
    with acting_as(system("file rendering")) as actor:
        return render_frames(actor=actor, attachment_id=UUID(attachment_id))


@shared_task(name="files.prepare_copy")
def prepare_clean_copy(copy_id: str) -> str:
    """Prepare one de-identified copy, in pieces. Running twice, or after a kill, changes nothing twice."""
    with acting_as(system("de-identification")) as actor:
        return prepare_copy(actor=actor, copy_id=UUID(copy_id))


@shared_task(name="files.sweep")
def sweep() -> dict[str, int]:
    """Every 30 s (beat): find what was lost, clear what nobody went on with."""
    with acting_as(system("file sweeper")) as actor:
        return sweep_files(actor=actor)
