"""A year of questions that came and were closed, so that lists page and measures mean something.

Each question is one transaction under a key of its own: a worker that is killed loses at most one, and the same month
told twice tells nothing twice.
"""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.casework.models import Case
from consortium.casework.operations import post_message
from consortium.demo.operations.acting import Story
from consortium.demo.operations.calling import meet
from consortium.demo.operations.children import author_of
from consortium.demo.operations.planning import Plan, plans_of, serving
from consortium.demo.operations.settling import LONG_AGO, World, found_again
from consortium.demo.story import year
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.patients.operations import Details, register_patient
from consultations import operations as do
from consultations.models import Opinion
from consultations.models.outcomes import AdviceFit, Outcome
from consultations.operations.following import tell_outcome
from consultations.operations.timing import auto_close, remind
from consultations.states import Change, DeclineReason, WithdrawReason

#: what happened after this is not told: the questions of the last days are those of the story
LATELY = timedelta(days=1)
_WHEN_LAPSED = timedelta(days=14)
_WHEN_ASKED = timedelta(days=21, hours=4)
_MINUTE = timedelta(minutes=1)


def month_of(months_ago: int) -> date:
    """The first day of the month so many months before this one."""
    this = clock.today()
    counted = this.year * 12 + this.month - 1 - months_ago
    return date(counted // 12, counted % 12 + 1, 1)


def tell_piece(months_ago: int, start: int, seconds: float) -> int | None:
    """Tell the questions of a month from number `start` on, for so long, but one at least; where to go on, None at the
    month's end. Those told already are passed."""
    plans = plans_of(month_of(months_ago), months_ago)
    world, begun = found_again(), time.monotonic()
    for number in range(start, len(plans)):
        if number > start and time.monotonic() - begun > seconds:
            return number
        tell_once(world, plans[number])
    return None


def read_old_notices() -> int:
    """The staff have long read what they were told of closed cases; how many notices that were."""
    closed = Case.objects.filter(is_open=False).values_list("pk", flat=True)
    old = Notice.objects.filter(read_at=None, subject_id__in=[str(pk) for pk in closed])
    return int(old.update(read_at=clock.now()))


def tell_once(world: World, plan: Plan) -> bool:
    """One question, whole or not at all; False when it was told before, or its end would lie too near."""
    asker = world.people[author_of(plan.place)]
    if _end_of(plan) > clock.now() - LATELY or Case.objects.filter(created_by=asker, request_key=plan.key).exists():
        return False
    try:
        with transaction.atomic():
            Past(world, plan).tell()
    except DomainError:  # somebody has changed the demonstration since: that question was never asked
        return False
    return True


def _end_of(plan: Plan) -> datetime:
    waits = _WHEN_LAPSED if plan.end == "lapse" else plan.closed
    return plan.sent + plan.answered + waits + timedelta(hours=12)


class Past(Story):
    """Tells one question of the past."""

    def __init__(self, world: World, plan: Plan) -> None:
        super().__init__(world, plan.sent)
        self.plan, self.asker = plan, author_of(plan.place)
        self.specialist = plan.specialist
        self.case_id: UUID

    def until(self, after: timedelta) -> timedelta:
        """How long it still is until so long after the sending."""
        return max(self.plan.sent + after - self.at, _MINUTE / 4)

    def tell(self) -> None:
        self._ask()
        if self.plan.end == "withdraw":
            self.do(self.asker, do.withdraw, self.plan.taken / 2, reason=WithdrawReason.RESOLVED)
            return
        self._be_taken()
        self._be_answered()
        self._come_to_an_end()

    def do(self, who: str, operation: Callable[..., Any], after: timedelta = _MINUTE, **words: Any) -> Any:
        return self.act(who, operation, after, case_id=self.case_id, **words)

    def _ask(self) -> None:
        plan, patient = self.plan, self._child()
        fields = {
            "patient_id": patient.pk, "service_id": self.world.services[plan.service].pk, "priority": plan.priority,
            "weight_grams": _grams(patient, plan.sent.date()), "question": plan.asked.question, "consent_given": True,
        }  # fmt: skip
        self.at -= 4 * _MINUTE
        self.case_id = self.act(self.asker, do.save_draft, fields=fields, key=plan.key).pk
        self.do(self.asker, do.submit, 4 * _MINUTE)

    def _child(self) -> Patient:
        """A child of the year, registered when the consortium began or the child was born."""
        with acting_as(self.world.actor(self.asker)) as actor:
            (place,) = actor.institution_ids()
            known = Patient.objects.filter(
                record_numbers__institution_id=place, record_numbers__number=self.plan.record_number
            ).first()
        return known or self._registered(place)

    def _registered(self, place: UUID) -> Patient:
        plan = self.plan
        born = plan.born or month_of(13) - timedelta(days=60 + plan.child * 23 % 3600)
        name = f"{year.FAMILY[plan.child % len(year.FAMILY)]} {year.GIVEN[plan.child // len(year.FAMILY)]}"
        details = Details(birth_date=born, sex="female" if plan.child % 2 else "male", name=name)
        self.at = plan.sent - timedelta(hours=2) if plan.born else clock.now() - LONG_AGO + timedelta(days=2)
        patient: Patient = self.act(
            self.asker, register_patient, institution_id=place, details=details, record_number=plan.record_number
        )[0]
        self.at = plan.sent
        return patient

    def _be_taken(self) -> None:
        self.do(self.specialist, do.claim, self.plan.taken)
        if self.plan.declined:
            self._be_declined()

    def _be_declined(self) -> None:
        """Passed on to a neighbour; where the asker disagrees, the lead looks again and keeps it."""
        plan, lead = self.plan, "lead"
        others = [name for name in serving(year.NEXT[plan.service]) if name != self.specialist]
        disputed = plan.disputed and self.specialist != lead
        suggested = self.world.services[year.NEXT[plan.service]].pk
        reason = DeclineReason.WRONG_SERVICE
        self.do(self.specialist, do.decline, 9 * _MINUTE, reason=reason, service_id=suggested)
        if disputed:
            self.do(self.asker, do.dispute, 12 * _MINUTE, reason=year.DISPUTE)
        self.specialist = lead if disputed else others[0]
        self.do(self.specialist, do.claim, 25 * _MINUTE)

    def _be_answered(self) -> None:
        plan = self.plan
        if plan.informed:
            self.do(self.specialist, do.ask_information, 3 * _MINUTE, text=year.ASKS[plan.child % 2])
            self.do(self.asker, do.supply_information, _waited(plan), text=year.SUPPLIES[plan.child % 2])
        meet(self)
        if plan.opinion and plan.opinion != self.specialist:
            self._hear_another(plan.opinion)
        self.do(self.specialist, do.answer, self.until(plan.answered), advice=_advice(plan))
        if plan.corrected:
            better = {"advice": _advice(plan, " See the child again in one week."), "reason": "It was too late."}
            self.do(self.specialist, do.correct_answer, 40 * _MINUTE, **better)
            self.do(self.asker, do.acknowledge_correction, 90 * _MINUTE)

    def _hear_another(self, colleague: str) -> None:
        colleague_id = self.world.people[colleague].pk
        self.do(self.specialist, do.ask_second, colleague_id=colleague_id, question="Would you do the same?")
        if Opinion.objects.filter(case_id=self.case_id).exists():
            self.do(colleague, do.give_opinion, 15 * _MINUTE, agrees=self.plan.child % 5 != 0, text="I would, yes.")

    def _come_to_an_end(self) -> None:
        plan = self.plan
        if plan.second and plan.end == "close_out":
            self.do(self.asker, do.ask_clarification, plan.closed / 4, text=year.BACKS[plan.child % len(year.BACKS)])
            self.do(self.specialist, do.answer, plan.answered / 2, advice=_advice(plan, " As before."))
        if plan.end == "lapse":
            self.do("", remind, timedelta(days=5), number=1)
            self.do("", remind, timedelta(days=5), number=2)
            self.do("", auto_close, timedelta(days=4))
            self._follow_up()
            return
        self.do(self.asker, post_message, plan.closed / 2, text="Thank you. I have told the family.")
        change = Change.CONFIRMED if plan.child % 3 == 0 else Change.TREATMENT
        outcome = {"change": change, "referral_avoided": plan.avoided, "usefulness": plan.rating}
        self.do(self.asker, do.close_out, plan.closed / 4, **outcome)
        self._follow_up()

    def _follow_up(self) -> None:
        """Three weeks later the clinic tells how the child is, where that has been already."""
        if self.at + _WHEN_ASKED > clock.now() - LATELY:
            return
        outcome = Outcome.RESOLVED if self.plan.avoided else Outcome.IMPROVED
        fit = AdviceFit.PARTLY if self.plan.second else AdviceFit.YES
        self.do(self.asker, tell_outcome, _WHEN_ASKED, outcome=outcome, advice_fit=fit)


def _waited(plan: Plan) -> timedelta:
    """How long the asker needed for what was asked."""
    return (plan.answered - plan.taken) / 3


def _grams(patient: Patient, on: date) -> int:
    """A believable weight for the age: 3.3 kg at birth, 10 kg at a year, then 2.2 kg a year."""
    years = (on - patient.birth_date).days / 365
    return 100 * round(33 + 67 * min(years, 1) + 22 * max(years - 1, 0))


def _advice(plan: Plan, more: str = "") -> do.Advice:
    return do.Advice(
        impression=plan.asked.impression, do_now=plan.asked.do_now + more,
        red_flags="Drinks less than half, breathes harder, is hard to wake, or you are worried.",
        when_to_refer="At once with any red flag; otherwise as agreed at the follow-up.",
        follow_up="See the child again in the centre as planned.",
    )  # fmt: skip
