"""The inspection: from quarantine to a state. Safe to run twice, to be killed anywhere, and to meet a full disk."""

import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from consortium.files.events import FileAccepted, FileRefused
from consortium.files.models import Attachment
from consortium.files.operations.queueing import inspect_on_commit
from consortium.files.operations.uploading import staging
from consortium.files.sandbox import Inspected, inspect_file
from consortium.files.sniff.faults import THREATS, Fault
from consortium.files.sniff.kinds import Kind
from consortium.files.states import MACHINE
from consortium.files.tus.staging import digest_of
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapters

logger = logging.getLogger(__name__)

#: After this long a started inspection counts as lost (its limit is 50 s).
LOST_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5
_KEPT_AS_THEY_CAME = (Kind.PDF, Kind.DICOM)

#: A scanner of settings.FILE_SCANNERS: (path) -> the name of the threat, "" when clean. It raises when it cannot tell.
Scanner = Callable[[Path], str]


def inspect_attachment(*, actor: Actor, attachment_id: UUID) -> str:
    """Judge one file that is waiting; the step it ends in ("" when there is nothing to do, or to be tried again)."""
    row = _claimed(attachment_id)
    if row is None:
        return ""
    source, folder = staging().path(str(row.pk)), _fresh_folder(row)
    try:
        verdict = _judged(row, source, folder)
        if verdict.fault is None and verdict.kind in _KEPT_AS_THEY_CAME:
            _keep_original(source, folder)
        digest = digest_of(source)
    except Exception:
        # The server's trouble (a full disk, a scanner that is away): nothing is lost, the sweeper comes again.
        logger.exception("inspection put off")
        shutil.rmtree(folder, ignore_errors=True)
        Attachment.objects.filter(pk=row.pk).update(inspecting_since=clock.now())
        return ""
    step = _settle(actor, row, verdict, digest, folder)
    shutil.rmtree(folder, ignore_errors=True)
    return step


def _claimed(attachment_id: UUID) -> Attachment | None:
    """Take the file for this worker by one conditional update."""
    waiting = Attachment.objects.awaiting_inspection(clock.now() - LOST_AFTER).filter(pk=attachment_id)
    if not waiting.update(inspecting_since=clock.now(), attempts=F("attempts") + 1):
        return None
    row: Attachment = Attachment.objects.select_related("case").get(pk=attachment_id)
    return row


def _judged(row: Attachment, source: Path, folder: Path) -> Inspected:
    if not source.exists():
        return Inspected("", Fault.TRUNCATED, "the bytes are gone")
    if row.attempts > MOST_ATTEMPTS:
        return Inspected("", Fault.BROKEN, "the inspection was lost again and again")
    for name, scan in adapters("FILE_SCANNERS").items():
        if threat := scan(source):
            return Inspected("", Fault.SCANNER, f"{name}: {threat}"[:300])
    return inspect_file(source, folder)


def _fresh_folder(row: Attachment) -> Path:
    folder = row.folder.with_name(f"{row.pk}.{row.attempts}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _keep_original(source: Path, folder: Path) -> None:
    # A second name for the same bytes: the quarantine's own name goes only after the commit.
    (folder / "original").hardlink_to(source)


@transaction.atomic
def _settle(actor: Actor, row: Attachment, verdict: Inspected, digest: str, folder: Path) -> str:
    """Write the verdict down. A folder moved by a transaction that is then lost is replaced at the next try."""
    locked: Attachment = Attachment.objects.select_for_update(of=("self",)).select_related("case").get(pk=row.pk)
    verb = "accept" if verdict.fault is None else "block" if verdict.fault in THREATS else "refuse"
    if MACHINE.find(verb, locked.step) is None:
        return str(locked.step)
    MACHINE.take(verb, actor, locked)
    locked.kind, locked.sha256, locked.decided_at = verdict.kind, digest, clock.now()
    locked.fault, locked.note = verdict.fault or "", verdict.note
    locked.about = _about(verdict)
    if verdict.fault is None:
        shutil.rmtree(locked.folder, ignore_errors=True)
        folder.rename(locked.folder)
    locked.save()
    _tell(actor, verb, locked)
    if verdict.fault is None:
        transaction.on_commit(lambda: staging().remove(str(row.pk)), robust=True)
    return str(locked.step)


def _about(verdict: Inspected) -> dict[str, Any]:
    about: dict[str, Any] = {}
    if verdict.pictures:
        about["pictures"] = verdict.pictures
    if verdict.frames:
        about["frames"] = verdict.frames
    return about


def _tell(actor: Actor, verb: str, row: Attachment) -> None:
    case = row.case
    accepted = FileAccepted(case.pk, row.pk, row.kind) if not row.fault else FileRefused(case.pk, row.pk, row.fault)
    facts = {"attachment": str(row.pk), "kind": row.kind, "fault": row.fault, "sha256": row.sha256}
    record(
        actor=actor, verb=f"{verb}_file", subject=case, patient_id=case.patient_id, facts=facts, event=accepted
    )  # fmt: skip


@transaction.atomic
def retry_inspection(*, actor: Actor, attachment: Attachment) -> Attachment:
    """Look once more at a file whose opening failed; its bytes are kept for a week."""
    row: Attachment = Attachment.objects.select_for_update(of=("self",)).select_related("case").get(pk=attachment.pk)
    MACHINE.take("retry", actor, row)
    row.fault, row.note, row.attempts = "", "", 0
    row.inspecting_since = row.decided_at = None
    row.save()
    case = row.case
    record(
        actor=actor, verb="retry_file", subject=case, patient_id=case.patient_id, facts={"attachment": str(row.pk)}
    )  # fmt: skip
    inspect_on_commit(row.pk)
    return row
