"""All writes of files: beginning and finishing an upload, judging it, taking it back, and copying it without names."""

from consortium.files.operations.copying import confirm_images, discard_copy, make_copy, prepare_copy
from consortium.files.operations.inspecting import inspect_attachment, retry_inspection
from consortium.files.operations.pointing import point
from consortium.files.operations.rendering import render_frames
from consortium.files.operations.sending import attach_to_message, transcribe
from consortium.files.operations.sweeping import sweep
from consortium.files.operations.uploading import attach_small, begin_upload, check_patch, discard_upload, land_upload
from consortium.files.operations.withdrawing import restore_attachment, withdraw_attachment

__all__ = [
    "attach_small",
    "attach_to_message",
    "begin_upload",
    "check_patch",
    "confirm_images",
    "discard_copy",
    "discard_upload",
    "inspect_attachment",
    "land_upload",
    "make_copy",
    "point",
    "prepare_copy",
    "render_frames",
    "restore_attachment",
    "retry_inspection",
    "sweep",
    "transcribe",
    "withdraw_attachment",
]
