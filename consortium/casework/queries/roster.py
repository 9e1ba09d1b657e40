"""A service's week: who is on duty when, and where nobody is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consortium.casework.models import Handover, Shift, Swap
from consortium.casework.queries.working import zone
from consortium.casework.states import SWAP, YEARS, HandoverStep, Rank, SwapStep
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.machine import Transition

Stretch = tuple[datetime, datetime]
_NIGHT_FROM, _NIGHT_TO = 18, 8


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without anybody of the first rank."""

    begins: datetime
    ends: datetime

    @property
    def words(self) -> str:
        """ "Nobody on Tuesday night", "Nobody on Tuesday, 08:00-12:00"."""
        begins, ends = timezone.localtime(self.begins), timezone.localtime(self.ends)
        day = date_format(begins, "l")
        if begins.hour >= _NIGHT_FROM and (ends.date() > begins.date() and ends.hour <= _NIGHT_TO):
            return _("Nobody on %(day)s night") % {"day": day}
        if begins.hour == 0 and ends - begins >= timedelta(days=1):
            return _("Nobody on %(day)s") % {"day": day}
        said = {"day": day, "from": date_format(begins, "H:i"), "to": date_format(ends, "H:i")}
        return _("Nobody on %(day)s, %(from)s to %(to)s") % said


@dataclass(slots=True)
class RosterDay:
    """One day of the week view: the shifts that begin on it or run into it, and its gaps."""

    on: date
    shifts: list[Shift] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    @property
    def is_today(self) -> bool:
        return self.on == clock.today()

    @property
    def is_over(self) -> bool:
        """Past, and nothing to be seen: phones leave it out."""
        return self.on < clock.today() and not self.shifts


def monday_of(text: str) -> date:
    """The Monday of the week that `text` (any of its days, ISO) lies in; this week's for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = clock.today()
    if day.year not in YEARS:
        day = clock.today()
    return day - timedelta(days=day.weekday())


def midnight(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), zone())


def gaps_between(shifts: Iterable[Stretch], begins: datetime, ends: datetime) -> list[Gap]:
    """What `shifts` leave open of [begins, ends)."""
    gaps, covered = [], begins
    for starts, stops in sorted(shifts):
        if starts > covered:
            gaps.append(Gap(covered, min(starts, ends)))
        covered = max(covered, stops)
        if covered >= ends:
            break
    if covered < ends:
        gaps.append(Gap(covered, ends))
    return [gap for gap in gaps if gap.ends > gap.begins]


def roster_week(service_id: UUID, monday: date) -> list[RosterDay]:
    """Seven days of a service's roster. One query. What is past is no gap any more."""
    begins, ends = midnight(monday), midnight(monday + timedelta(days=7))
    rows = Shift.objects.filter(service_id=service_id).between(begins, ends).select_related("user")
    shifts = list(rows.order_by("period", "rank"))
    days = {monday + timedelta(days=n): RosterDay(monday + timedelta(days=n)) for n in range(7)}
    for shift in shifts:
        day = max(timezone.localdate(shift.begins), monday)
        days[day].shifts.append(shift)
    first = [(s.begins, s.ends) for s in shifts if s.rank == Rank.FIRST]
    for gap in gaps_between(first, max(begins, clock.now()), ends):
        _place(gap, days)
    return list(days.values())


def _place(gap: Gap, days: dict[date, RosterDay]) -> None:
    """A gap over several days is one for each; a night is told on the evening it begins."""
    begins = gap.begins
    while begins < gap.ends:
        day = timezone.localdate(begins)
        midnight_after = midnight(day + timedelta(days=1))
        morning = midnight_after + timedelta(hours=_NIGHT_TO)
        night = timezone.localtime(begins).hour >= _NIGHT_FROM and gap.ends <= morning
        until = gap.ends if night else min(gap.ends, midnight_after)
        days[day].gaps.append(Gap(begins, until))
        begins = until


def shift_for(shift_id: UUID) -> Shift:
    """One that stands, or NotVisible."""
    found = Shift.objects.standing().select_related("service__institution", "user").filter(pk=shift_id).first()
    if found is None:
        raise NotVisible
    return found


def my_shifts(user_id: UUID, *, most: int = 30) -> list[Shift]:
    """The person's shifts that run or lie ahead, the next first. One query."""
    rows = Shift.objects.standing().filter(user_id=user_id, period__endswith__gt=clock.now())
    return list(rows.select_related("service", "user").order_by("period")[:most])


def swaps_of(actor: Actor, *, most: int = 20) -> list[Swap]:
    """Offers that wait for the actor or were made by them, and whose shift lies ahead. One query."""
    mine = Q(from_user_id=actor.user_id) | Q(to_user_id=actor.user_id)
    rows = Swap.objects.filter(mine, step=SwapStep.OFFERED, shift__period__startswith__gt=clock.now())
    related = ("shift__service", "shift__user", "from_user", "to_user", "in_return__service")
    return list(rows.select_related(*related).order_by("offered_at")[:most])


def own_acts(actor: Actor, swap: Swap) -> list[Transition]:
    """What the actor, being one of the two, can answer to a standing offer. No query: the operation checks again."""
    verbs = ("accept", "decline") if swap.to_user_id == actor.user_id else ("withdraw",)
    return [t for t in SWAP.transitions if t.verb in verbs and swap.step in t.sources]


def swap_for(swap_id: UUID) -> Swap:
    """One, or NotVisible."""
    related = ("shift__service__institution", "from_user", "to_user", "in_return__service")
    found: Swap | None = Swap.objects.select_related(*related).filter(pk=swap_id).first()
    if found is None:
        raise NotVisible
    return found


def service_swaps(service_id: UUID, *, most: int = 20) -> list[Swap]:
    """What the lead may overrule: offered or accepted, and still ahead. One query."""
    steps = (SwapStep.OFFERED, SwapStep.ACCEPTED)
    ahead = Swap.objects.filter(shift__service_id=service_id, step__in=steps)
    rows = ahead.filter(shift__period__startswith__gt=clock.now()).select_related("shift", "from_user", "to_user")
    return list(rows.order_by("-offered_at")[:most])


def handover_for(handover_id: UUID) -> Handover:
    """One, or NotVisible."""
    rows = Handover.objects.select_related("service__institution", "from_user", "to_user", "taken_by")
    found: Handover | None = rows.filter(pk=handover_id).first()
    if found is None:
        raise NotVisible
    return found


def handovers_waiting(actor: Actor) -> Sequence[Handover]:
    """Those offered to the actor, and those they offered themselves. One query."""
    mine = Q(to_user_id=actor.user_id) | Q(from_user_id=actor.user_id)
    rows: Any = Handover.objects.filter(mine, step=HandoverStep.OFFERED)
    return list(rows.select_related("service", "from_user", "to_user").order_by("offered_at"))


def returnable(actor: Actor, people: Collection[Any], *, after: datetime) -> QuerySet[Shift]:
    """The shifts of these people, later than that, which the actor may take for one of theirs: of services in which
    the actor has a seat too."""
    theirs = Shift.objects.standing().filter(user__in=people, period__startswith__gt=after)
    return theirs.filter(service__members__user_id=actor.user_id, service__members__left_at=None)
