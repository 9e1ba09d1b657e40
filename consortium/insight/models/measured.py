"""One row of times and outcomes for each consultation and each referral. None of it names a child; a case is named by
its id, and only so that its row can be computed anew."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.models import Institution, Region
from consultations.states import Step
from referrals import states as referrals


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


class Journey(Scoped):
    """One referral that was sent, in numbers: seconds (`states.Stage`), yes and no, and where it belongs.

    Yes and no are None where the question does not arise: of a back-referral whether the child came up, of a child who
    came unannounced whether a date was given, of one sent last week whether it came within 30 days. Made by
    `operations.journeys`; nothing else writes it.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="+")
    #: the first day of the month in which it was sent, in the consortium's time zone
    month = models.DateField()
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    #: the receiving service that is asked now, or has the child
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=referrals.Kind.choices)
    step = models.CharField(max_length=20, choices=referrals.Step.choices)
    age_days = models.PositiveIntegerField(null=True)
    #: of the manual, "cough:danger"; empty where none was cited
    indication = models.CharField(max_length=170, blank=True)

    seeing = models.PositiveIntegerField(null=True)
    accepting = models.PositiveIntegerField(null=True)
    booking = models.PositiveIntegerField(null=True)
    coming = models.PositiveIntegerField(null=True)
    travelling = models.PositiveIntegerField(null=True)
    noting = models.PositiveIntegerField(null=True)
    reporting = models.PositiveIntegerField(null=True)
    acknowledging = models.PositiveIntegerField(null=True)
    taking_over = models.PositiveIntegerField(null=True)
    to_arrival = models.PositiveIntegerField(null=True)
    to_close = models.PositiveIntegerField(null=True)

    unannounced = models.BooleanField(default=False)
    dated = models.BooleanField(null=True)
    #: None until so many days are over
    attended_30 = models.BooleanField(null=True)
    attended_90 = models.BooleanField(null=True)
    ran_over = models.BooleanField(default=False)
    arrived = models.BooleanField(null=True)
    #: the stay or visit is over
    left_care = models.BooleanField(null=True)
    returned = models.BooleanField(null=True)
    acknowledged = models.BooleanField(null=True)
    #: came for more than a visit to a clinic, and the outcome told
    admitted = models.BooleanField(null=True)
    home_in_day = models.BooleanField(null=True)
    avoidable = models.BooleanField(null=True)
    sent_back = models.BooleanField(null=True)
    transported = models.BooleanField(null=True)
    incident = models.BooleanField(null=True)
    usefulness = models.PositiveSmallIntegerField(null=True)
    concordance = models.CharField(max_length=20, choices=referrals.Concordance.choices, blank=True)
    appropriateness = models.CharField(max_length=20, choices=referrals.Appropriateness.choices, blank=True)
    #: the service that declined it last
    declined_by = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    disputed = models.BooleanField(default=False)
    #: follow-up visits that are over, and those made on their day or before
    visits_over = models.PositiveSmallIntegerField(default=0)
    visits_on_time = models.PositiveSmallIntegerField(default=0)

    objects = ScopedManager.from_queryset(ForNobody)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="insight_journey_month",
                violation_error_message=_("A month is named by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(visits_on_time__lte=F("visits_over")),
                name="insight_journey_visits",
                violation_error_message=_("A visit that was on time is over."),
            ),
        ]
        indexes = [models.Index(fields=["month", "case"], name="insight_journey_list")]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.month:%Y-%m}"
