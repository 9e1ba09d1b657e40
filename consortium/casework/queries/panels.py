"""What casework adds to the page of one child."""

from typing import Any

from consortium.casework.queries.rows import row_of
from consortium.casework.queries.worklists import of_patient
from consortium.kernel.actors import Actor
from consortium.patients.models import Patient


def cases_of_patient(actor: Actor, patient: Patient) -> dict[str, Any]:
    """The child's cases as rows (settings.PATIENT_PANELS). One query."""
    rows = [row_of(item, actor, {}) for item in of_patient(actor, patient.pk)]
    return {"template": "casework/patient_panel.html", "rows": rows}
