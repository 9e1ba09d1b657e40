"""Referrals written as rows, at the times and with the ends that a test wants: the operations have their own tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pgtrigger
from psycopg2.extras import DateTimeTZRange

from consortium.casework.models import Booking, Calendar, Case, Clock, Escalation, Service, Slot, SlotRule
from consortium.casework.states import Ball, CaseKind, Leg, MessageKind, Priority
from consortium.insight.operations import gather, roll_month
from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from referrals.models import (
    Acknowledgement,
    Encounter,
    FollowUp,
    Incident,
    Offer,
    Outcome,
    Referral,
    Transport,
    Visit,
)
from referrals.states import Destination, FollowUpStep, Kind, Mode, OfferStep, Place, Step
from tests.factories.cases import make_case, make_message
from tests.factories.patients import make_pathway
from tests.insight.conftest import Consortium

_LETTER = {
    "diagnoses": [{"code": "J05.0", "text": "Croup", "main": True}], "course": "Adrenaline.", "medicines": "None.",
    "immunisations": "None.", "pending": "None.", "follow_up": "In three days.",
}  # fmt: skip
#: steps at which nobody has to act any more
_OVER = (Step.CLOSED, Step.FOLLOWED, Step.CANCELLED, Step.ENDED)


class Way:
    """One referral, row by row; times are minutes since the sending."""

    def __init__(self, world: Consortium, sent: datetime, step: str = Step.REQUESTED, **more: Any) -> None:
        self.world, self.sent = world, sent
        self.who = more.pop("who", "willow")
        self.service: Service = more.pop("to", None) or world.services[more.pop("service", "lungs")]
        self.case = self._case(step, more.pop("priority", Priority.URGENT))
        self.referral = self._referral(step, more)

    def at(self, minutes: int) -> datetime:
        return self.sent + timedelta(minutes=minutes)

    @property
    def doctor(self) -> User:
        return self.world.people["shen"]

    def _case(self, step: str, priority: int) -> Case:
        child, place, asker = self.world.children[self.who], self.world.places[self.who], self.world.people[self.who]
        case = make_case(child, asker, place, kind=CaseKind.REFERRAL, priority=priority, created_at=self.sent)
        over = {"is_open": False, "ball": Ball.NONE, "ball_user": None, "closed_at": self.sent + timedelta(days=9)}
        pathway = make_pathway(child, place)
        Case.unscoped.filter(pk=case.pk).update(
            service=self.service, pathway=pathway, submitted_at=self.sent, **(over if step in _OVER else {})
        )
        case.refresh_from_db()
        return case

    def _referral(self, step: str, more: dict[str, Any]) -> Referral:
        plain = {"problem": str(self.case.pk)[:20], "patient": self.case.patient, "kind": Kind.UP}
        if step in (Step.ARRIVED, Step.UNDER_CARE):
            plain |= {"arrived_at": self.sent}
        if step == Step.CANCELLED:
            plain |= {"cancel_reason": "better"}
        if step == Step.ENDED:
            plain |= {"end_reason": "refused"}
        with pgtrigger.ignore("referrals.Referral:referral_first_step"):
            made: Referral = Referral.unscoped.create(case=self.case, step=step, **{**plain, **more})
        return made

    def _set(self, **fields: Any) -> None:
        Referral.unscoped.filter(pk=self.case.pk).update(**fields)

    def seen(self, minutes: int, **fields: Any) -> Way:
        number = Offer.unscoped.filter(case=self.case).count() + 1
        plain = {"service": self.service, "step": OfferStep.SEEN, "seen_at": self.at(minutes), "asked_at": self.sent}
        Offer.unscoped.create(case=self.case, number=number, **{**plain, **fields})
        return self

    def declined(self, minutes: int, service: str) -> Way:
        declined = {"step": OfferStep.DECLINED, "decline_reason": "no_bed"}
        return self.seen(minutes, service=self.world.services[service], **declined)

    def accepted(self, minutes: int) -> Way:
        self._set(accepted_at=self.at(minutes))
        return self

    def booked(self, minutes: int) -> Way:
        begins = self.at(minutes) + timedelta(days=2)
        booking = Booking.unscoped.create(
            kind="clinic", period=DateTimeTZRange(begins, begins + timedelta(minutes=30)), case=self.case,
            created_at=self.at(minutes),
        )  # fmt: skip
        number = Visit.unscoped.filter(case=self.case).count() + 1
        Visit.unscoped.create(case=self.case, number=number, booking=booking, booked_at=self.at(minutes))
        return self

    def travelled(self, departed: int, arrived: int | None = None, *, incident: bool = False) -> Way:
        there = {"departed_at": self.at(departed), "arrived_at": self.at(arrived) if arrived else None}
        Transport.unscoped.create(case=self.case, mode=Mode.SENDER_AMBULANCE, arranged_at=self.at(departed), **there)
        if incident:
            at = self.at(departed + 1)
            Incident.unscoped.create(case=self.case, kind="seizure", happened_at=at, recorded_at=at)
        return self

    def arrived(self, minutes: int) -> Way:
        self._set(arrived_at=self.at(minutes))
        return self

    def noted(self, minutes: int) -> Way:
        said = make_message(self.case, self.doctor, self.world.places["hospital"])
        type(said).unscoped.filter(pk=said.pk).update(kind=MessageKind.INTERIM, created_at=self.at(minutes))
        return self

    def stayed(self, begun: int, ended: int | None = None, place: str = Place.WARD) -> Way:
        until = None if ended is None else self.at(ended)
        Encounter.unscoped.create(
            case=self.case, place=place, begun_at=self.at(begun), begun_by=self.doctor, ended_at=until
        )
        return self

    def told(self, minutes: int, **fields: Any) -> Way:
        number = Outcome.unscoped.filter(case=self.case).count() + 1
        day = self.at(minutes).date()
        plain = {"destination": Destination.HOME, "special_care": True, "admitted_on": day, "left_on": day, **_LETTER}
        Outcome.unscoped.create(
            case=self.case, number=number, signed_at=self.at(minutes), signed_by=self.doctor, signer_name="Shen",
            **{**plain, **fields},
        )  # fmt: skip
        return self

    def acknowledged(self, minutes: int, concordance: str = "same", usefulness: int = 5) -> Way:
        outcome: Any = Outcome.unscoped.filter(case=self.case).order_by("-number").first()
        Acknowledgement.unscoped.create(
            outcome=outcome, case=self.case, usefulness=usefulness, concordance=concordance, at=self.at(minutes),
            by=self.case.asker,
        )  # fmt: skip
        return self

    def taken_over(self, minutes: int) -> Way:
        Clock.unscoped.create(
            case=self.case, leg=Leg.FOLLOW_UP, priority=self.case.priority, target_seconds=600,
            started_at=self.at(minutes),
        )  # fmt: skip
        return self

    def follow_up(self, due: date, step: str, done: datetime | None = None) -> Way:
        number = FollowUp.unscoped.filter(case=self.case).count() + 1
        by = {"done_at": done, "done_by": self.doctor if done else None}
        recall = {"recall_on": due} if step == FollowUpStep.RECALL else {}
        with pgtrigger.ignore("referrals.FollowUp:follow_up_first_step"):
            FollowUp.unscoped.create(
                case=self.case, number=number, due_on=due, step=step, task="Weigh.", **by, **recall
            )
        return self

    def escalated(self) -> Way:
        clock = Clock.unscoped.create(
            case=self.case, leg=Leg.SEEN, priority=self.case.priority, target_seconds=600, started_at=self.sent,
            stopped_at=self.at(99),
        )  # fmt: skip
        Escalation.unscoped.create(
            case=self.case, clock=clock, number=1, percent=100, tell="lead", due_at=self.at(10), taken_at=self.at(10),
            is_last=False,
        )  # fmt: skip
        return self


def count(*ways: Way) -> None:
    """Everything of these in the numbers."""
    with acting_as(system("test")):
        for month in gather([way.case.pk for way in ways]):
            roll_month(month)


def make_slot(service: Service, begins: datetime, *, capacity: int = 3, quota: int = 2, taken: int = 0) -> Slot:
    """A slot of a clinic with so many places kept for referrals, of which so many are taken."""
    calendar, _new = Calendar.objects.get_or_create(service=service, name_en="Clinic")
    rule = SlotRule.objects.create(
        calendar=calendar, weekday=begins.isoweekday() % 7, starts=begins.time(), minutes=30, count=1,
        capacity=capacity, quota=quota, begins_on=begins.date(),
    )  # fmt: skip
    period = DateTimeTZRange(begins, begins + timedelta(minutes=30))
    slot = Slot.objects.create(calendar=calendar, rule=rule, period=period, capacity=capacity, quota=quota)
    for place in range(1, taken + 1):
        Booking.unscoped.create(kind="clinic", period=period, slot=slot, place=place, created_at=begins)
    return slot


MINUTES_OF_A_DAY = 1440


def whole_way(world: Consortium, sent: datetime, **more: Any) -> Way:
    """Closed after nine days: seen, accepted, booked, travelled, stayed three days, told, acknowledged."""
    day = MINUTES_OF_A_DAY
    way = Way(world, sent, Step.CLOSED, **more).seen(10).accepted(30).booked(50).travelled(100, 160).arrived(160)
    way.stayed(170, 3 * day).noted(400).told(3 * day + 90, appropriateness="appropriate")
    return way.acknowledged(4 * day)


def a_month_of_ways(world: Consortium, centre: Service, sent: datetime) -> list[Way]:
    """Eleven referrals of every kind, all sent in one month; counted."""
    cough = {"indication_pathway": "cough", "indication_version": 3, "indication_id": "danger"}
    fever = {**cough, "indication_pathway": "fever"}
    hour = timedelta(hours=1)
    ways = [whole_way(world, sent + n * hour, **cough) for n in range(3)]
    ways += [whole_way(world, sent + 3 * hour, who="plum", service="heart", priority=Priority.STAT, **fever)]
    home = Way(world, sent + 4 * hour, Step.OUTCOME_SENT, **fever).seen(3).accepted(9).travelled(20, 90, incident=True)
    ways.append(home.arrived(90).stayed(90, 600).told(700, special_care=False, avoidable=True,
                                                     appropriateness="too_early"))  # fmt: skip
    ways.append(Way(world, sent + 5 * hour, Step.CANCELLED).seen(5))
    ways.append(Way(world, sent + 6 * hour, Step.ENDED).escalated())
    ways.append(Way(world, sent + 7 * hour, Step.SEEN, disputed_at=sent, dispute_reason="No.").declined(30, "heart"))
    ways.append(Way(world, sent + 8 * hour, Step.OUTCOME_SENT, unannounced=True, who="plum").accepted(0).arrived(0))
    ways[-1].stayed(0, 300).told(400)
    child = Way(world, sent + 9 * hour, Step.FOLLOWED, kind=Kind.BACK, to=centre, parent=ways[0].case).taken_over(60)
    child.follow_up(sent.date(), FollowUpStep.DONE, sent).follow_up(sent.date(), FollowUpStep.MISSED)
    ways.append(child)
    ways.append(Way(world, sent + 10 * hour, Step.REQUESTED, kind=Kind.BACK, to=centre, parent=ways[3].case))
    count(*ways)
    return ways
