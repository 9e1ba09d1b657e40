"""Files of a case, the series that DICOM files form, and de-identified copies of them."""

from consortium.files.models.attachments import Attachment, AttachmentQuerySet, shelf_root, staging_root
from consortium.files.models.copies import CleanCopy, CleanImage, copies_root
from consortium.files.models.series import Series

__all__ = [
    "Attachment",
    "AttachmentQuerySet",
    "CleanCopy",
    "CleanImage",
    "Series",
    "copies_root",
    "shelf_root",
    "staging_root",
]
