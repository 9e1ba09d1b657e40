"""A consortium's days in one walk of the clock: referrals come, go their ways through the operations that people call,
and some are forgotten. Nobody is ever without a holder and a clock; each step of an escalation is taken once; the radar
finds those that were forgotten, and no other. `--deep`: 60 days and 400 referrals; else 7 days and 40."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consortium.casework.models import BallSpell, Case, Clock, Escalation, Service
from consortium.casework.states import CaseKind, Priority, Symptom
from consortium.journal.models import Entry
from consortium.journal.queries import chain_faults
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.models import Referral
from referrals.operations import answering, caring, following, outcomes, redirecting, returning, sending, transport
from referrals.operations.transport import Handover, Way
from referrals.operations.unannounced import link_sender, receive_unannounced
from referrals.queries.radar import radar
from referrals.states import Concordance, DeclineReason, Kind, Mode, Place, Step
from referrals.tasks import escalate, pass_on
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.factories.patients import make_patient
from tests.factories.people import make_specialty
from tests.referrals.cases import WHOLE
from tests.referrals.stages import ending
from tests.referrals.watched import wrongly_expected, wrongly_watched

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEAT = timedelta(hours=2)
#: where a child is forgotten: after the act of that name nobody does anything
FORGOTTEN = (
    "sent", "opened", "accepted", "declined", "departed", "arrived", "admitted", "told", "sent_back", "taken_over",
)  # fmt: skip
#: acts of a person, in their order: (what it is called here, how long after the one before)
Act = tuple[str, timedelta, Callable[[], Any]]


class Kept:
    """Which referral a way is about, once it has been sent."""

    id: UUID


class Days:
    """Time that goes on from act to act, with a beat of the clocks between them."""

    def __init__(self, start: datetime) -> None:
        self.at, self.count = start, itertools.count()
        self.agenda: list[tuple[datetime, int, Iterator[Act], Act]] = []
        self.acts = self.beats = 0
        self.next_beat = start

    def do(self, act: Callable[[], Any]) -> Any:
        with clock.moved(self.at - datetime.now(UTC)):
            return act()

    def begin(self, at: datetime, way: Iterator[Act]) -> None:
        self._plan(at, way)

    def _plan(self, since: datetime, way: Iterator[Act]) -> None:
        following = next(way, None)
        if following is not None:
            heapq.heappush(self.agenda, (since + following[1], next(self.count), way, following))

    def run(self, until: datetime, each_day: Callable[[], None]) -> None:
        day = self.at
        while self.at < until:
            moment = self.agenda[0][0] if self.agenda else until
            if self.next_beat <= moment:
                self.at = self.next_beat
                self.next_beat += BEAT
                self.beats += 1
                self.do(escalate)
                if self.at - day >= DAY:
                    day = self.at
                    self.do(each_day)
                continue
            self.at, _number, way, (_name, _after, act) = heapq.heappop(self.agenda)
            self.do(act)
            self.acts += 1
            self._plan(self.at, way)


class Consortium:
    """The people and services, and the ways that a child may go."""

    def __init__(self, rng: random.Random, cast: dict[str, User], places: dict[str, Any]) -> None:
        self.rng, self.cast, self.places = rng, cast, places
        self.forgotten: set[UUID] = set()
        self.ids: list[UUID] = []

    def as_(self, who: str, operation: Callable[..., Any], **words: Any) -> Any:
        return by(self.cast[who], operation, **words)

    def child(self, number: int, at: str = "community") -> Patient:
        made: Patient = make_patient(self.places[at], name=f"Child {number}")
        return made

    def way(self, number: int, stop_after: str = "") -> Iterator[Act]:
        """One referral from its sending to its end; with `stop_after`, forgotten from that act on."""
        child, kept = self.child(number), Kept()

        def keep(referral: Referral) -> None:
            kept.id = referral.pk
            self.ids.append(referral.pk)

        def act(who: str, operation: Callable[..., Any], **words: Any) -> Callable[[], Any]:
            return lambda: self.as_(who, operation, case_id=kept.id, **words)

        steps = self._up(number, child, keep, act, stop_after)
        for name, after, what in steps:
            yield name, after, what
            if name == stop_after:
                self.forgotten.add(kept.id)
                return

    def _up(self, number: int, child: Patient, keep: Any, act: Any, stop_after: str) -> Iterator[Act]:
        priority = self.rng.choice([Priority.STAT, Priority.URGENT, Priority.ROUTINE])
        slow = {Priority.STAT: 0.05, Priority.URGENT: 0.5, Priority.ROUTINE: 5.0}[priority]

        def pause() -> timedelta:
            return timedelta(hours=slow * self.rng.uniform(0.3, 1.6))

        yield "sent", timedelta(), lambda: keep(self._send(number, child, priority))
        yield "opened", pause(), act("specialist", answering.open_referral)
        if stop_after == "declined" or self.rng.random() < 0.15:
            yield "declined", pause(), act("specialist", answering.decline, reason=DeclineReason.NO_BED)
            yield "redirected", pause(), act("coordinator", redirecting.redirect, service_id=self.places["other"].pk)
            yield "accepted", pause(), act("second", answering.accept)
        else:
            yield "accepted", pause(), act("specialist", answering.accept, promise="Bed 3")
        yield "arranged", pause(), act("asker", transport.arrange_transport, way=Way(Mode.SENDER_AMBULANCE))
        yield "signed", pause(), act("asker", transport.sign_handover, handover=Handover("As in the letter."))
        yield "departed", pause(), act("asker", transport.depart)
        yield "arrived", HOUR, act("specialist", transport.arrive, read_back="Understood.")
        yield from self._stay(act)
        yield from self._home(child, act, stop_after)

    def _stay(self, act: Any) -> Iterator[Act]:
        yield "admitted", 0.5 * HOUR, act("specialist", caring.admit, place=Place.WARD)
        yield "noted", 6 * HOUR, act("specialist", caring.note_interim, text="Stable.", key=uuid4())
        yield "discharged", 20 * HOUR, act("specialist", caring.discharge)
        yield "told", 2 * HOUR, lambda: act("specialist", outcomes.send_outcome, ending=ending(), key=uuid4())()

    def _home(self, child: Patient, act: Any, stop_after: str) -> Iterator[Act]:
        back: dict[str, Any] = {}

        def send_back() -> None:
            visits = ((clock.today() + timedelta(days=1), "Weigh her."),)
            plan = returning.Plan(self.places["home"].pk, "Watch.", "None.", visits, guardian_agreed=True)
            made = act("specialist", returning.back_refer, plan=plan, key=uuid4())()
            back["id"] = made.pk
            self.ids.append(made.pk)
            if stop_after in ("sent_back", "taken_over"):
                self.forgotten.add(made.pk)

        def on_back(who: str, operation: Callable[..., Any], **words: Any) -> Callable[[], Any]:
            return lambda: self.as_(who, operation, case_id=back["id"], **words)

        goes_back = stop_after in ("sent_back", "taken_over") or self.rng.random() < 0.4
        if goes_back:
            yield "back", HOUR, send_back
        yield (
            "acknowledged", 3 * HOUR,
            act("asker", outcomes.acknowledge, usefulness=4, concordance=Concordance.SAME),
        )  # fmt: skip
        if goes_back and stop_after != "sent_back":
            yield "over", HOUR, on_back("colleague", returning.take_over)
            if stop_after != "taken_over":
                yield "visited", 20 * HOUR, on_back("nurse", following.visit_done, text="Well.")
                yield "ended", HOUR, self._end_unless_over(back)

    def _end_unless_over(self, back: dict[str, Any]) -> Callable[[], Any]:
        """The last visit that was done may have ended it."""

        def end() -> None:
            if Referral.unscoped.get(pk=back["id"]).step == Step.FOLLOWING:
                self.as_("colleague", following.end_follow_up, case_id=back["id"])

        return end

    def _send(self, number: int, child: Patient, priority: int) -> Referral:
        fields = {
            **WHOLE, "service_id": self.places["service"].pk, "priority": priority,
            "symptom": list(Symptom.values)[number % len(Symptom.values)],
        }  # fmt: skip
        made: Referral = self.as_(
            "asker", sending.send_now, patient=child, institution_id=self.places["community"].pk, fields=fields,
            kind=Kind.UP, key=uuid4(),
        )  # fmt: skip
        return made

    def unannounced(self, number: int) -> Iterator[Act]:
        """A child at the door, whose sender is found afterwards; then as any other."""
        child, kept = self.child(number, "hospital"), Kept()

        def come() -> None:
            made = self.as_(
                "specialist", receive_unannounced, patient_id=child.pk, service_id=self.places["service"].pk,
                problem="Wheeze.", key=uuid4(),
            )  # fmt: skip
            kept.id = made.pk
            self.ids.append(made.pk)

        def act(who: str, operation: Callable[..., Any], **words: Any) -> Callable[[], Any]:
            return lambda: self.as_(who, operation, case_id=kept.id, **words)

        yield "came", timedelta(), come
        community, asker = self.places["community"], self.cast["asker"]
        yield "linked", HOUR, act("specialist", link_sender, institution_id=community.pk, asker_id=asker.pk)
        yield from self._stay(act)
        yield "acknowledged", HOUR, act("asker", outcomes.acknowledge, usefulness=3, concordance=Concordance.NONE_MADE)

    def on_behalf(self, number: int) -> Iterator[Act]:
        """The clinic calls; the coordinator writes it down for its doctor."""
        child, kept = self.child(number), Kept()

        def write_down() -> None:
            fields = {**WHOLE, "service_id": self.places["service"].pk, "priority": Priority.URGENT, "symptom": "cough"}
            made = self.as_(
                "coordinator", sending.send_now, patient=child, institution_id=self.places["community"].pk,
                fields=fields, asker_id=self.cast["asker"].pk, key=uuid4(),
            )  # fmt: skip
            kept.id = made.pk
            self.ids.append(made.pk)

        def act(who: str, operation: Callable[..., Any], **words: Any) -> Callable[[], Any]:
            return lambda: self.as_(who, operation, case_id=kept.id, **words)

        yield "written", timedelta(), write_down
        yield "accepted", 0.5 * HOUR, act("specialist", answering.accept)
        yield "arrived", HOUR, act("specialist", transport.arrive)
        yield from self._stay(act)
        yield "acknowledged", HOUR, act("asker", outcomes.acknowledge, usefulness=5, concordance=Concordance.SAME)


def _everybody_has_a_next_step() -> None:
    """No open referral without one holder and one running or paused clock. Two statements, whatever their number."""
    open_ = Case.unscoped.filter(kind=CaseKind.REFERRAL, is_open=True, submitted_at__isnull=False)
    held = BallSpell.unscoped.filter(case__in=open_, until=None).values_list("case_id", flat=True)
    timed = Clock.unscoped.filter(case__in=open_, stopped_at=None, paused_at=None).values_list("case_id", flat=True)
    ids = sorted(open_.values_list("pk", flat=True))
    assert sorted(held) == ids
    assert sorted(timed) == ids


def test_days_of_a_consortium(
    request: pytest.FixtureRequest, figure: Callable[[str, str], None], community: Institution, hospital: Institution,
    service: Service, other_service: Service,
) -> None:  # fmt: skip
    deep = request.config.getoption("--deep", default=False)
    days, number = (60, 400) if deep else (7, 40)
    names = ("asker", "colleague", "nurse", "specialist", "coordinator", "other_specialist")
    cast = {name: request.getfixturevalue(name) for name in names}
    cast["second"] = cast["other_specialist"]
    from tests.factories.cases import make_service_member

    make_service_member(other_service, cast["second"])
    home = make_service(community, make_specialty("child_health", "Child health"))
    places = {"community": community, "hospital": hospital, "service": service, "other": other_service, "home": home}
    rng = random.Random(7)
    them = Consortium(rng, cast, places)
    start = datetime.now(UTC)  # from here on, for seats and services stand from today
    walk = Days(start)
    stops = dict(zip(rng.sample(range(number - 2), len(FORGOTTEN)), FORGOTTEN, strict=True))
    for n in range(number - 2):
        walk.begin(start + days * DAY * n / number, them.way(n, stops.get(n, "")))
    walk.begin(start + DAY, them.unannounced(number - 2))
    walk.begin(start + 2 * DAY, them.on_behalf(number - 1))

    walk.run(start + (days + 15) * DAY, _everybody_has_a_next_step)

    open_now = set(
        Case.unscoped.filter(kind=CaseKind.REFERRAL, is_open=True, submitted_at__isnull=False)
        .values_list("pk", flat=True)
    )  # fmt: skip
    assert open_now == them.forgotten
    actor = actor_for(cast["coordinator"])
    with acting_as(actor):
        found = {item["id"] for item in walk.do(lambda: radar(actor, size=100)).items}
    assert found == them.forgotten
    assert len(found) == len(FORGOTTEN)
    assert wrongly_watched() == []
    assert wrongly_expected() == []
    each = list(Escalation.unscoped.values_list("clock_id", "number"))
    assert len(each) == len(set(each)) == Entry.unscoped.filter(verb="escalate").count() > 0
    assert walk.do(escalate) == 0
    assert walk.do(pass_on) == 0
    assert list(chain_faults()) == []
    figure(
        f"{days} days of referrals",
        f"{len(them.ids)} referrals, {walk.acts} acts, {walk.beats} beats, {len(each)} escalations each once, "
        f"{len(found)} of {len(FORGOTTEN)} forgotten found",
    )
