"""An erased child's pictures and documents: their bytes are deleted, the rows stay as withdrawn."""

import shutil

from consortium.files.models import Attachment, staging_root
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
