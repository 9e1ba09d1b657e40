"""What was lost between two steps is found again; what nobody went on with is cleared away."""

import shutil
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from consortium.files.models import Attachment, CleanCopy, copies_root, shelf_root, staging_root
from consortium.files.operations.inspecting import LOST_AFTER
from consortium.files.operations.queueing import inspect_soon, prepare_soon, render_soon
from consortium.files.operations.rendering import MOST_ATTEMPTS as MOST_RENDERINGS
from consortium.files.operations.uploading import KEPT_FOR, UploadGone, land_upload, staging
from consortium.files.states import Step
from consortium.kernel import clock
from consortium.kernel.actors import Actor

_BATCH = 100
#: Bytes without a row are left alone this long: their transaction may still be running.
ORPHAN_AGE = timedelta(hours=1)


def sweep(*, actor: Actor) -> dict[str, int]:
    """One round: {landed, queued, unrendered, copies, expired, orphans}."""
    return {
        "landed": _land_complete(actor),
        "queued": _queue_waiting(),
        "unrendered": _queue_unrendered(),
        "copies": _queue_copies(),
        "expired": _drop_expired(),
        "orphans": _drop_orphans(),
    }


def _land_complete(actor: Actor) -> int:
    """Uploads whose last byte came just before the process was killed."""
    landed = 0
    for row in Attachment.objects.unfinished().select_related("case").order_by("-expires_at")[:_BATCH]:
        try:
            landed += land_upload_if_complete(actor, row)
        except UploadGone:
            continue
    return landed


def land_upload_if_complete(actor: Actor, row: Attachment) -> int:
    path = staging().path(str(row.pk))
    if not path.exists() or path.stat().st_size < row.size:
        return 0
    land_upload(actor=actor, attachment=row)
    return 1


def _queue_waiting() -> int:
    waiting = Attachment.objects.awaiting_inspection(clock.now() - LOST_AFTER).order_by("received_at")
    ids = list(waiting.values_list("pk", flat=True)[:_BATCH])
    for attachment_id in ids:
        inspect_soon(attachment_id)
    return len(ids)


def _queue_unrendered() -> int:
    """Frames whose small pictures were not all made, for longer than a round of making them takes."""
    lost = Attachment.objects.awaiting_rendering().filter(
        decided_at__lt=clock.now() - LOST_AFTER, render_attempts__lt=MOST_RENDERINGS
    )
    ids = list(lost.order_by("decided_at").values_list("pk", flat=True)[:_BATCH])
    for attachment_id in ids:
        render_soon(attachment_id)
    return len(ids)


def _queue_copies() -> int:
    """De-identified copies that nobody is preparing."""
    waiting = CleanCopy.objects.awaiting_preparation(clock.now() - LOST_AFTER).order_by("created_at")
    ids = list(waiting.values_list("pk", flat=True)[:_BATCH])
    for copy_id in ids:
        prepare_soon(copy_id)
    return len(ids)


def _drop_expired() -> int:
    """Unfinished uploads past their day, and the quarantined bytes of refused files."""
    gone = list(Attachment.objects.expired().values_list("pk", flat=True)[:_BATCH])
    for attachment_id in gone:
        with transaction.atomic():
            Attachment.objects.expired().filter(pk=attachment_id).delete()
        staging().remove(str(attachment_id))
    return len(gone)


def _drop_orphans() -> int:
    """Files whose row is gone or no longer needs them."""
    before = time.time() - ORPHAN_AGE.total_seconds()
    old = [path for path in staging_root().glob("*/*.part") if _modified(path) < before]
    needed = _still_needed([path.stem for path in old])
    unused = [path for path in old if path.stem not in needed]
    for path in unused:
        path.unlink(missing_ok=True)
    shelves = [*shelf_root().glob("*/*.part"), *copies_root().glob("*/*.part")]
    halves = [path for path in shelves if _modified(path) < before]
    for folder in halves:
        shutil.rmtree(folder, ignore_errors=True)
    return len(unused) + len(halves)


def _still_needed(ids: list[str]) -> set[str]:
    """Undecided files, and for a week refused ones, which may be checked again."""
    if not ids:
        return set()
    rows = Attachment.objects.filter(pk__in=[UUID(text) for text in ids])
    pending = rows.filter(step=Step.PENDING)
    refused = rows.filter(step__in=[Step.VALIDATION_FAILED], decided_at__gt=clock.now() - KEPT_FOR)
    return {str(pk) for pk in (pending | refused).values_list("pk", flat=True)}


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
