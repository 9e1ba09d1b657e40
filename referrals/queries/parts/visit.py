"""The card of the visit: when and where, or the next free places at one tap."""

from typing import Any
from uuid import uuid4

from consortium.casework.queries.page import CasePage
from referrals.models import Referral
from referrals.queries.visits import next_places, visit_words, visits_of, waiting_of
from referrals.states import Step

#: from where a visit is to come about
_TO_BOOK = (Step.ACCEPTED, Step.UNATTENDED, Step.VISIT_CANCELLED)
_AT_ONE_TAP = 3


def part_visit(page: CasePage[Referral]) -> dict[str, Any] | None:
    """Only for who may know the child: where it will be at what time."""
    if not page.identified:
        return None
    visits = [visit_words(visit) for visit in visits_of(page.case.pk)]
    may_book = any(t.verb in ("book_visit", "rebook_visit") for t in page.actions)
    to_book = may_book and page.row.step in _TO_BOOK and not page.row.is_back
    if not visits and not to_book:
        return None
    stands = next((visit for visit in visits if visit["stands"]), None)
    return {
        "stands": stands,
        "earlier": [visit for visit in visits if visit is not stands],
        **(next_places(page.actor, page.row, most=_AT_ONE_TAP) if to_book else {}),
        "to_book": to_book,
        "may_move": may_book and stands is not None,
        "key": uuid4(),
        "waiting": waiting_of(page.case.pk) if page.row.step in _TO_BOOK else {},
    }
