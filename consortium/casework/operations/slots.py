"""Calendars: their weekly rules, the days on which they are closed, and the slots published from both."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consortium.casework.models import Booking, Calendar, Closure, Resource, Service, Slot, SlotRule
from consortium.casework.operations.resources import person_resource
from consortium.casework.policies import may_keep_roster
from consortium.casework.queries.working import calendar_at, working_time_of, zone
from consortium.casework.states import AHEAD, PUBLISHED_AHEAD, TAKES_TIME, YEARS
from consortium.casework.worktime import WorkingTime
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered

_RULE = ("weekday", "starts", "minutes", "count", "capacity", "quota", "begins_on", "ends_on")


def _locked(calendar_id: UUID) -> Calendar:
    rows = Calendar.objects.select_for_update(of=("self",)).select_related("service", "room")
    found = rows.filter(pk=calendar_id).first()
    if found is None:
        raise NotVisible
    return found


@transaction.atomic
def open_calendar(
    *, actor: Actor, service_id: UUID, name_en: str, name_zh: str = "", room_id: UUID | None = None,
    key: UUID | None = None,
) -> Calendar:  # fmt: skip
    """A calendar of a service, in a room of its institution perhaps. The same `key` twice is one calendar."""
    service = Service.objects.filter(pk=service_id).first()
    if service is None:
        raise NotVisible
    require(may_keep_roster(actor, service))
    here = Resource.objects.filter(institution_id=service.institution_id, retired_at=None)
    room = here.filter(pk=room_id).first() if room_id else None
    if room_id and room is None:
        raise InvalidInput({"room_id": _("Choose a room of this institution.")})

    def make() -> Calendar:
        calendar = Calendar(
            service=service, room=room, name_en=name_en, name_zh=name_zh, created_by_id=actor.author_id,
            **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            calendar.save(force_insert=True)
        return calendar

    calendar, fresh = once(Calendar, actor=actor, key=key, make=make)
    if fresh:
        _note(actor, calendar, "open")
    return calendar


def _note(actor: Actor, calendar: Calendar, verb: str, **facts: Any) -> None:
    record(actor=actor, verb=verb, subject=calendar, institution_id=calendar.service.institution_id, facts=facts)


@transaction.atomic
def add_rule(
    *, actor: Actor, calendar_id: UUID, fields: Mapping[str, Any], person_id: UUID | None = None,
    key: UUID | None = None,
) -> SlotRule:  # fmt: skip
    """Slots that repeat weekly, published at once for the weeks ahead. `person_id`: who is in charge of them."""
    calendar = _locked(calendar_id)
    require(may_keep_roster(actor, calendar.service))
    _check_day(fields["begins_on"], "begins_on")

    def make() -> SlotRule:
        rule = SlotRule(
            calendar=calendar, person=_person(calendar, person_id), created_by_id=actor.author_id,
            **{name: fields[name] for name in _RULE if name in fields}, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            rule.save(force_insert=True)
        return rule

    rule, fresh = once(SlotRule, actor=actor, key=key, make=make)
    if fresh:
        _note(actor, calendar, "add-rule", rule=str(rule.pk), weekday=rule.weekday)
        publish_calendar(calendar)
    return rule


def _person(calendar: Calendar, person_id: UUID | None) -> Resource | None:
    if person_id is None:
        return None
    if not calendar.service.members.filter(user_id=person_id, left_at=None, user__is_active=True).exists():
        raise InvalidInput({"person_id": _("Choose somebody who answers for this service.")})
    return person_resource(person_id)


@transaction.atomic
def end_rule(*, actor: Actor, rule_id: UUID, on: date) -> SlotRule:
    """No slots of this rule after that day. Those without bookings are withdrawn; the others stay, to be moved."""
    rule = (
        SlotRule.objects.select_for_update(of=("self",)).select_related("calendar__service").filter(pk=rule_id).first()
    )
    if rule is None:
        raise NotVisible
    require(may_keep_roster(actor, rule.calendar.service))
    _check_day(on)
    rule.ends_on = max(on, rule.begins_on)
    rule.save(update_fields=["ends_on"])
    _withdraw(rule.slots.filter(period__startswith__gte=_midnight(rule.ends_on + timedelta(days=1))))
    _note(actor, rule.calendar, "end-rule", rule=str(rule.pk), on=str(rule.ends_on))
    return rule


def _check_day(on: date, field: str = "on") -> None:
    if on.year not in YEARS:
        raise InvalidInput({field: _("Choose a day of this century.")})


def _midnight(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), zone())


def _withdraw(slots: Any) -> int:
    """Withdraw those of `slots` that nobody has booked; how many stay because somebody has."""
    locked = list(slots.filter(withdrawn_at=None).select_for_update().order_by("pk"))
    booked = unfiltered(Booking, why="slots with bookings stay").filter(slot__in=locked, step__in=TAKES_TIME)
    kept = set(booked.values_list("slot_id", flat=True))
    Slot.objects.filter(pk__in=[s.pk for s in locked if s.pk not in kept]).update(withdrawn_at=clock.now())
    return len(kept)


@transaction.atomic
def close_day(*, actor: Actor, calendar_id: UUID, on: date) -> int:
    """An exception: no slots on that day. Free ones are withdrawn; returns how many bookings have to be moved."""
    calendar = _locked(calendar_id)
    require(may_keep_roster(actor, calendar.service))
    _check_day(on)
    _closure, fresh = Closure.objects.get_or_create(calendar=calendar, on=on)
    day = (_midnight(on), _midnight(on + timedelta(days=1)))
    _withdraw(calendar.slots.filter(period__overlap=day))
    if fresh:
        _note(actor, calendar, "close-day", on=str(on))
    booked = unfiltered(Booking, why="how many have to be moved")
    return int(booked.filter(slot__calendar=calendar, step__in=AHEAD, period__overlap=day).count())


@transaction.atomic
def reopen_day(*, actor: Actor, calendar_id: UUID, on: date) -> None:
    """The day has its slots again."""
    calendar = _locked(calendar_id)
    require(may_keep_roster(actor, calendar.service))
    _check_day(on)
    if calendar.closures.filter(on=on).delete()[0]:
        day = (_midnight(on), _midnight(on + timedelta(days=1)))
        calendar.slots.filter(period__overlap=day).update(withdrawn_at=None)
        _note(actor, calendar, "reopen-day", on=str(on))
        publish_calendar(calendar)


def publish_slots() -> int:
    """Publish what the rules give for the weeks ahead (beat): how many slots are new. Twice at once makes each once."""
    calendars = Calendar.objects.filter(closed_at=None).select_related("service", "room").order_by("pk")
    return sum(publish_calendar(calendar) for calendar in calendars)


@transaction.atomic
def publish_calendar(calendar: Calendar) -> int:
    """The calendar's slots up to eight weeks ahead, without closed days and holidays; how many are new."""
    closed = set(calendar.closures.values_list("on", flat=True))
    working = calendar_at(calendar.service.institution_id)
    work = working_time_of(working) if working else None
    slots = [
        slot for rule in calendar.rules.select_related("person") for on in _days(rule, closed, work)
        for slot in _slots_on(rule, on)
    ]  # fmt: skip
    known = calendar.slots.count()
    Slot.objects.bulk_create(slots, ignore_conflicts=True, batch_size=500)
    return calendar.slots.count() - known


def _days(rule: SlotRule, closed: Iterable[date], work: WorkingTime | None) -> Iterator[date]:
    """The days of the rule from today on. A holiday has none; a make-up day has those of the weekday it stands for."""
    today = timezone.localdate(clock.now())
    last = min(rule.ends_on or date.max, today + PUBLISHED_AHEAD)
    day = max(rule.begins_on, today)
    while day <= last:
        weekday = work.like.get(day, day.weekday()) if work else day.weekday()
        if weekday == rule.weekday and day not in closed and (work is None or day not in work.off):
            yield day
        day += timedelta(days=1)


def _slots_on(rule: SlotRule, on: date) -> Iterator[Slot]:
    begins = datetime.combine(on, rule.starts, zone())
    for n in range(rule.count):
        at = begins + n * timedelta(minutes=rule.minutes)
        if at > clock.now():
            yield Slot(
                calendar=rule.calendar, rule=rule, period=(at, at + timedelta(minutes=rule.minutes)),
                capacity=rule.capacity, quota=rule.quota, person=rule.person,
            )  # fmt: skip
