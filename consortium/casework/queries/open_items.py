"""What somebody has open for a service: the list that a hand-over carries. Each feature adds its own kinds.

`settings.HANDOVER_SOURCES` names, by kind, functions (user_id, service_id) -> list of OpenItem.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from consortium.casework.models import Case, Clock
from consortium.casework.queries.rows import case_url
from consortium.casework.states import CaseKind, Leg, Priority
from consortium.kernel.scoping import unfiltered

#: legs in which the specialist has, or will have again, to act; in a review the asker does
ANSWERING = (Leg.FIRST_ANSWER, Leg.CLARIFICATION, Leg.INFORMATION)
_LATEST = datetime.max.replace(tzinfo=UTC)
_WHY = "what somebody has in hand; names stay out"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open thing, without a child's name. `item_id` is its own feature's; `case` gives age, sex and question."""

    kind: str
    item_id: UUID
    priority: int
    title: str
    url: str
    due_at: datetime | None = None
    case: Case | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.item_id}"

    @property
    def priority_code(self) -> str:
        return Priority(self.priority).code


Source = Callable[[UUID, UUID], list[OpenItem]]


def open_items(user_id: UUID, service_id: UUID) -> list[OpenItem]:
    """Everything that the person has open for the service, the most urgent first. One or two queries a kind."""
    sources: list[Source] = [import_string(path) for path in settings.HANDOVER_SOURCES.values()]
    items = [item for source in sources for item in source(user_id, service_id)]
    return sorted(items, key=lambda item: (item.priority, item.due_at or _LATEST, item.key))


def cases_in_hand(user_id: UUID, service_id: UUID) -> list[OpenItem]:
    """The cases that wait, or will wait again, for this specialist's answer. One query."""
    held = held_cases(user_id).filter(service_id=service_id, kind=CaseKind.CONSULTATION)
    return [item_of_case(case) for case in held]


def held_cases(user_id: UUID) -> Any:
    """Open cases whose specialist the person is, and which are not answered."""
    running = unfiltered(Clock, why=_WHY).filter(case_id=OuterRef("pk"), stopped_at=None, leg__in=ANSWERING)
    return unfiltered(Case, why=_WHY).open().filter(Exists(running), responder_id=user_id)


def item_of_case(case: Case, *, kind: str = "case", item_id: UUID | None = None) -> OpenItem:
    """A case as an open item."""
    url = case_url(case)
    return OpenItem(kind, item_id or case.pk, case.priority, case.headline, url, case.due_at, case)
