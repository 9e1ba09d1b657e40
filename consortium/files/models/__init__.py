"""Files of a case, the series that DICOM files form, de-identified copies, and what was sent with a message."""

from consortium.files.models.attachments import Attachment, AttachmentQuerySet, shelf_root, staging_root
from consortium.files.models.copies import CleanCopy, CleanImage, copies_root
from consortium.files.models.sent import MessageFile
from consortium.files.models.series import Series

__all__ = [
    "Attachment",
    "AttachmentQuerySet",
    "CleanCopy",
    "CleanImage",
    "MessageFile",
    "Series",
    "copies_root",
    "shelf_root",
    "staging_root",
]
