"""What happened in a month of the year's history, reckoned from the month alone: the same month, the same story."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings

from consortium.casework.states import Priority
from consortium.demo.story import year
from consortium.demo.story.holidays import days
from consortium.demo.story.people import STAFF
from consortium.demo.story.year import Asked

_OFF = frozenset(on for on, kind, _name in days() if kind == "holiday")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Plan:
    """One question of the past: who asks, when, of whom, and every turn it took."""

    key: UUID
    child: int
    #: a newborn's day of birth; None for a child whom the place has known since the consortium began
    born: date | None
    record_number: str
    place: str
    service: str
    priority: int
    sent: datetime
    asked: Asked
    taken: timedelta
    answered: timedelta
    specialist: str
    informed: bool
    declined: bool
    disputed: bool
    opinion: str
    #: how far down the ladder the video call of this question was held, or how it failed; "" for none
    video: str
    second: bool
    corrected: bool
    end: str
    avoided: bool
    rating: int | None
    closed: timedelta


def plans_of(month: date, months_ago: int) -> list[Plan]:
    """The questions sent in that month, in the order of sending. `months_ago`: how much slower people still were."""
    rng = random.Random(f"{month:%Y-%m}")  # noqa: S311 - a story, not a secret
    slower = 1 + (year.AT_FIRST - 1) * min(months_ago, 12) / 12
    found = [
        _plan(rng, month, service, number, slower)
        for service, numbers in year.BY_MONTH.items()
        for number in range(numbers[month.month - 1])
    ]
    return sorted(found, key=lambda plan: plan.sent)


def _of(rng: random.Random, percent: float) -> bool:
    return rng.random() * 100 < percent


def _picked(rng: random.Random, weights: dict[Any, int]) -> Any:
    return rng.choices(list(weights), list(weights.values()))[0]


def _about(rng: random.Random, minutes: float, spread: float = 0.75) -> float:
    """Minutes around a middle, now and then much longer: as waiting is."""
    return minutes * math.exp(rng.gauss(0, spread))


def _plan(rng: random.Random, month: date, service: str, number: int, slower: float) -> Plan:
    priority = _urgency(rng, service)
    sent = _sent(rng, month, priority)
    taken = _MINUTE * max(0.4, _about(rng, year.TAKEN[priority - 1] * slower))
    answered = taken + _MINUTE * max(2, _about(rng, year.ANSWERED[priority - 1] * slower))
    if priority == Priority.ROUTINE:
        taken, answered = _by_day(sent, taken), _by_day(sent, max(answered, _by_day(sent, taken) + 20 * _MINUTE))
    specialist = rng.choice(serving(service))
    declined = _of(rng, year.DECLINED) and priority == Priority.ROUTINE
    colleague = rng.choice([s.username for s in STAFF if s.services and s.username != specialist])
    answers: dict[str, Any] = {
        "informed": _of(rng, year.INFORMED), "declined": declined,
        "disputed": declined and service == "respiratory" and _of(rng, year.DISPUTED_OF_DECLINED),
        "opinion": colleague if _of(rng, year.OPINION) else "", "second": _of(rng, year.SECOND),
        "corrected": _of(rng, year.CORRECTED),
    }  # fmt: skip
    key = uuid5(NAMESPACE_URL, f"demo-year:{month:%Y-%m}:{service}:{number}")
    place = _picked(rng, year.PLACES)
    child = list(year.PLACES).index(place) * year.CHILDREN_OF_A_PLACE + rng.randrange(year.CHILDREN_OF_A_PLACE)
    newborn = service == "neonatology"
    return Plan(
        key=key, child=child, place=place, service=service,
        born=sent.date() - timedelta(days=4 + key.int % 24) if newborn else None,
        record_number=f"{28_000_000 + key.int % 900_000 if newborn else 27_000_000 + 13 * child}",
        priority=priority, sent=sent, asked=rng.choice(year.QUESTIONS[service]), taken=taken, answered=answered,
        specialist=specialist, end=_end(rng), avoided=_of(rng, year.AVOIDED), rating=_picked(rng, year.RATINGS),
        closed=timedelta(hours=_about(rng, 30, 0.6)), video=_called(key), **answers,
    )  # fmt: skip


def _called(key: UUID) -> str:
    """By a lot of its own: the rest of the story stays as it is."""
    rng = random.Random(f"video:{key}")  # noqa: S311 - a story, not a secret
    return str(_picked(rng, year.CALLS)) if _of(rng, year.VIDEO) else ""


def _end(rng: random.Random) -> str:
    return str(_picked(rng, {
        "withdraw": year.WITHDRAWN, "lapse": year.UNREVIEWED, "close_out": 100 - year.WITHDRAWN - year.UNREVIEWED,
    }))  # fmt: skip


def _urgency(rng: random.Random, service: str) -> int:
    stat, urgent = year.URGENCY[service]
    weights = {Priority.STAT: stat, Priority.URGENT: urgent, Priority.ROUTINE: 100 - stat - urgent}
    return int(_picked(rng, weights))


def serving(service: str) -> Sequence[str]:
    """Who answers for it, by the story."""
    return [s.username for s in STAFF if service in s.services]


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _sent(rng: random.Random, month: date, priority: int) -> datetime:
    """Routine ones on working days from eight to half past five; the others at any hour, most of them by day."""
    length = ((month + timedelta(days=31)).replace(day=1) - month).days
    while True:
        on = month + timedelta(days=rng.randrange(length))
        if priority != Priority.ROUTINE or (on.weekday() < 5 and on not in _OFF):
            break
    by_day = priority == Priority.ROUTINE or _of(rng, 70)
    minute = rng.triangular(8 * 60, 17.5 * 60, 10 * 60) if by_day else rng.uniform(0, 24 * 60 - 1)
    midnight = datetime(on.year, on.month, on.day, tzinfo=_zone())
    return midnight + timedelta(minutes=round(minute, 2))


def _by_day(sent: datetime, after: timedelta) -> timedelta:
    """Nobody takes or answers a routine question at night: what falls there waits for the morning."""
    at = sent + after
    while not 8 <= at.hour < 18 or at.weekday() > 4 or at.date() in _OFF:
        on = at.date() + timedelta(days=1 if at.hour >= 8 else 0)
        at = datetime(on.year, on.month, on.day, 8, 10 + at.minute % 45, at.second, tzinfo=_zone())
        if at.weekday() > 4 or at.date() in _OFF:
            at += timedelta(hours=10)
    return at - sent
