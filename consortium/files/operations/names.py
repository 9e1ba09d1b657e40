"""The file's own name, sealed with the child's key: it goes when the child's record is erased."""

from consortium.files.models import Attachment
from consortium.files.tus.protocol import safe_name
from consortium.journal.operations import key_for
from consortium.kernel.sealing import seal


def sealed_name(attachment: Attachment, name: str) -> bytes:
    """The tidied name, sealed for this row."""
    key = key_for(f"patient:{attachment.case.patient_id}")
    return seal(key, safe_name(name).encode(), f"attachment:{attachment.pk}")
