"""Pages that somebody has not answered: what they hand over with their cases."""

from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.queries.open_items import OpenItem, item_of_case
from consortium.kernel.scoping import unfiltered
from consortium.notices.models import Page, PageCall
from consortium.notices.states import PageStep

_WHY = "which pages somebody has not answered"


def pages_unanswered(user_id: UUID, service_id: UUID) -> list[OpenItem]:
    """Pages about the service's open cases that have called the person and that nobody has taken. Two queries."""
    calls = unfiltered(PageCall, why=_WHY).filter(user_id=user_id, called_at__isnull=False)
    steps = (PageStep.CALLING, PageStep.EXHAUSTED)
    pages = unfiltered(Page, why=_WHY).filter(step__in=steps, subject_type=Case._meta.label_lower)
    subjects = dict(pages.filter(pk__in=calls.values("page_id")).values_list("pk", "subject_id"))
    if not subjects:
        return []
    cases = unfiltered(Case, why=_WHY).open().filter(pk__in=subjects.values(), service_id=service_id)
    by_id = {str(case.pk): case for case in cases}
    return [item_of_case(by_id[of], kind="page", item_id=pk) for pk, of in subjects.items() if of in by_id]
