"""Rules of escalation that a service keeps for itself, and the ledger of the steps that were taken."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models.cases import Case, Clock, OfVisibleCase
from consortium.casework.models.services import Service
from consortium.casework.states import Leg, Priority, Tell
from consortium.kernel.scoping import Scoped, ScopedManager


class ClockRule(models.Model):
    """One step of a service's own rule for a leg at an urgency; its rows replace the default of that leg as a whole.

    Known to all staff like Service, so not scoped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="clock_rules")
    leg = models.CharField(max_length=20, choices=Leg.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    number = models.PositiveSmallIntegerField()
    #: of the target; 100 is the target itself
    percent = models.PositiveSmallIntegerField()
    tell = models.CharField(max_length=20, choices=Tell.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "leg", "priority", "number"],
                name="casework_rule_step_once",
                violation_error_message=_("Each step of a rule has its own number."),
            ),
            models.CheckConstraint(
                condition=Q(leg__in=Leg.values) & Q(priority__in=Priority.values) & Q(tell__in=Tell.values),
                name="casework_rule_known",
                violation_error_message=_("A rule names a stage, an urgency and whom to tell."),
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(10, 1000)) & Q(number__gte=1),
                name="casework_rule_percent",
                violation_error_message=_("A step lies between 10 and 1000 percent of the target."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg} {self.priority} step {self.number} at {self.percent} %"


class Escalation(Scoped):
    """A step that was taken because a clock ran on. Once for each clock and number, whoever asks how often."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="escalations")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="escalations")
    number = models.PositiveSmallIntegerField()
    #: of the target, as the rule stood then
    percent = models.PositiveSmallIntegerField(default=100)
    tell = models.CharField(max_length=20, choices=Tell.choices)
    #: the chain ends here: the coordinator has the ball
    is_last = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "number"],
                name="casework_escalation_once",
                violation_error_message=_("This step was taken already."),
            ),
            models.CheckConstraint(
                condition=Q(taken_at__gte=models.F("due_at")) & Q(number__gte=1),
                name="casework_escalation_not_early",
                violation_error_message=_("A step is not taken before it is due."),
            ),
            models.CheckConstraint(
                condition=Q(tell__in=Tell.values),
                name="casework_escalation_tell",
                violation_error_message=_("A step tells the holder, the lead or the coordinator."),
            ),
        ]
        indexes = [models.Index(fields=["case", "taken_at"], name="casework_escalation_of_case")]

    def __str__(self) -> str:
        return f"step {self.number} of {self.clock_id}"
