"""Working calendars: hours, holidays and make-up days. A change moves the open routine deadlines with it."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consortium.casework.events import WorkingTimeChanged
from consortium.casework.models import Case, Clock, SpecialDay, WorkingCalendar, WorkingHours
from consortium.casework.operations.clocks import due_of, plan_next
from consortium.casework.operations.turns import ring_lists
from consortium.casework.policies import may_change_calendar, may_set_working_time
from consortium.casework.queries.escalating import steps_for
from consortium.casework.queries.working import governed_by, working_side, working_time_of
from consortium.casework.states import DayKind, Priority, Weekday
from consortium.casework.worktime import NoWorkingTime, WorkingTime
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.people.models import Institution, Region

#: weekday -> stretches of work
Hours = Mapping[int, Sequence[tuple[time, time]]]
#: (day, DayKind, name)
NamedDay = tuple[date, str, str]


def _locked(calendar_id: UUID) -> WorkingCalendar:
    rows = WorkingCalendar.objects.select_for_update(of=("self",)).select_related("institution", "region")
    found = rows.filter(pk=calendar_id).first()
    if found is None:
        raise NotVisible
    return found


@transaction.atomic
def open_working_calendar(
    *, actor: Actor, hours: Hours, institution_id: UUID | None = None, region_id: UUID | None = None,
    make_up_like: int = Weekday.MONDAY,
) -> WorkingCalendar:  # fmt: skip
    """The working calendar of an institution or a region, made if there is none: asked twice, one calendar."""
    institution = Institution.objects.filter(pk=institution_id).first() if institution_id else None
    region = Region.objects.filter(pk=region_id).first() if region_id else None
    if (institution is None) == (region is None):
        raise NotVisible
    require(may_set_working_time(actor, institution=institution))
    with database_rules(), transaction.atomic():
        calendar, _fresh = WorkingCalendar.objects.get_or_create(institution=institution, region=region)
    return save_hours(actor=actor, calendar_id=calendar.pk, hours=hours, make_up_like=make_up_like)


@transaction.atomic
def save_hours(
    *, actor: Actor, calendar_id: UUID, hours: Hours, make_up_like: int = Weekday.MONDAY, version: int | None = None
) -> WorkingCalendar:
    """The weekly hours anew; open routine deadlines follow in this transaction."""
    calendar = _locked(calendar_id)
    require(may_change_calendar(actor, calendar))
    check_version(calendar, version)
    rows = _checked(calendar, hours, make_up_like)
    calendar.hours.all().delete()
    with database_rules(), transaction.atomic():
        WorkingHours.objects.bulk_create(rows)
    calendar.make_up_like = make_up_like
    return _changed(actor, calendar, "hours", hours={str(day): len(each) for day, each in hours.items() if each})


def _checked(calendar: WorkingCalendar, hours: Hours, make_up_like: int) -> list[WorkingHours]:
    """The rows; raises where stretches overlap, none are given, or the make-up day would have none."""
    rows = []
    for weekday, stretches in hours.items():
        ordered = sorted(stretches)
        if any(closes <= opens for opens, closes in ordered):
            raise InvalidInput({f"day_{weekday}": _("Work ends after it begins.")})
        if any(ends > begins for (_o, ends), (begins, _c) in itertools.pairwise(ordered)):
            raise InvalidInput({f"day_{weekday}": _("These hours overlap.")})
        rows += [WorkingHours(calendar=calendar, weekday=weekday, opens=o, closes=c) for o, c in ordered]
    if not rows:
        raise InvalidInput({"day_0": _("Enter the hours of at least one day.")})
    if not hours.get(make_up_like):
        raise InvalidInput({"make_up_like": _("Choose a day that has hours.")})
    return rows


@transaction.atomic
def set_days(
    *, actor: Actor, calendar_id: UUID, days: Iterable[NamedDay], version: int | None = None
) -> WorkingCalendar:
    """Holidays and make-up days, added or changed by date. The same days twice change nothing the second time."""
    calendar = _locked(calendar_id)
    require(may_change_calendar(actor, calendar))
    check_version(calendar, version)
    fresh = {on: SpecialDay(calendar=calendar, on=on, kind=kind, name=name[:120]) for on, kind, name in days}
    if unknown := {each.kind for each in fresh.values()} - set(DayKind.values):
        raise InvalidInput({"kind": _("There is no such kind of day: %(kind)s.") % {"kind": sorted(unknown)[0]}})
    known = {(d.on, d.kind, d.name) for d in calendar.days.all()}
    if {(d.on, d.kind, d.name) for d in fresh.values()} <= known:
        return calendar
    SpecialDay.objects.bulk_create(
        fresh.values(), update_conflicts=True, unique_fields=["calendar", "on"], update_fields=["kind", "name"]
    )
    return _changed(actor, calendar, "days", days=len(fresh), first=str(min(fresh)), last=str(max(fresh)))


@transaction.atomic
def remove_day(*, actor: Actor, calendar_id: UUID, on: date) -> WorkingCalendar:
    """The day is an ordinary one again; removing it twice is no error."""
    calendar = _locked(calendar_id)
    require(may_change_calendar(actor, calendar))
    if not calendar.days.filter(on=on).delete()[0]:
        return calendar
    return _changed(actor, calendar, "day-remove", day=str(on))


def _changed(actor: Actor, calendar: WorkingCalendar, verb: str, **facts: Any) -> WorkingCalendar:
    calendar.version += 1
    calendar.save()
    moved = recompute_deadlines(calendar)
    record(
        actor=actor, verb=verb, subject=calendar, institution_id=calendar.institution_id,
        facts={**facts, "moved": moved}, event=WorkingTimeChanged(calendar.pk, moved),
    )  # fmt: skip
    return calendar


def recompute_deadlines(calendar: WorkingCalendar) -> int:
    """Move the due times of open routine cases that run in this working time; how many moved.

    Stat and urgent clocks run day and night: their cases are not even looked at. Three queries for all, whatever their
    number; the cases are locked in one order.
    """
    places = set(governed_by(calendar))
    side = Q(service__institution_id__in=places) | Q(asking_institution_id__in=places)
    cases = {
        case.pk: case
        for case in unfiltered(Case, why="their deadlines follow the working calendar")
        .select_for_update(of=("self",)).select_related("service").order_by("pk")
        .filter(side, is_open=True, submitted_at__isnull=False, priority=Priority.ROUTINE)
    }  # fmt: skip
    work = working_time_of(calendar)
    running = _running(cases, places)
    moved = [cases[each.case_id] for each in running if _moves(cases[each.case_id], each, work)]
    unfiltered(Case, why="their deadlines follow the working calendar").bulk_update(moved, ["due_at"], batch_size=500)
    _plan_anew(running, cases, work)
    for case in moved:
        ring_lists(case)
    return len(moved)


def _plan_anew(running: Sequence[Clock], cases: Mapping[UUID, Case], work: WorkingTime | None) -> None:
    """The next step of each clock's escalation follows as well; a rule is read once for all clocks of its kind."""
    kinds = {(cases[each.case_id].service_id, each.leg, each.priority) for each in running}
    rules = {kind: steps_for(*kind) for kind in kinds}
    for each in running:
        plan_next(each, rules[cases[each.case_id].service_id, each.leg, each.priority], work)
    rows = unfiltered(Clock, why="their deadlines follow the working calendar")
    rows.bulk_update(running, ["escalates_at"], batch_size=500)


def _running(cases: Mapping[UUID, Case], places: set[UUID]) -> list[Clock]:
    """The clock of each that sets its due time, where the side that has to act works by this calendar."""
    rows = unfiltered(Clock, why="their deadlines follow the working calendar")
    running = rows.filter(case_id__in=list(cases), stopped_at=None, paused_at=None, priority=Priority.ROUTINE)
    return [each for each in running if working_side(cases[each.case_id], each.leg) in places]


def _moves(case: Case, running: Clock, work: WorkingTime | None) -> bool:
    """Set the new due time; whether it differs."""
    before = case.due_at
    try:
        case.due_at = due_of(running, case, work)
    except NoWorkingTime as error:
        raise InvalidInput({"days": _("With these days off there is no working time for more than a year.")}) from error
    return case.due_at != before
