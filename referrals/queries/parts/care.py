"""The child is there: where it is cared for, and the newest note."""

from typing import TYPE_CHECKING, Any

from consortium.casework.models import Message
from consortium.casework.states import MessageKind
from referrals.models import Encounter
from referrals.states import Place

if TYPE_CHECKING:
    from referrals.queries.page import ReferralPage


def part_care(page: "ReferralPage") -> dict[str, Any] | None:
    """`arrived_at`, `stays` (place, ward, begun_at, ended_at) and `note`, the newest, for who may read the thread."""
    stays = list(Encounter.objects.filter(case_id=page.case.pk).order_by("begun_at"))
    if page.referral.arrived_at is None and not stays:
        return None
    notes = Message.objects.filter(case_id=page.case.pk, kind=MessageKind.INTERIM).select_related("author")
    return {
        "arrived_at": page.referral.arrived_at,
        "stays": [
            {"place": Place(s.place).label, "ward": s.ward, "begun_at": s.begun_at, "ended_at": s.ended_at}
            for s in stays
        ],
        "note": notes.order_by("-seq").first() if page.thread_shown else None,
    }  # fmt: skip
