"""The consultations that a reader sees."""

from typing import Any

from consortium.casework.models import Case
from consortium.interop.fhir.rows import changed_at


def consultations() -> Any:
    """The consultations that the actor sees, as their cases; drafts are their author's."""
    rows = Case.objects.filter(consultation__isnull=False).select_related(
        "consultation__declined_by_service", "asker", "asking_institution", "responder", "service__specialty",
        "service__institution", "pathway",
    )  # fmt: skip
    return rows.annotate(touched_at=changed_at("casework.case", "created_at"))
