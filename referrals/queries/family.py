"""What the family reads: in plain words where the child is expected, when, what to bring and whom to call. Never a
diagnosis, a thread, a note or what a clinician wrote for another."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.casework.states import BookingStep
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from referrals.models import FamilyLink, FollowUp, Outcome, Referral, Visit
from referrals.states import FOLLOW_UP_AHEAD, FamilyAnswer, FollowUpStep, Step

_WHY = "what a family reads by its link"

#: step -> (what it means to a family, what comes next)
WORDS: dict[str, tuple[Any, Any]] = {
    Step.REQUESTED: (_("The hospital has been asked to see your child"), _("You will hear when it answers.")),
    Step.SEEN: (_("The hospital is looking at the request"), _("You will hear when it answers.")),
    Step.DECLINED: (_("Another hospital is being found for your child"), _("You will hear where to go.")),
    Step.ACCEPTED: (_("The hospital will see your child"), _("The time is being arranged. You will hear when.")),
    Step.SCHEDULED: (_("Your child has an appointment"), _("Please tell us below whether you are coming.")),
    Step.UNATTENDED: (_("The appointment was missed"), _("Please call, so that a new time can be found.")),
    Step.VISIT_CANCELLED: (_("The appointment was cancelled"), _("A new time is being found. You will hear when.")),
    Step.TRANSPORT: (_("Your child's journey to the hospital is arranged"), _("The staff with you know the plan.")),
    Step.EN_ROUTE: (_("Your child is on the way to the hospital"), _("The hospital is expecting your child.")),
    Step.ARRIVED: (_("Your child is at the hospital"), _("The doctors and nurses there will talk to you.")),
    Step.UNDER_CARE: (_("Your child is at the hospital"), _("The doctors and nurses there will talk to you.")),
    Step.OUTCOME_SENT: (_("The care at the hospital is finished"), _("Your own clinic has been told how to go on.")),
    Step.CLOSED: (_("The care at the hospital is finished"), _("Your own clinic knows how to go on.")),
    Step.FOLLOWING: (_("Your clinic looks after your child close to home"), _("Please come to the next check-up.")),
    Step.FOLLOWED: (_("The check-ups are finished"), _("Come back whenever you are worried.")),
}
#: the time has passed, and nobody has said yet what came of it
_PASSED = (_("The time of the appointment is over"), _("If you could not come, please call."))
_OVER = (_("This referral has ended"), _("Please call your clinic if you have any question."))


def link_of(case_id: UUID) -> FamilyLink | None:
    """The referral's link that was not taken back."""
    rows = unfiltered(FamilyLink, why=_WHY).select_related("case")
    found: FamilyLink | None = rows.filter(case_id=case_id, revoked_at=None).first()
    return found


def standing_link(token: str) -> FamilyLink | None:
    """The link of this secret, as long as it opens something."""
    rows = unfiltered(FamilyLink, why=_WHY).filter(case__entered_in_error_at=None)
    link: FamilyLink | None = rows.filter(token_hash=FamilyLink.hash_of(token)).first()
    return link if link is not None and link.stands else None


def opened_link(link_id: UUID) -> FamilyLink | None:
    """The link of a device that has opened it, as long as it stands."""
    rows = unfiltered(FamilyLink, why=_WHY).filter(pk=link_id, first_opened_at__isnull=False)
    link: FamilyLink | None = rows.filter(case__entered_in_error_at=None).first()
    return link if link is not None and link.stands else None


def visit_ahead(referral: Referral) -> Visit | None:
    """The visit that is booked and not over."""
    visits = unfiltered(Visit, why=_WHY).select_related("booking").filter(case_id=referral.pk)
    booked = visits.filter(booking__step=BookingStep.BOOKED, booking__period__endswith__gt=clock.now())
    newest: Visit | None = booked.order_by("-number").first()
    return newest if referral.step == Step.SCHEDULED else None


def answer_now(link: FamilyLink, visit: Visit | None) -> str:
    """What the family has said of this visit; "" when it spoke of an earlier time."""
    spoken = visit is not None and link.answered_at is not None and link.answered_at >= visit.booked_at
    return link.answer if spoken else ""


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """The page of one family. `calls` are (whom, telephone); `letter` the outcome in words written for the family."""

    title: str
    text: str
    place: str
    address: str
    when: datetime | None
    bring: str
    calls: list[tuple[str, str]]
    answer: str
    check_up_on: date | None
    letter: str

    @property
    def may_answer(self) -> bool:
        return self.when is not None

    @property
    def comes(self) -> bool:
        return self.answer == FamilyAnswer.COMING

    @property
    def cannot(self) -> bool:
        return self.answer == FamilyAnswer.CANNOT


def family_page(link: FamilyLink) -> FamilyPage:
    """What stands on the page now. Four queries."""
    rows = unfiltered(Referral, why=_WHY).select_related("case__service__institution", "case__asking_institution")
    referral: Referral = rows.get(pk=link.case_id)
    visit = visit_ahead(referral)
    passed = referral.step == Step.SCHEDULED and visit is None
    title, text = _PASSED if passed else WORDS.get(referral.step, _OVER)
    hospital = referral.case.service.institution if referral.case.service else None
    return FamilyPage(
        title=str(title),
        text=str(text),
        place=f"{hospital.name} · {referral.case.service.name}" if hospital and referral.case.service else "",
        address=hospital.address if hospital else "",
        when=visit.booking.begins if visit else None,
        bring=visit.instructions if visit else "",
        calls=_calls(referral),
        answer=answer_now(link, visit),
        check_up_on=_check_up(referral),
        letter=_letter(referral),
    )


def _calls(referral: Referral) -> list[tuple[str, str]]:
    """The clinic that sent the child, then who expects it: places with their public telephone, no person's own."""
    case = referral.case
    places = [case.asking_institution, *([case.service.institution] if case.service else [])]
    numbers = {place.pk: (place.name, place.phone or place.duty_phone) for place in places}
    return [each for each in numbers.values() if each[1]]


def _check_up(referral: Referral) -> date | None:
    if referral.step != Step.FOLLOWING:
        return None
    ahead = unfiltered(FollowUp, why=_WHY).filter(case_id=referral.pk, step__in=FOLLOW_UP_AHEAD).order_by("due_on")
    nearest: FollowUp | None = ahead.first()
    if nearest is None:
        return None
    return nearest.recall_on if nearest.step == FollowUpStep.RECALL else nearest.due_on


def _letter(referral: Referral) -> str:
    """The words for the family of the newest outcome."""
    newest = unfiltered(Outcome, why=_WHY).filter(case_id=referral.pk).order_by("-number")
    return newest.values_list("for_family", flat=True).first() or ""
