"""May this person do that? A decision with its reason; whether the step allows it is the machine's business."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.kernel.errors import NotPermitted, NotVisible


@dataclass(frozen=True, slots=True)
class Decision:
    """`allowed`, or refused with a `reason` for the person; `hidden` when they may not even know that it exists."""

    allowed: bool
    reason: Any = ""
    hidden: bool = False

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED: Final = Decision(True)


def Allowed() -> Decision:  # noqa: N802 - reads as the decision it makes
    return ALLOWED


def Denied(reason: Any, *, hidden: bool = False) -> Decision:  # noqa: N802
    return Decision(False, reason, hidden)


def allowed_if(condition: object, reason: Any = "") -> Decision:
    """Allowed when `condition` holds, else denied with `reason`."""
    return ALLOWED if condition else Denied(reason or _("You may not do this."))


def require(decision: Decision) -> None:
    """Go on when allowed; raise NotVisible or NotPermitted when not."""
    if decision.allowed:
        return
    raise NotVisible() if decision.hidden else NotPermitted(decision.reason or None)
