"""Who may add, see and take back files. Whoever sees the case sees its files; who may add is said by the case."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case
from consortium.casework.policies import is_clinical, may_act_as_author, may_post, may_read_identity
from consortium.files.models import Attachment, CleanCopy
from consortium.files.sniff.faults import Fault
from consortium.files.states import CopyStep, Step
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if

RETRYABLE = (Fault.TOO_SLOW, Fault.TOO_MUCH_MEMORY, Fault.BROKEN)


def may_attach(actor: Actor, case: Case) -> Decision:
    """The author while it is a draft; then everybody who may write into the thread, until the case is closed."""
    if not case.is_open:
        return Denied(_("This case is closed. Reopen it to add files."))
    return may_act_as_author(actor, case) if case.submitted_at is None else may_post(actor, case)


def may_send_bytes(actor: Actor, attachment: Attachment) -> Decision:
    """Go on with an upload: only who began it; for all others it is not there."""
    return allowed_if(True) if _is_uploader(actor, attachment) else Denied("", hidden=True)


def may_decide(actor: Actor, attachment: Attachment) -> Decision:
    return allowed_if(actor.is_system, _("Only the inspection decides about a file."))


def may_look(actor: Actor, attachment: Attachment) -> Decision:
    """What is withdrawn is gone for all but the uploader, who may put it back.

    A picture can show who the child is: before a case is claimed its queue knows of the files and sees none.
    """
    hidden = attachment.withdrawn_at is not None and not _is_uploader(actor, attachment)
    if hidden or attachment.received_at is None:
        return Denied("", hidden=True)
    return allowed_if(may_read_identity(actor, attachment.case), _("Take the case first, then its files open."))


def may_download(actor: Actor, attachment: Attachment) -> Decision:
    """The original of a DICOM file names the child."""
    return allowed_if(
        may_read_identity(actor, attachment.case), _("The original names the child. Take the case first.")
    )


def may_make_copy(actor: Actor, attachment: Attachment) -> Decision:
    """A de-identified copy, of a DICOM file that one may look at."""
    seen = may_look(actor, attachment)
    if not seen.allowed:
        return seen
    fits = is_clinical(actor) and attachment.is_dicom and attachment.step == Step.AVAILABLE
    return allowed_if(fits, _("Only clinicians make de-identified copies, and only of DICOM files."))


def may_prepare(actor: Actor, copy: CleanCopy) -> Decision:
    return allowed_if(actor.is_system, _("Only the worker prepares a copy."))


def may_see_copy(actor: Actor, copy: CleanCopy) -> Decision:
    """The page of a copy shows the original's pictures, so it is seen by whoever may know the child."""
    return allowed_if(may_read_identity(actor, copy.case), _("Take the case first, then its files open."))


def may_judge_copy(actor: Actor, copy: CleanCopy) -> Decision:
    """Say that a picture shows nobody: a clinician who may see the original."""
    seen = may_see_copy(actor, copy)
    return allowed_if(is_clinical(actor), _("Only clinicians may do this.")) if seen.allowed else seen


def may_release_copy(actor: Actor, copy: CleanCopy) -> Decision:
    """The last confirmed picture releases the copy."""
    judge = may_judge_copy(actor, copy)
    looked_at = copy.confirmed == copy.flagged
    return allowed_if(looked_at, _("Each marked picture has to be looked at first.")) if judge.allowed else judge


def may_take_copy(actor: Actor, copy: CleanCopy) -> Decision:
    """Its bytes, once it is released; before that they are not there for anybody."""
    return may_see_copy(actor, copy) if copy.step == CopyStep.AVAILABLE else Denied("", hidden=True)


def may_point(actor: Actor, attachment: Attachment) -> Decision:
    """Show others of the case where one points at a picture, as long as the case is open."""
    seen = may_look(actor, attachment)
    return allowed_if(attachment.case.is_open, _("This case is closed.")) if seen.allowed else seen


def may_follow_pointers(actor: Actor, case: Case) -> Decision:
    """See where others of the case point, as long as it is open."""
    return allowed_if(case.is_open and may_read_identity(actor, case)) or Denied("", hidden=True)


def may_retry(actor: Actor, attachment: Attachment) -> Decision:
    kept = attachment.withdrawn_at is None and str(attachment.fault) in RETRYABLE
    return allowed_if(kept and _is_uploader(actor, attachment), _("Send the file again instead."))


def may_withdraw(actor: Actor, attachment: Attachment) -> Decision:
    mine = _is_uploader(actor, attachment) and attachment.withdrawn_at is None
    return allowed_if(mine, _("Only who attached a file may remove it."))


def may_restore(actor: Actor, attachment: Attachment) -> Decision:
    mine = _is_uploader(actor, attachment) and attachment.withdrawn_at is not None
    return allowed_if(mine, _("Only who removed a file may put it back."))


def _is_uploader(actor: Actor, attachment: Attachment) -> bool:
    return actor.is_person and actor.user_id == attachment.created_by_id


def may_transcribe(actor: Actor, attachment: Attachment) -> Decision:
    """Write down what a voice note says: whoever may listen to it and write into the thread."""
    seen = may_look(actor, attachment)
    if not seen.allowed:
        return seen
    if not attachment.is_sound or attachment.step != Step.AVAILABLE:
        return Denied(_("Only a voice note is written down."))
    return may_post(actor, attachment.case)


def most_bytes() -> int:
    """The largest file taken, in bytes."""
    return int(settings.UPLOAD_MAX_BYTES)
