"""When people work: weekly hours, holidays and make-up working days of a region or institution."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.states import DayKind, Weekday
from consortium.kernel.versions import Versioned
from consortium.people.models import Bilingual, Institution, Region


class WorkingCalendar(Versioned):
    """One region's or institution's working time; the institution's own goes before its region's.

    Known to all staff, so not scoped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.OneToOneField(Region, models.PROTECT, null=True, blank=True, related_name="working_calendar")
    institution = models.OneToOneField(
        Institution, models.PROTECT, null=True, blank=True, related_name="working_calendar"
    )
    #: whose hours a make-up working day has
    make_up_like = models.PositiveSmallIntegerField(
        _("a make-up day has the hours of"), choices=Weekday.choices, default=Weekday.MONDAY
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(region=None, institution__isnull=False) | Q(region__isnull=False, institution=None),
                name="casework_working_whose",
                violation_error_message=_("A working calendar is a region's or an institution's."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        owner: Bilingual = self.institution or self.region  # type: ignore[assignment]
        return owner.name


class WorkingHours(models.Model):
    """One stretch of work on one weekday, in the consortium's time zone."""

    calendar = models.ForeignKey(WorkingCalendar, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="casework_hours_once"),
            models.CheckConstraint(condition=Q(weekday__in=Weekday.values), name="casework_hours_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="casework_hours_period",
                violation_error_message=_("Work ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class SpecialDay(models.Model):
    """A holiday, or a day off that is worked to make up for one."""

    calendar = models.ForeignKey(WorkingCalendar, models.CASCADE, related_name="days")
    on = models.DateField()
    kind = models.CharField(max_length=20, choices=DayKind.choices)
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="casework_day_once"),
            models.CheckConstraint(condition=Q(kind__in=DayKind.values), name="casework_day_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"
