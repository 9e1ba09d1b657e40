"""What is kept for the measures: one row of times and outcomes a consultation, monthly cells over them, and exports.

None of it names a child; a case is named by its id, and only so that its row can be computed anew.
"""

import uuid
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority
from consortium.insight.states import EXPORT, GOING, ExportKind, ExportStep
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.models import Institution, Region
from consultations.states import Step


class ForNobody(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """No person's: `queries` tell numbers of them, after the policy has said of which."""
        return self.none()


class Measured(Scoped):
    """One consultation that was sent, in numbers: seconds (`states.Span`), yes and no, and where it belongs.

    Made of the case's clocks and its ledger of the ball by `operations.gathering`; nothing else writes it.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="+")
    #: the first day of the month in which it was sent, in the consortium's time zone
    month = models.DateField()
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    step = models.CharField(max_length=20, choices=Step.choices)
    age_days = models.PositiveIntegerField(null=True)

    to_allocation = models.PositiveIntegerField(null=True)
    to_answer = models.PositiveIntegerField(null=True)
    to_close = models.PositiveIntegerField(null=True)
    allocating = models.PositiveIntegerField(null=True)
    answering = models.PositiveIntegerField(null=True)
    informing = models.PositiveIntegerField(null=True)
    reviewing = models.PositiveIntegerField(null=True)
    clarifying = models.PositiveIntegerField(null=True)
    #: whether the clock that the act stopped had not struck yet
    allocated_on_time = models.BooleanField(null=True)
    answered_on_time = models.BooleanField(null=True)

    referral_avoided = models.BooleanField(null=True)
    usefulness = models.PositiveSmallIntegerField(null=True)
    second_round = models.BooleanField(default=False)
    several = models.BooleanField(default=False)
    corrected = models.BooleanField(default=False)
    #: the service that declined it last
    declined_by = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    disputed = models.BooleanField(default=False)
    video_tried = models.BooleanField(default=False)
    video_held = models.BooleanField(default=False)

    objects = ScopedManager.from_queryset(ForNobody)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="insight_measured_month",
                violation_error_message=_("A month is named by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(usefulness=None) | Q(usefulness__range=(1, 5)),
                name="insight_measured_usefulness",
                violation_error_message=_("Choose 1 to 5."),
            ),
        ]
        indexes = [models.Index(fields=["month", "case"], name="insight_measured_list")]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.month:%Y-%m}"


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
    """The numbers of one month for one service, urgency and place; None stands for all of them.

    `counts`: {name: number}. `times`: {span: {minutes: number}}, each time told in whole minutes as
    `measures.steps` rounds it, so that cells add up and their quantiles stay exact.
    """

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+", db_index=False)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, null=True)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+", db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", db_index=False)
    counts: Any = models.JSONField(default=dict)
    times: Any = models.JSONField(default=dict)

    objects = ScopedManager.from_queryset(ForNobody)()

    class Meta(Scoped.Meta):
        constraints = [
            # in this order: every list of cells is one range of it
            models.UniqueConstraint(
                fields=["institution", "region", "service", "priority", "month"],
                name="insight_cell_once",
                nulls_distinct=False,
                violation_error_message=_("These numbers stand here already."),
            ),
            models.CheckConstraint(
                condition=Q(institution=None) | Q(region=None),
                name="insight_cell_one_place",
                violation_error_message=_("Numbers are of an institution or of a region."),
            ),
        ]
        indexes = [models.Index(fields=["month"], name="insight_cell_month")]

    def __str__(self) -> str:
        return f"cell {self.pk} of {self.month:%Y-%m}"


class ExportQuerySet(ScopedQuerySet["Export"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(created_by_id=actor.user_id, created_by__isnull=False)

    def going(self) -> Self:
        return self.filter(step__in=GOING)


class Export(Scoped, CreatedOnce):
    """One file of rows without anybody's identity, written in pieces by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=ExportKind.choices)
    step = models.CharField(max_length=20, choices=ExportStep.choices, default=ExportStep.WAITING)
    #: what was asked for: the checked parameters of `queries.asking`
    asked: Any = models.JSONField(default=dict)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()
    #: rows there are, written so far, and the last one's key
    rows = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    position: Any = models.JSONField(default=list)
    #: how long the file was when the last piece was complete; what lies behind it is cut off before going on
    bytes = models.PositiveBigIntegerField(default=0)
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(ExportQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = EXPORT.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=EXPORT.known_step(),
                name="insight_export_step",
                violation_error_message=_("There is no such step."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ExportKind.values),
                name="insight_export_kind",
                violation_error_message=_("Choose CSV or a spreadsheet."),
            ),
            models.CheckConstraint(
                condition=~Q(step=ExportStep.READY) | Q(finished_at__isnull=False, expires_at__isnull=False),
                name="insight_export_ready_whole",
                violation_error_message=_("A file that is ready says until when it is kept."),
            ),
            models.UniqueConstraint(
                fields=["created_by"],
                condition=Q(step__in=GOING),
                name="insight_export_one_at_a_time",
                violation_error_message=_("An export of yours is still being written: wait for it, or cancel it."),
            ),
        ]
        indexes = [
            models.Index(fields=["created_by", "-created_at", "id"], name="insight_export_list"),
            models.Index(fields=["expires_at"], condition=Q(step=ExportStep.READY), name="insight_export_kept"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} {self.step}"

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.written / self.rows)) if self.rows else 0

    @property
    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "exports"

    @property
    def file(self) -> Path:
        """What is delivered."""
        return self.folder / f"{self.pk}.{self.kind}"

    @property
    def part(self) -> Path:
        """What is being written."""
        return self.folder / f"{self.pk}.part"
