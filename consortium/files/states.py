"""The states of attachments and de-identified copies, the transitions between them, and each fault in plain words."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.files.deidentify.flags import Flag
from consortium.files.events import CopyReleased, FileAccepted, FileRefused
from consortium.files.sniff.faults import THREATS, Fault
from consortium.kernel.machine import Machine, Transition


class Step(TextChoices):
    PENDING = "pending", _("Being checked")
    AVAILABLE = "available", _("Available")
    THREATS_FOUND = "threats_found", _("Blocked: unsafe")
    VALIDATION_FAILED = "validation_failed", _("Not usable")


class Hold(TextChoices):
    """Why a file waits though all of it has come: nothing is wrong with the file."""

    SCANNER = "scanner", _("Waiting for the virus scanner. It is checked as soon as the scanner answers.")
    SERVER = "server", _("The server has no room just now. It is checked as soon as there is some.")


class CopyStep(TextChoices):
    PREPARING = "preparing", _("Being prepared")
    REVIEW = "review", _("Waits for somebody to look at its pictures")
    AVAILABLE = "available", _("Ready")
    FAILED = "failed", _("Could not be made")
    REJECTED = "rejected", _("Discarded")


MACHINE = Machine(
    name="attachment",
    steps=Step,
    initial=(Step.PENDING,),
    policies="consortium.files.policies",
    final=(),
    transitions=(
        Transition(
            "F1", "accept", _("Accept"), (Step.PENDING,), Step.AVAILABLE, "may_decide", FileAccepted, system=True
        ),
        Transition(
            "F2", "refuse", _("Refuse"), (Step.PENDING,), Step.VALIDATION_FAILED, "may_decide", FileRefused, system=True
        ),
        Transition(
            "F3", "block", _("Block"), (Step.PENDING,), Step.THREATS_FOUND, "may_decide", FileRefused, system=True
        ),
        Transition("F4", "retry", _("Check again"), (Step.VALIDATION_FAILED,), Step.PENDING, "may_retry"),
        Transition("F5", "withdraw", _("Remove"), tuple(Step), None, "may_withdraw"),
        Transition("F6", "restore", _("Put back"), tuple(Step), None, "may_restore"),
    ),
)

#: A de-identified copy. Whatever a picture may show of the child is confirmed by a person before it is released.
COPY_MACHINE = Machine(
    name="clean_copy",
    steps=CopyStep,
    initial=(CopyStep.PREPARING,),
    policies="consortium.files.policies",
    final=(CopyStep.FAILED, CopyStep.REJECTED),
    transitions=(
        Transition("D1", "finish", _("Finish"), (CopyStep.PREPARING,), CopyStep.AVAILABLE, "may_prepare", CopyReleased,
                   system=True),
        Transition("D2", "ask-review", _("Ask for a look"), (CopyStep.PREPARING,), CopyStep.REVIEW, "may_prepare",
                   system=True),
        Transition("D3", "fail", _("Fail"), (CopyStep.PREPARING,), CopyStep.FAILED, "may_prepare", system=True),
        Transition("D4", "confirm", _("Confirm the ticked pictures"), (CopyStep.REVIEW,), None, "may_judge_copy",
                   required=("image",), look="main"),
        Transition("D5", "release", _("Release the copy"), (CopyStep.REVIEW,), CopyStep.AVAILABLE, "may_release_copy",
                   CopyReleased),
        Transition("D6", "discard", _("Discard the copy"), (CopyStep.REVIEW, CopyStep.AVAILABLE), CopyStep.REJECTED,
                   "may_judge_copy", look="alarm"),
    ),
)  # fmt: skip

#: What the person is told: what is wrong, and what to do.
REASONS: dict[str, Any] = {
    Fault.EMPTY: _("This file is empty. Choose the file again."),
    Fault.TOO_LARGE: _("This file is too large. Send a smaller export."),
    Fault.UNKNOWN_TYPE: _("This is not a photo, PDF or DICOM file, whatever its name says. Send one of these."),
    Fault.HEIC: _("This photo is in the HEIC format. Take it with the camera button here, or save it as JPEG."),
    Fault.VIDEO: _("Videos cannot be attached. Send photos of the moments that matter."),
    Fault.ARCHIVE: _("This is an archive. Unpack it and send the files in it."),
    Fault.DOCUMENT: _("Office documents cannot be attached. Save it as PDF and send that."),
    Fault.DISGUISED: _("Something else is hidden in this file beside its picture or text. Export it again."),
    Fault.ACTIVE: _("This file holds a program or script. Print it to a plain PDF or take a photo of it."),
    Fault.TOO_MANY_PIXELS: _("This picture has too many pixels to be opened safely. Send a smaller export."),
    Fault.BROKEN: _("This file is damaged and cannot be opened. Export it again from where it came from."),
    Fault.TRUNCATED: _("The end of this file is missing. Copy or export it again."),
    Fault.PASSWORD: _("This PDF is protected by a password. Save it without one."),
    Fault.NO_PICTURE: _("This DICOM file holds no picture (a report, plan or curve). Send the image files."),
    Fault.DICOMDIR: _("This is only the table of contents of a DICOM disc. Send the image files beside it."),
    Fault.COMPRESSION: _("This DICOM file is packed in a way that cannot be read here. Export it uncompressed."),
    Fault.TOO_SLOW: _("Opening this file took too long. Check it again, or send fewer frames."),
    Fault.TOO_MUCH_MEMORY: _("This file becomes too large when it is opened. Send fewer frames or a smaller export."),
    Fault.SCANNER: _("The virus scanner found something in this file. Check the device it comes from."),
    Fault.TOO_LONG: _("This voice note is longer than 60 seconds. Record a shorter one."),
    Fault.SILENT: _("Nothing can be heard on this recording. Check the microphone and record it again."),
}  # fmt: skip


#: Why a person has to look at a picture before its copy is released.
FLAGS: dict[str, Any] = {
    Flag.ULTRASOUND: _("Ultrasound devices write names into the picture."),
    Flag.SECONDARY: _("A captured screen or scanned film may show a name."),
    Flag.ANNOTATED: _("The file says that something is written into the picture."),
    Flag.UNSAID: _("The file does not say whether something is written into the picture."),
    Flag.FACE: _("Part of the head is shown: a face can be recognised, also in reconstructed sections."),
}


def step_for(fault: Fault | None) -> Step:
    """Where a file ends after its inspection."""
    if fault is None:
        return Step.AVAILABLE
    return Step.THREATS_FOUND if fault in THREATS else Step.VALIDATION_FAILED
