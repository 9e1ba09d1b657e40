"""What the sources of referrals share: the rows that the reader sees."""

from typing import Any, Final

from django.db.models import F

from consortium.casework.models import Case
from consortium.interop.fhir.rows import changed_at, of_known_child
from consortium.interop.r4.searching import COMMON, refers

CHILD: Final = "case.patient_id"
#: what a search of what hangs on a case has to be narrowed by
NEEDS: Final = ("_id", "patient", "subject", "based-on")


def referrals() -> Any:
    """The referrals that the actor sees, as their cases; drafts are their author's."""
    rows = Case.objects.filter(referral__isnull=False).select_related(
        "referral__parent", "asker", "asking_institution", "responder", "service__specialty", "service__institution",
        "pathway",
    )  # fmt: skip
    return rows.annotate(touched_at=changed_at("casework.case", "created_at"))


def of_case(model: Any, touched: Any, *related: str) -> Any:
    """Rows that hang on a referral, for who may know the child. `touched`: the column, or expression, of the instant of
    the last change."""
    rows = model.objects.filter(of_known_child("case__patient_id")).select_related("case", *related)
    return rows.annotate(touched_at=F(touched) if isinstance(touched, str) else touched)


def params(**more: Any) -> dict[str, Any]:
    """The search parameters of what hangs on a referral."""
    return {
        **COMMON, "patient": refers("Patient", "case__patient_id"), "subject": refers("Patient", "case__patient_id"),
        "based-on": refers("ServiceRequest", "case_id"), **more,
    }  # fmt: skip
