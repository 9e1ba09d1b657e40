"""Answers rated blind: a sample of each month's, by a second specialist who neither answered nor asked."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, Service, ServiceMember
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.versions import Versioned
from consortium.people.states import Role
from consultations.models.answers import Answer


class ReviewPlan(Versioned):
    """What share of a service's signed answers is rated each month, in per cent; without a row the setting holds."""

    service = models.OneToOneField(Service, models.PROTECT, primary_key=True, related_name="+")
    percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__lte=100), name="consultations_review_share",
                violation_error_message=_("A share is between 0 and 100 per cent."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.percent} % of {self.service_id}"


class ReviewRound(models.Model):
    """The draw of one month for one service. With its seed anybody can draw again and find the same answers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    month = models.DateField()
    seed = models.CharField(max_length=32)
    percent = models.PositiveSmallIntegerField()
    #: how many answers were signed in the month, and how many of them were drawn
    signed = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "month"], name="consultations_review_round_once",
                violation_error_message=_("This month has been drawn already."),
            ),
            models.CheckConstraint(condition=Q(drawn__lte=F("signed")), name="consultations_review_round_drawn"),
            models.CheckConstraint(condition=Q(month__day=1), name="consultations_review_round_month"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} of {self.service_id}"


def _led_by(actor: Actor, service: str) -> Any:
    seats = ServiceMember.objects.filter(user_id=actor.user_id, left_at=None, is_lead=True)
    return Exists(seats.filter(service=OuterRef(service)))


class ReviewQuerySet(ScopedQuerySet["Review"]):
    def visible_to(self, actor: Actor) -> Self:
        """The rater; who answered, once it is rated; the leads of the service. Nobody else sees a person's scores."""
        if not actor.is_person:
            return self.none()
        seen = Q(rater_id=actor.user_id) | Q(answerer_id=actor.user_id, rated_at__isnull=False)
        if actor.has(Role.SERVICE_LEAD):
            seen |= Q(_led_by(actor, "round__service_id"))
        return self.filter(seen)

    def waiting(self) -> Self:
        return self.filter(rated_at=None)

    def rated(self) -> Self:
        return self.filter(rated_at__isnull=False)

    def late(self) -> Self:
        return self.waiting().filter(due_at__lt=clock.now())


class Review(Scoped):
    """One answer of a sample. The rater sees the case while it is open to them (`joined_at` until `rated_at`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ReviewRound, models.PROTECT, related_name="reviews")
    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    answer = models.OneToOneField(Answer, models.PROTECT, related_name="review")
    answerer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    #: when the rater opened it and came to see the case by a membership of their own; None: they saw it anyway
    joined_at = models.DateTimeField(null=True, blank=True)
    #: 1 very poor to 5 very good: what the asker sent, and what was answered
    information = models.PositiveSmallIntegerField(null=True, blank=True)
    quality = models.PositiveSmallIntegerField(null=True, blank=True)
    #: the rater fears that the answer may harm
    concern = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(ReviewQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(rater=None) | ~Q(rater=F("answerer")) & ~Q(rater=F("asker")),
                name="consultations_review_by_a_third",
                violation_error_message=_("An answer is rated by somebody who neither gave it nor asked for it."),
            ),
            models.CheckConstraint(
                condition=Q(rated_at=None, information=None, quality=None)
                | Q(rated_at__isnull=False, rater__isnull=False)
                & Q(information__isnull=False, information__range=(1, 5))
                & Q(quality__isnull=False, quality__range=(1, 5)),
                name="consultations_review_rated_whole",
                violation_error_message=_("A rating gives one to five for both, and names its rater."),
            ),
            models.CheckConstraint(
                condition=Q(rater=None, assigned_at=None) | Q(rater__isnull=False, assigned_at__isnull=False),
                name="consultations_review_assigned_pair",
            ),
            models.CheckConstraint(
                condition=Q(concern=False) | ~Q(note=""), name="consultations_review_concern_in_words",
                violation_error_message=_("Say in words what you are afraid of."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["rater", "due_at", "id"], condition=Q(rated_at=None), name="consultations_review_mine"
            ),
            models.Index(fields=["answerer", "-rated_at"], name="consultations_review_of"),
        ]

    def __str__(self) -> str:
        return f"review of {self.answer_id}"
