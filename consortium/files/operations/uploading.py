"""From the declaration of a file to its last byte."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case
from consortium.files.events import FileAttached
from consortium.files.models import Attachment, staging_root
from consortium.files.operations.names import sealed_name
from consortium.files.operations.queueing import inspect_on_commit
from consortium.files.policies import may_attach, may_send_bytes, most_bytes
from consortium.files.tus.protocol import TusRefusal
from consortium.files.tus.staging import Staging
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible, StorageFull, TooLarge, TooMany
from consortium.kernel.once import once
from consortium.kernel.policies import require

KEPT_FOR = timedelta(days=7)
#: of one case: a series of slices has some hundreds of files
MOST_FILES = 2_000


def staging() -> Staging:
    return Staging(staging_root())


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Refusals of the staging folder as errors of the domain."""
    try:
        yield
    except TusRefusal as refusal:
        if refusal.status == 507:
            raise StorageFull() from refusal
        raise DomainError(refusal.message, code=f"upload-{refusal.status}") from refusal


def case_for(case_id: UUID) -> Case:
    """The case, when the actor sees it."""
    found: Case | None = Case.objects.select_related("service").filter(pk=case_id).first()
    if found is None:
        raise NotVisible()
    return found


@transaction.atomic
def begin_upload(*, actor: Actor, case_id: UUID, size: int, name: str, key: UUID | None = None) -> Attachment:
    """Reserve a place for `size` bytes. The journal tells of the file when all of it has come."""
    case = case_for(case_id)
    require(may_attach(actor, case))
    if size > most_bytes():
        raise TooLarge(_("This file is too large: %(most)d MB at most.") % {"most": most_bytes() >> 20})
    if Attachment.objects.filter(case=case).count() >= MOST_FILES:
        raise TooMany(_("This case has as many files as it can hold."))
    made, fresh = once(Attachment, actor=actor, key=key, make=lambda: _reserved(actor, case, size, name, key))
    if fresh and size == 0:
        _land(actor, made)
    return made


def _reserved(actor: Actor, case: Case, size: int, name: str, key: UUID | None) -> Attachment:
    row = Attachment(
        case=case, size=size, created_by_id=actor.author_id, created_at=clock.now(),
        expires_at=clock.now() + KEPT_FOR, **({"request_key": key} if key else {}),
    )  # fmt: skip
    row.name_sealed = sealed_name(row, name)
    row.save(force_insert=True)
    # Last, so that a refused row leaves no file; the sweeper finds a file whose transaction was lost.
    with _told_plainly():
        staging().create(str(row.pk), size)
    return row


def check_patch(*, actor: Actor, attachment: Attachment, body: int | None) -> None:
    """Before the bytes of a PATCH: may they come? `body` is how many are announced, None when that is unknown."""
    require(may_send_bytes(actor, attachment))
    require(may_attach(actor, attachment.case))
    if attachment.received_at is not None and body:
        raise TooLarge(_("All of this file has come already."))
    if attachment.expires_at < clock.now():
        raise UploadGone()
    if body is not None and body > attachment.size:
        raise TooLarge(_("More bytes were announced than the file has."))


class UploadGone(DomainError):
    """The bytes of an unfinished upload are no longer kept."""

    status, code = 410, "upload-gone"
    default = _("This upload is too old and no longer kept. Choose the file again.")


@transaction.atomic
def land_upload(*, actor: Actor, attachment: Attachment) -> int:
    """After bytes came: how many are kept. When all have come, the file is attached and its inspection starts."""
    if attachment.received_at is not None:
        return int(attachment.size)
    try:
        offset = staging().offset(str(attachment.pk))
    except TusRefusal as refusal:
        raise UploadGone() from refusal
    if offset >= attachment.size:
        _land(actor, attachment)
    else:
        Attachment.objects.filter(pk=attachment.pk, received_at=None).update(expires_at=clock.now() + KEPT_FOR)
    return offset


def _land(actor: Actor, attachment: Attachment) -> None:
    """Once, however many requests see the last byte: the conditional update picks one."""
    at = clock.now()
    if not Attachment.objects.filter(pk=attachment.pk, received_at=None).update(received_at=at):
        return
    attachment.received_at = at
    case = attachment.case
    record(
        actor=actor, verb="attach", subject=case, patient_id=case.patient_id,
        facts={"attachment": str(attachment.pk), "size": attachment.size},
        event=FileAttached(case.pk, attachment.pk),
    )  # fmt: skip
    inspect_on_commit(attachment.pk)


def discard_upload(*, actor: Actor, attachment: Attachment) -> None:
    """Give up an unfinished upload: the row and its bytes go. A complete file is withdrawn instead."""
    require(may_send_bytes(actor, attachment))
    gone, _rows = Attachment.objects.filter(pk=attachment.pk, received_at=None).delete()
    if gone:
        staging().remove(str(attachment.pk))


def attach_small(*, actor: Actor, case_id: UUID, name: str, size: int, pieces: Iterable[bytes]) -> Attachment:
    """A whole file that came in one form (browsers without JavaScript)."""
    if not name:
        raise InvalidInput({"files": _("Choose a file.")})
    made = begin_upload(actor=actor, case_id=case_id, size=size, name=name, key=uuid4())
    if size:
        _fill(made, pieces)
        land_upload(actor=actor, attachment=made)
    return made


def _fill(attachment: Attachment, pieces: Iterable[bytes]) -> None:
    try:
        with _told_plainly():
            patch = staging().patch(str(attachment.pk), offset=0, length=attachment.size)
            try:
                for piece in pieces:
                    patch.write(piece)
                patch.close()
            finally:
                patch.release()
    except DomainError:
        Attachment.objects.filter(pk=attachment.pk, received_at=None).delete()
        staging().remove(str(attachment.pk))
        raise
