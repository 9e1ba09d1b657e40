"""Who holds a referral: who can, what they have in hand, and what is held by somebody who no longer can."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from consortium.casework.models import Case
from consortium.casework.queries.open_items import OpenItem, item_of_case
from consortium.casework.queries.stranded import (
    MOST,
    asker_able,
    asker_unable,
    responder_serves,
    seats,
    urgent_first,
)
from consortium.casework.states import Ball, CaseKind
from consortium.kernel.scoping import unfiltered
from consortium.people.queries import actor_by_id
from consortium.people.states import Tier
from referrals.models import Referral
from referrals.policies import at_receiver, receives
from referrals.queries.concerned import DOCTORS
from referrals.states import EXPECTED_STEPS, PRESENT_STEPS, WAITING_STEPS, Step

#: steps in which somebody of the receiving side has it by name
HELD_STEPS = (*WAITING_STEPS, *EXPECTED_STEPS, *PRESENT_STEPS, Step.FOLLOWING)
#: with whom a child is that its responder has to act for, now or when it comes
IN_HAND = (Ball.RESPONDER, Ball.TRANSPORT)


def can_hold(user_id: UUID, referral: Referral) -> bool:
    """Whether this person can act for the receiving side today: of its service, and for a child that is there any
    doctor of the house."""
    actor, case = actor_by_id(user_id), referral.case
    there = referral.step in PRESENT_STEPS and at_receiver(actor, case, *DOCTORS)
    return case.service is not None and (there or receives(actor, case.service))


def _can_hold() -> Q:
    """The same as a condition on Case."""
    there = seats(
        user_id=OuterRef("responder_id"), user__is_active=True, role__in=DOCTORS,
        institution_id=OuterRef("service__institution_id"),
    )  # fmt: skip
    near_home = Q(service__institution__tier__lt=Tier.TERTIARY) | Q(referral__step__in=PRESENT_STEPS)
    return responder_serves() | near_home & Q(Exists(there))


def waits_for_sender(referral: Referral) -> bool:
    """Whether the sender has to act, if they can."""
    return referral.step == Step.OUTCOME_SENT or referral.information_asked_at is not None


def stranded(*, most: int = MOST) -> list[UUID]:
    """The referrals that are due for another holder, the most urgent first: held by somebody who cannot, with a sending
    side that cannot act, or with the coordinator although it can. One query."""
    held = Q(referral__step__in=HELD_STEPS, responder__isnull=False) & ~_can_hold()
    wanted = Q(referral__step=Step.OUTCOME_SENT) | Q(referral__information_asked_at__isnull=False)
    due = held | asker_unable(*DOCTORS) | asker_able(*DOCTORS) & wanted
    return urgent_first(due, most=most, kind=CaseKind.REFERRAL)


def referrals_in_hand(user_id: UUID, service_id: UUID) -> list[OpenItem]:
    """The children that this person has accepted for the service and who are on the way, or there
    (settings.HANDOVER_SOURCES). One query."""
    rows = unfiltered(Case, why="what somebody has in hand; names stay out").open()
    held = rows.filter(responder_id=user_id, service_id=service_id, ball__in=IN_HAND, referral__step__in=HELD_STEPS)
    return [item_of_case(case, kind="referral") for case in held]
