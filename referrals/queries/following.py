"""The visits of a plan: which is next, and how often the child has not come."""

from uuid import UUID

from referrals.models import FollowUp, Referral
from referrals.states import FOLLOW_UP_AHEAD, FollowUpStep

#: not come so often in a row: somebody has to find the family
MISSED_OFTEN = 2


def visits_of(case_id: UUID) -> list[FollowUp]:
    """Every one, by the day for which it stands now."""
    rows = FollowUp.objects.filter(case_id=case_id).select_related("done_by")
    return sorted(rows, key=lambda visit: (visit.day, visit.number))


def visits_ahead(case_id: UUID) -> list[FollowUp]:
    return [visit for visit in visits_of(case_id) if visit.step in FOLLOW_UP_AHEAD]


def next_visit(case_id: UUID) -> FollowUp | None:
    return next(iter(visits_ahead(case_id)), None)


def times_missed(case_id: UUID) -> int:
    """How often the child has not come since it last did: a visit recalled was missed once, one given up twice."""
    visits = visits_of(case_id)
    came = max((n for n, visit in enumerate(visits) if visit.step == FollowUpStep.DONE), default=-1)
    return sum(
        {FollowUpStep.RECALL: 1, FollowUpStep.MISSED: 2}.get(FollowUpStep(v.step), 0) for v in visits[came + 1 :]
    )


def newest_from(case_id: UUID) -> Referral:
    """The newest referral that came out of this one."""
    rows = Referral.objects.filter(parent_id=case_id).select_related("case")
    newest: Referral = rows.order_by("-case__created_at")[0]
    return newest
