"""The inspection: from quarantine to a state. Safe to run twice, to be killed anywhere, and to meet a full disk."""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from consortium.files.dicom.render import FEW
from consortium.files.events import FileAccepted, FileRefused
from consortium.files.models import Attachment
from consortium.files.operations.gathering import put_into_series
from consortium.files.operations.queueing import inspect_on_commit, render_on_commit
from consortium.files.operations.uploading import staging
from consortium.files.sandbox import Inspected, inspect_files
from consortium.files.scanners import ScannerAway
from consortium.files.sniff.faults import THREATS, Fault
from consortium.files.sniff.kinds import Kind
from consortium.files.states import MACHINE, Hold
from consortium.files.tus.staging import digest_of
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapters

logger = logging.getLogger(__name__)

#: After this long a started inspection counts as lost (its limit is 50 s).
LOST_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5
#: Small files of one case (the slices of a series) are opened by one child together: starting one takes a second.
TOGETHER, TOGETHER_BYTES = 40, 4 << 20
_KEPT_AS_THEY_CAME = (Kind.PDF, Kind.DICOM)

#: A scanner of settings.FILE_SCANNERS, as `files.scanners` describes it.
Scanner = Callable[[Path], str]


@dataclass(frozen=True)
class _Job:
    """One file in hand: its row, its bytes, and the folder for what is made of it."""

    row: Attachment
    source: Path
    folder: Path


def inspect_attachment(*, actor: Actor, attachment_id: UUID) -> str:
    """Judge one file that is waiting, and small ones of its case with it; the step it ends in.

    "" when there is nothing to do, or to be tried again.
    """
    row = _claimed(attachment_id)
    if row is None:
        return ""
    jobs = [_job(each) for each in (row, *_companions(row))]
    steps: dict[UUID, str] = {}
    try:
        left = [job for job in jobs if not _settled_unopened(actor, job, steps)]
        _open_and_settle(actor, left, steps)
    finally:
        for job in jobs:
            shutil.rmtree(job.folder, ignore_errors=True)
    return steps.get(attachment_id, "")


def _claimed(attachment_id: UUID) -> Attachment | None:
    """Take the file for this worker by one conditional update."""
    waiting = Attachment.objects.awaiting_inspection(clock.now() - LOST_AFTER).filter(pk=attachment_id)
    if not waiting.update(inspecting_since=clock.now(), attempts=F("attempts") + 1):
        return None
    row: Attachment = Attachment.objects.select_related("case").get(pk=attachment_id)
    return row


def _companions(row: Attachment) -> list[Attachment]:
    """Small files of the same case that nobody has tried yet, taken as well."""
    if row.size > TOGETHER_BYTES or row.attempts > 1:
        return []
    fresh = Attachment.objects.awaiting_inspection(clock.now() - LOST_AFTER).filter(
        case=row.case_id, size__lte=TOGETHER_BYTES, attempts=0
    )
    ids = list(fresh.order_by("received_at", "id").values_list("pk", flat=True)[: TOGETHER - 1])
    return [found for found in map(_claimed, ids) if found is not None]


def _job(row: Attachment) -> _Job:
    return _Job(row, staging().path(str(row.pk)), _fresh_folder(row))


def _fresh_folder(row: Attachment) -> Path:
    folder = row.folder.with_name(f"{row.pk}.{row.attempts}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _settled_unopened(actor: Actor, job: _Job, steps: dict[UUID, str]) -> bool:
    """Whether the file's way ended before it was opened: its bytes are gone, or the scanner spoke, or is away."""
    try:
        verdict = _unopened(job)
    except ScannerAway as away:
        _put_off(job, Hold.SCANNER, away)
        return True
    if verdict is None:
        return False
    _settle_guarded(actor, job, verdict, steps)
    return True


def _unopened(job: _Job) -> Inspected | None:
    if not job.source.exists():
        return Inspected("", Fault.TRUNCATED, "the bytes are gone")
    if job.row.attempts > MOST_ATTEMPTS:
        return Inspected("", Fault.BROKEN, "the inspection was lost again and again")
    for name, scan in adapters("FILE_SCANNERS").items():
        if threat := _scanned(scan, job.source):
            return Inspected("", Fault.SCANNER, f"{name}: {threat}"[:300])
    return None


def _scanned(scan: Scanner, source: Path) -> str:
    """Whatever goes wrong in a scanner, the file is not passed."""
    try:
        return scan(source)
    except ScannerAway:
        raise
    except Exception as error:
        raise ScannerAway(f"{type(error).__name__}: {error}") from error


def _open_and_settle(actor: Actor, jobs: Sequence[_Job], steps: dict[UUID, str]) -> None:
    if not jobs:
        return
    try:
        verdicts = inspect_files([(job.source, job.folder) for job in jobs])
    except Exception as error:
        for job in jobs:
            _put_off(job, Hold.SERVER, error)
        return
    for job, verdict in zip(jobs, verdicts, strict=False):
        _settle_guarded(actor, job, verdict, steps)
    _let_go(jobs[len(verdicts) :])


def _let_go(jobs: Sequence[_Job]) -> None:
    """The child ended before it came to these: they are asked for anew, and have not been tried."""
    for job in jobs:
        Attachment.objects.filter(pk=job.row.pk).update(inspecting_since=None, attempts=F("attempts") - 1)
        inspect_on_commit(job.row.pk)


def _put_off(job: _Job, hold: Hold, error: Exception) -> None:
    """The server's trouble (a full disk, a scanner that is away): nothing is lost, the sweeper comes again.

    A wait is no attempt: however long it lasts, the file is not given up for it.
    """
    logger.warning("inspection put off: %s", type(error).__name__, exc_info=error if hold is Hold.SERVER else None)
    counted = 0 if isinstance(error, OSError | ScannerAway) else 1
    Attachment.objects.filter(pk=job.row.pk).update(
        inspecting_since=clock.now(), held_up=hold, attempts=F("attempts") - 1 + counted
    )


def _settle_guarded(actor: Actor, job: _Job, verdict: Inspected, steps: dict[UUID, str]) -> None:
    """Keep what is to be kept and write the verdict down; a full disk here puts it off too."""
    try:
        if verdict.fault is None and verdict.kind in _KEPT_AS_THEY_CAME:
            # A second name for the same bytes: the quarantine's own name goes only after the commit.
            (job.folder / "original").hardlink_to(job.source)
        digest = digest_of(job.source) if job.source.exists() else ""
        steps[job.row.pk] = _settle(actor, job, verdict, digest)
    except Exception as error:
        _put_off(job, Hold.SERVER, error)


@transaction.atomic
def _settle(actor: Actor, job: _Job, verdict: Inspected, digest: str) -> str:
    """Write the verdict down. A folder moved by a transaction that is then lost is replaced at the next try."""
    locked: Attachment = Attachment.objects.select_for_update(of=("self",)).select_related("case").get(pk=job.row.pk)
    verb = "accept" if verdict.fault is None else "block" if verdict.fault in THREATS else "refuse"
    if MACHINE.find(verb, locked.step) is None:
        return str(locked.step)
    MACHINE.take(verb, actor, locked)
    locked.kind, locked.sha256, locked.decided_at = verdict.kind, digest, clock.now()
    locked.fault, locked.note, locked.held_up = verdict.fault or "", verdict.note, ""
    locked.about = _about(verdict)
    if int(locked.frames.get("count", FEW + 1)) <= FEW:
        locked.rendered_at = locked.decided_at
    if verdict.fault is None:
        put_into_series(locked, (verdict.frames or {}).get("origin") or {})
        shutil.rmtree(locked.folder, ignore_errors=True)
        job.folder.rename(locked.folder)
    locked.save()
    _tell(actor, verb, locked)
    if verdict.fault is None:
        transaction.on_commit(lambda: staging().remove(str(job.row.pk)), robust=True)
        if locked.is_dicom and locked.rendered_at is None:
            render_on_commit(locked.pk)
    return str(locked.step)


def _about(verdict: Inspected) -> dict[str, Any]:
    """Without what the series' row keeps: the UID is told nowhere as it is."""
    about: dict[str, Any] = {}
    if verdict.pictures:
        about["pictures"] = verdict.pictures
    if verdict.frames:
        about["frames"] = {name: value for name, value in verdict.frames.items() if name != "origin"}
    if verdict.sound:
        about["sound"] = verdict.sound
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
