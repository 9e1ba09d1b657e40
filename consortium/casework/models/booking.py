"""Calendars with their published slots, and the one table that keeps people, rooms and vehicles from overlapping."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models.cases import Case, involved_in, rows
from consortium.casework.models.services import Service, ServiceMember
from consortium.casework.states import BOOKING, TAKES_TIME, BookingKind, BookingStep, ResourceKind, Weekday
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.versions import Versioned
from consortium.people.models import Bilingual, Institution
from consortium.people.states import Role

_PERIOD = Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False)


class Resource(Bilingual):
    """What can be booked: a person, a room or a vehicle. Known to all staff, so not scoped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=ResourceKind.choices)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="resource"
    )
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="resources")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ResourceKind.PERSON, user__isnull=False, institution=None)
                | ~Q(kind=ResourceKind.PERSON) & Q(user=None, institution__isnull=False),
                name="casework_resource_whose",
                violation_error_message=_("A person works here; a room or vehicle belongs to an institution."),
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "name_en"],
                name="casework_resource_name",
                violation_error_message=_("There is one of this name here already."),
            ),
        ]

    @property
    def called(self) -> str:
        """The person's name, or the room's or vehicle's, in the reader's language."""
        return self.user.get_full_name() if self.user else self.name


class Calendar(Bilingual, Versioned, CreatedOnce):
    """The slots of a service, in a room of its own perhaps. Known to all staff, so not scoped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="calendars")
    room = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["service", "name_en"],
                name="casework_calendar_name",
                violation_error_message=_("There is one of this name here already."),
            ),
        ]


class SlotRule(CreatedOnce):
    """Slots that repeat weekly: `count` of `minutes` each from `starts` on, with one person in charge perhaps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="rules")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    starts = models.TimeField(_("first slot begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes a slot"))
    count = models.PositiveSmallIntegerField(_("number of slots"))
    capacity = models.PositiveSmallIntegerField(_("places a slot"), default=1)
    #: of these places, how many are kept for children whom the consortium sends
    quota = models.PositiveSmallIntegerField(_("places kept for referrals"), default=0)
    person = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="+")
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(weekday__in=Weekday.values), name="casework_rule_weekday"),
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 480), count__range=(1, 96), capacity__range=(1, 50)),
                name="casework_rule_sizes",
                violation_error_message=_("A slot lasts 5 to 480 minutes, with 1 to 50 places."),
            ),
            models.CheckConstraint(
                condition=Q(quota__lte=F("capacity")),
                name="casework_rule_quota",
                violation_error_message=_("No more places can be kept for referrals than there are."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="casework_rule_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}"


class Closure(models.Model):
    """A day on which a calendar has no slots, against its rules."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="closures")
    on = models.DateField(_("day"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="casework_closure_once")]

    def __str__(self) -> str:
        return f"{self.calendar_id} closed on {self.on}"


class SlotQuerySet(models.QuerySet["Slot"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def ahead(self) -> Self:
        return self.standing().filter(period__startswith__gt=clock.now())


class Slot(models.Model):
    """One published slot. Known to all staff, so not scoped; who comes is not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="slots")
    rule = models.ForeignKey(SlotRule, models.PROTECT, related_name="slots")
    period: Any = DateTimeRangeField()
    capacity = models.PositiveSmallIntegerField()
    quota = models.PositiveSmallIntegerField(default=0)
    person = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(SlotQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "period"], name="casework_slot_once"),
            models.CheckConstraint(condition=_PERIOD, name="casework_slot_period"),
            models.CheckConstraint(condition=Q(quota__lte=F("capacity")), name="casework_slot_quota"),
        ]
        indexes = [GistIndex(fields=["calendar", "period"], name="casework_slot_of_calendar")]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.period}"

    @property
    def begins(self) -> datetime:
        begins: datetime = self.period.lower
        return begins

    @property
    def resources(self) -> list[Resource]:
        """Who and what the slot takes: the person in charge, and the calendar's room."""
        return [each for each in (self.person, self.calendar.room) if each is not None]


def booking_seen_by(actor: Actor) -> Q:
    """Whoever made it, whose time it takes, whose service's calendar or whose rooms it is in, and who sees the case."""
    uses = rows(BookingUse).filter(booking=OuterRef("pk"))
    mine = uses.filter(resource__user_id=actor.user_id)
    office = actor.institution_ids(Role.COORDINATOR, Role.INSTITUTION_ADMIN)
    served = rows(ServiceMember).filter(
        user_id=actor.user_id, left_at=None, service=OuterRef("slot__calendar__service_id")
    )
    cases = rows(Case).filter(involved_in(actor), pk=OuterRef("case_id"))
    return (
        Q(created_by_id=actor.user_id)
        | Q(Exists(mine))
        | Q(Exists(uses.filter(resource__institution_id__in=office)))
        | Q(slot__calendar__service__institution_id__in=office)
        | Q(Exists(served))
        | Q(case__isnull=False) & Q(Exists(cases))
    )


class BookingQuerySet(ScopedQuerySet["Booking"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(booking_seen_by(actor)) if actor.is_person else self.none()

    def overdue_holds(self, at: datetime) -> Self:
        return self.filter(step=BookingStep.HELD, held_until__lte=at)


class Booking(Scoped, Versioned, CreatedOnce):
    """A stretch of time for several people, rooms or vehicles at once. It never says about whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=BookingKind.choices)
    step = models.CharField(max_length=20, choices=BookingStep.choices, default=BookingStep.BOOKED)
    period: Any = DateTimeRangeField(_("period"))
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="bookings")
    slot = models.ForeignKey(Slot, models.PROTECT, null=True, blank=True, related_name="bookings")
    #: which place of the slot, from 1; the first `quota` of them are kept for referrals
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(BookingQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = BOOKING.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=BOOKING.known_step(), name="casework_booking_step"),
            models.CheckConstraint(condition=Q(kind__in=BookingKind.values), name="casework_booking_kind"),
            models.CheckConstraint(
                condition=_PERIOD,
                name="casework_booking_period",
                violation_error_message=_("A booking begins before it ends."),
            ),
            models.CheckConstraint(
                condition=~Q(step=BookingStep.HELD) | Q(held_until__isnull=False), name="casework_booking_hold_ends"
            ),
            models.CheckConstraint(
                condition=Q(slot=None, place=None) | Q(slot__isnull=False, place__isnull=False),
                name="casework_booking_place_pair",
            ),
            models.UniqueConstraint(
                fields=["slot", "place"],
                condition=Q(step__in=TAKES_TIME),
                name="casework_booking_place_once",
                violation_error_message=_("This place was just taken."),
            ),
        ]
        indexes = [
            models.Index(fields=["held_until"], condition=Q(step=BookingStep.HELD), name="casework_booking_holds"),
            models.Index(fields=["case"], name="casework_booking_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def begins(self) -> datetime:
        begins: datetime = self.period.lower
        return begins

    @property
    def ends(self) -> datetime:
        ends: datetime = self.period.upper
        return ends


class UseQuerySet(ScopedQuerySet["BookingUse"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(booking__in=Booking.objects.all())


class BookingUse(Scoped):
    """One resource taken by one booking. The database lets nobody and nothing be in two places at once.

    Bookings of one slot share its `occasion`, for several children may come to one clinic; whatever else there is has
    an occasion of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="uses")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="uses")
    period: Any = DateTimeRangeField()
    occasion = models.UUIDField()
    #: False when the booking was cancelled, or its hold ran out
    live = models.BooleanField(default=True)

    objects = ScopedManager.from_queryset(UseQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["booking", "resource"], name="casework_use_once"),
            models.CheckConstraint(condition=_PERIOD, name="casework_use_period"),
            ExclusionConstraint(
                name="casework_use_no_overlap",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                    ("occasion", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(live=True),
                violation_error_message=_("Somebody or something is booked at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.period}"
