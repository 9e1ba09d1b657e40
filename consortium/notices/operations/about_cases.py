"""Notices and pages about a case, whatever its kind: told once per act, to everybody but who acted, without a name."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from consortium.casework.models import Case, ReadMark
from consortium.casework.queries.concerned import facts_of
from consortium.casework.queries.rows import case_url
from consortium.journal.models import Entry
from consortium.kernel.actors import current_actor
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations.paging import start_page, stop_pages
from consortium.notices.operations.sending import send_notice
from consortium.people.models import User


def tell(
    people: Iterable[UUID], kind: str, case: Case, entry_id: int, *, once: str = "", urgent: bool = False, **facts: Any
) -> None:
    """A notice for everybody of `people` but whoever acted."""
    acted = unfiltered(Entry, why="who need not be told").filter(pk=entry_id).values_list("actor_id", flat=True).first()
    for recipient_id in dict.fromkeys(people):
        if recipient_id != acted:
            send_notice(
                actor=current_actor(), recipient_id=recipient_id, kind=kind, subject=case, url=case_url(case),
                once=f"{once or entry_id}:{kind}", facts={**facts_of(case), **facts}, urgent=urgent,
            )  # fmt: skip


def tell_of_messages(people: Iterable[UUID], kind: str, case: Case, entry_id: int, author_id: UUID) -> None:
    """One notice for what has gathered since the recipient last read the thread."""
    for recipient_id in people:
        if recipient_id != author_id:
            marks = unfiltered(ReadMark, why="how far they have read").filter(case=case, user_id=recipient_id)
            read_to = marks.values_list("seq", flat=True).first() or 0
            tell([recipient_id], kind, case, entry_id, once=f"message:{case.pk}:{read_to}")


def page_about(case: Case, people: Sequence[UUID], kind: str, *, once: str) -> None:
    """Call `people` in their order; nothing where nobody can be called. The duty telephone stands beside it."""
    able = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    called = [user_id for user_id in dict.fromkeys(people) if user_id in able]
    if called:
        phone = {"phone": case.service.duty_phone} if case.service else {}
        start_page(
            actor=current_actor(), people=called, kind=kind, subject=case, url=case_url(case), once=once,
            facts={"specialty": "", **facts_of(case), **phone},
        )  # fmt: skip


def calm(case: Case) -> None:
    """Nobody is called about this case any more."""
    stop_pages(actor=current_actor(), subject=case)
