"""De-identified copies: asked for, prepared by a worker, looked at picture by picture, released or discarded.

Until the last marked picture was confirmed by a person the bytes lie where no address reaches.
"""

import logging
import shutil
import zipfile
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consortium.files.events import CopyReleased
from consortium.files.models import Attachment, CleanCopy, CleanImage
from consortium.files.operations.queueing import prepare_on_commit, prepare_soon
from consortium.files.policies import may_make_copy
from consortium.files.sandbox import Cleaned, clean_files
from consortium.files.states import COPY_MACHINE, CopyStep
from consortium.files.tus.staging import digest_of
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.sealing import derive

logger = logging.getLogger(__name__)

#: After this long a started preparation counts as lost (its limit is 50 s).
LOST_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5
_AT_ONCE = 100


@transaction.atomic
def make_copy(*, actor: Actor, attachment: Attachment, key: UUID | None = None) -> CleanCopy:
    """Ask for a de-identified copy of the file, or of all of its series. A worker prepares it."""
    require(may_make_copy(actor, attachment))
    made, fresh = once(CleanCopy, actor=actor, key=key, make=lambda: _asked(actor, attachment, key))
    if fresh:
        _tell(actor, "copy_files", made)
        prepare_on_commit(made.pk)
    return made


def _asked(actor: Actor, attachment: Attachment, key: UUID | None) -> CleanCopy:
    whole = attachment.series_id is not None and _others_of_series(attachment)
    row = CleanCopy(
        case=attachment.case, created_by_id=actor.author_id, created_at=clock.now(),
        **({"series_id": attachment.series_id} if whole else {"attachment": attachment}),
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def _others_of_series(attachment: Attachment) -> bool:
    return bool(Attachment.objects.of_series(attachment.series_id).exclude(pk=attachment.pk).exists())


def sources_of(copy: CleanCopy) -> list[Attachment]:
    """What it is a copy of, in the order of the series."""
    if copy.series_id is None:
        return list(Attachment.objects.ready().filter(pk=copy.attachment_id))
    return list(Attachment.objects.of_series(copy.series_id))


def prepare_copy(*, actor: Actor, copy_id: UUID) -> str:
    """One piece of at most a minute; the step it ends in ("" when there is nothing to do, or to be gone on with)."""
    copy = _claimed(copy_id)
    if copy is None:
        return ""
    try:
        return _prepared(actor, copy)
    except OSError as error:
        # A full disk: nothing is lost, the sweeper comes again.
        logger.warning("a copy was put off: %s", type(error).__name__)
        shutil.rmtree(_workshop(copy), ignore_errors=True)
        return ""


def _claimed(copy_id: UUID) -> CleanCopy | None:
    waiting = CleanCopy.objects.awaiting_preparation(clock.now() - LOST_AFTER).filter(pk=copy_id)
    if not waiting.update(preparing_since=clock.now(), attempts=F("attempts") + 1):
        return None
    found: CleanCopy = CleanCopy.objects.select_related("case").get(pk=copy_id)
    return found


def _workshop(copy: CleanCopy) -> Path:
    """Where it is made; no address leads there."""
    return copy.folder.with_name(f"{copy.pk}.part")


def _prepared(actor: Actor, copy: CleanCopy) -> str:
    sources = sources_of(copy)
    if not sources or copy.attempts > MOST_ATTEMPTS:
        return _settle(actor, copy, "fail", note="nothing to copy" if not sources else "lost again and again")
    folder = _workshop(copy)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = set(CleanImage.objects.filter(copy=copy).values_list("number", flat=True))
    numbered = [(number, row) for number, row in enumerate(sources, start=1) if number not in known]
    cleaned = _cleaned(copy, folder, numbered)
    if faulty := next((each for each in cleaned if each.fault), None):
        return _settle(actor, copy, "fail", note=f"{faulty.fault}: {faulty.note}")
    _keep(copy, numbered, cleaned)
    if len(cleaned) < len(numbered):
        CleanCopy.objects.filter(pk=copy.pk).update(preparing_since=None, attempts=0)
        prepare_soon(copy.pk)
        return ""
    return _finished(actor, copy, folder, len(sources))


def _cleaned(copy: CleanCopy, folder: Path, numbered: list[tuple[int, Attachment]]) -> list[Cleaned]:
    pairs = [(row.original, folder / image_name(number)) for number, row in numbered[:_AT_ONCE]]
    return clean_files(pairs, derive(settings.SEALING_KEY, f"clean copy {copy.pk}")) if pairs else []


def image_name(number: int) -> str:
    """PS3.10 8.2: at most eight characters, nothing that tells."""
    return f"IM{number:06d}"


@transaction.atomic
def _keep(copy: CleanCopy, numbered: list[tuple[int, Attachment]], cleaned: list[Cleaned]) -> None:
    CleanImage.objects.bulk_create(
        CleanImage(copy=copy, attachment=row, number=number, reasons=each.flags)
        for (number, row), each in zip(numbered, cleaned, strict=False)
    )


def _finished(actor: Actor, copy: CleanCopy, folder: Path, count: int) -> str:
    """Everything is made: one file, or one archive of all; then a person's turn, or nobody's."""
    target = folder / ("copy.dcm" if count == 1 else "copy.zip")
    made = sorted(folder.glob("IM??????"))
    if made:  # nothing is left of them when a worker was killed between here and the settling
        _put_together(made, target)
    flagged = CleanImage.objects.filter(copy=copy).waiting().count()
    counted: dict[str, Any] = {"images": count, "flagged": flagged, "size": target.stat().st_size}
    verb = "ask-review" if flagged else "finish"
    return _settle(actor, copy, verb, folder=folder, sha256=digest_of(target), **counted)


def _put_together(made: list[Path], target: Path) -> None:
    if len(made) == 1:
        made[0].rename(target)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in made:
            # A fixed time: when it was made tells when the child was here.
            with path.open("rb") as file, archive.open(zipfile.ZipInfo(path.name), "w", force_zip64=True) as inside:
                shutil.copyfileobj(file, inside, 1 << 20)
    for path in made:
        path.unlink()


def _locked(copy: CleanCopy) -> CleanCopy:
    """The row as it is now, held until the transaction ends."""
    rows = CleanCopy.objects.select_for_update(of=("self",)).select_related("case")
    found: CleanCopy | None = rows.filter(pk=copy.pk).first()
    if found is None:
        raise NotVisible()
    return found


@transaction.atomic
def _settle(actor: Actor, copy: CleanCopy, verb: str, folder: Path | None = None, note: str = "", **told: Any) -> str:
    locked = _locked(copy)
    if COPY_MACHINE.find(verb, locked.step) is None:
        return str(locked.step)
    COPY_MACHINE.take(verb, actor, locked)
    for name, value in told.items():
        setattr(locked, name, value)
    locked.note, locked.decided_at = note[:300], clock.now()
    if folder is not None:
        shutil.rmtree(locked.folder, ignore_errors=True)
        folder.rename(locked.folder)
    locked.save()
    _tell(actor, f"{verb.replace('-', '_')}_copy", locked)
    return str(locked.step)


@transaction.atomic
def confirm_images(*, actor: Actor, copy: CleanCopy, image_ids: Collection[UUID]) -> CleanCopy:
    """Say of each of these pictures that it shows nobody. The last one releases the copy."""
    locked = _locked(copy)
    COPY_MACHINE.check("confirm", actor, locked)
    if not image_ids:
        raise InvalidInput({"image": _("Tick the pictures that you have looked at.")})
    mine = CleanImage.objects.filter(copy=locked, pk__in=image_ids).waiting()
    now_confirmed = [str(pk) for pk in mine.values_list("pk", flat=True)]
    mine.update(confirmed_at=clock.now(), confirmed_by_id=actor.user_id)
    locked.confirmed += len(now_confirmed)
    released = locked.confirmed == locked.flagged
    if released:
        COPY_MACHINE.take("release", actor, locked)
        locked.decided_at = clock.now()
    locked.save()
    _tell(actor, "confirm_copy", locked, images=now_confirmed)
    return locked


@transaction.atomic
def discard_copy(*, actor: Actor, copy: CleanCopy) -> CleanCopy:
    """A picture shows who the child is, or nobody needs the copy: its bytes go."""
    locked = _locked(copy)
    COPY_MACHINE.take("discard", actor, locked)
    locked.decided_at = clock.now()
    locked.save()
    _tell(actor, "discard_copy", locked)
    transaction.on_commit(lambda: shutil.rmtree(locked.folder, ignore_errors=True), robust=True)
    return locked


def _tell(actor: Actor, verb: str, copy: CleanCopy, **more: object) -> None:
    case = copy.case
    facts = {"copy": str(copy.pk), "images": copy.images, "flagged": copy.flagged, "confirmed": copy.confirmed, **more}
    event = CopyReleased(case.pk, copy.pk) if copy.step == CopyStep.AVAILABLE else None
    record(actor=actor, verb=verb, subject=case, patient_id=case.patient_id, facts=facts, event=event)
