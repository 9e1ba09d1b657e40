"""More and less urgent, whatever the kind of case: the clocks count from the first send. Callers hold the case."""

from typing import Any

from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.operations.clocks import recompute_clocks
from consortium.casework.operations.turns import ring_lists
from consortium.casework.states import Priority
from consortium.kernel.errors import InvalidInput


def make_more_urgent(case: Case, priority: int) -> dict[str, Any]:
    """Raise a locked case that the caller saves; what the journal keeps of it. InvalidInput when it is not higher."""
    if priority not in Priority.values or priority > case.priority:
        raise InvalidInput({"priority": _("Choose a higher urgency.")})
    return _change(case, priority)


def make_less_urgent(case: Case, priority: int, reason: str) -> dict[str, Any]:
    """Lower a locked case, with a reason; as `make_more_urgent`."""
    if priority not in Priority.values or priority <= case.priority:
        raise InvalidInput({"priority": _("Choose a lower urgency.")})
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why this is less urgent than the asker thought.")})
    return _change(case, priority)


def _change(case: Case, priority: int) -> dict[str, Any]:
    before, case.priority = case.priority, priority
    recompute_clocks(case)
    ring_lists(case)
    return {"before": Priority(before).code, "after": Priority(priority).code}
