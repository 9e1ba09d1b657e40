"""All writes of files: beginning and finishing an upload, judging it, taking it back."""

from consortium.files.operations.inspecting import inspect_attachment, retry_inspection
from consortium.files.operations.sweeping import sweep
from consortium.files.operations.uploading import attach_small, begin_upload, check_patch, discard_upload, land_upload
from consortium.files.operations.withdrawing import restore_attachment, withdraw_attachment

__all__ = [
    "attach_small",
    "begin_upload",
    "check_patch",
    "discard_upload",
    "inspect_attachment",
    "land_upload",
    "restore_attachment",
    "retry_inspection",
    "sweep",
    "withdraw_attachment",
]
