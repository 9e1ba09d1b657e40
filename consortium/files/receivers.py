"""An erased child's pictures and documents: their bytes are deleted, the rows stay as withdrawn."""

import shutil

from consortium.files.models import Attachment, CleanCopy, staging_root
from consortium.files.states import CopyStep
from consortium.kernel import clock
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.patients.events import PatientErased


@receives(PatientErased)
def delete_files(entry_id: int, event: PatientErased) -> None:
    """After commit, at least once: what is gone already is passed over."""
    rows = unfiltered(Attachment, why="erasing a child's files").filter(case__patient_id=event.patient_id)
    for row in rows:
        shutil.rmtree(row.folder, ignore_errors=True)
        for left in staging_root().rglob(f"{row.pk}*"):
            left.unlink(missing_ok=True)
    rows.filter(withdrawn_at=None).update(withdrawn_at=clock.now(), note="", about={})
    _delete_copies(event)


def _delete_copies(event: PatientErased) -> None:
    """De-identified ones too: who asks for erasure need not trust that nobody can tell."""
    copies = unfiltered(CleanCopy, why="erasing a child's files").filter(case__patient_id=event.patient_id)
    for copy in copies:
        shutil.rmtree(copy.folder, ignore_errors=True)
    copies.filter(step=CopyStep.PREPARING).update(step=CopyStep.FAILED)
    copies.filter(step__in=(CopyStep.REVIEW, CopyStep.AVAILABLE)).update(step=CopyStep.REJECTED)
