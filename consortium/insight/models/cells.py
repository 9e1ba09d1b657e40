"""Monthly numbers over the rows, and how far they are."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.insight.models.measured import ForNobody
from consortium.insight.states import About
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.people.models import Institution, Region


class Month(models.Model):
    """How far the cells of a month are. Not about anybody: everybody may know when numbers were made."""

    month = models.DateField(primary_key=True)
    #: what it was made of has changed since
    stale = models.BooleanField(default=True)
    rolled_at = models.DateTimeField(null=True)
    #: how long that took: a month of many thousands is not made anew each minute
    took_ms = models.PositiveIntegerField(default=0)
    #: when its rows were last made anew from the cases themselves, whatever the journal had told
    gathered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="insight_month_first_day",
                violation_error_message=_("A month is named by its first day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Mark(models.Model):
    """How far the journal has been heard; one row. What lies behind `settled` is heard once more, for ids commit out
    of order: by the next run no transaction with a lower id is still open."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    settled = models.BigIntegerField(default=0)
    newest = models.BigIntegerField(default=0)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1), name="insight_mark_one", violation_error_message=_("There is one mark.")
            ),
            models.CheckConstraint(
                condition=Q(newest__gte=F("settled")),
                name="insight_mark_order",
                violation_error_message=_("What is settled has been heard."),
            ),
        ]

    def __str__(self) -> str:
        return f"heard to {self.newest}"


class Cell(Scoped):
    """The numbers of one month for one service, urgency, place and indication; None stands for all of them.

    `counts`: {name: number}. `times`: {span: {minutes: number}}, each time told in whole minutes as
    `measures.steps` rounds it, so that cells add up and their quantiles stay exact.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=20, choices=About.choices, default=About.CONSULTATIONS)
    month = models.DateField()
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+", db_index=False)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, null=True)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+", db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", db_index=False)
    #: of referrals; empty where none was cited. Cells of an indication have no times
    indication = models.CharField(max_length=170, null=True, blank=True)  # noqa: DJ001 - None is all, "" none cited
    counts: Any = models.JSONField(default=dict)
    times: Any = models.JSONField(default=dict)

    objects = ScopedManager.from_queryset(ForNobody)()

    class Meta(Scoped.Meta):
        constraints = [
            # in this order: every list of cells is one range of it
            models.UniqueConstraint(
                fields=["subject", "institution", "region", "service", "priority", "indication", "month"],
                name="insight_cell_once",
                nulls_distinct=False,
                violation_error_message=_("These numbers stand here already."),
            ),
            models.CheckConstraint(
                condition=Q(institution=None) | Q(region=None),
                name="insight_cell_one_place",
                violation_error_message=_("Numbers are of an institution or of a region."),
            ),
            models.CheckConstraint(
                condition=Q(indication=None) | Q(priority=None),
                name="insight_cell_one_of",
                violation_error_message=_("Numbers are of an urgency or of an indication."),
            ),
            models.CheckConstraint(
                condition=Q(subject__in=About.values),
                name="insight_cell_subject",
                violation_error_message=_("Numbers are about questions or referrals."),
            ),
        ]
        indexes = [models.Index(fields=["month"], name="insight_cell_month")]

    def __str__(self) -> str:
        return f"cell {self.pk} of {self.month:%Y-%m}"
