"""Who takes a course, by whose word, and how far they are."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.models import Institution
from consortium.people.states import Role, Tier
from courses.library.models.courses import READERS, Course, courses_of, led_by
from courses.library.models.lessons import Lesson
from courses.library.models.versions import CourseVersion
from courses.library.states import DoneBy, EnrolledBy, Progress


def _built(actor: Actor) -> Any:
    return Exists(courses_of(actor).filter(institution_id__in=led_by(actor), pk=OuterRef("course_id")))


class EnrolmentRuleQuerySet(ScopedQuerySet["EnrolmentRule"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who builds the course; managers and auditors."""
        return self if actor.has(*READERS) else self.filter(_built(actor))

    def standing(self) -> Self:
        return self.filter(ended_at=None)


class EnrolmentRule(Scoped, CreatedOnce):
    """Whoever has one of the roles at one of the tiers is enrolled, also who comes later. Empty: any."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="rules")
    #: only people of this institution
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="+")
    tiers = ArrayField(models.PositiveSmallIntegerField(choices=Tier.choices), default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list, blank=True)
    required = models.BooleanField(_("required of them"), default=False)
    #: how long each has, from when they are enrolled; None: as long as they like
    days = models.PositiveSmallIntegerField(_("days to complete it"), null=True, blank=True)
    made_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScopedManager.from_queryset(EnrolmentRuleQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__range=(1, 1000), required=True), name="library_rule_days",
                violation_error_message=_("A time to complete it (1 to 1,000 days) goes with a required course."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["course"], condition=Q(ended_at=None), name="library_rule_standing")]

    def __str__(self) -> str:
        return f"rule {self.pk}"


class EnrolmentQuerySet(ScopedQuerySet["Enrolment"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; who builds the course; an institution's admin its people; managers and auditors."""
        if actor.has(*READERS):
            return self
        led = actor.institution_ids(Role.INSTITUTION_ADMIN)
        return self.filter(Q(user_id=actor.user_id) | Q(institution_id__in=led) | Q(_built(actor)))

    def running(self) -> Self:
        return self.filter(withdrawn_at=None)

    def open(self) -> Self:
        """Not completed yet."""
        return self.running().filter(completed_at=None)


class Enrolment(Scoped):
    """One person takes one course; once, however often enrolled. `institution`: where the person worked then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=20, choices=EnrolledBy.choices)
    rule = models.ForeignKey(EnrolmentRule, models.PROTECT, null=True, blank=True, related_name="enrolments")
    required = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    enrolled_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_version = models.ForeignKey(CourseVersion, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(EnrolmentQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="library_enrolment_once"),
            models.CheckConstraint(condition=Q(by__in=EnrolledBy.values), name="library_enrolment_kind"),
            models.CheckConstraint(
                condition=Q(completed_at=None, completed_version=None)
                | Q(completed_at__isnull=False, completed_version__isnull=False),
                name="library_enrolment_completed_pair",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(required=True), name="library_enrolment_due",
                violation_error_message=_("Only a required course has a day by which it is due."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["user", "-enrolled_at", "-id"], name="library_enrolment_of"),
            models.Index(fields=["course", "-enrolled_at", "-id"], name="library_enrolment_list"),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None and self.completed_at is None


class LessonProgressQuerySet(ScopedQuerySet["LessonProgress"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and of the courses one builds."""
        return self.filter(Q(user_id=actor.user_id) | Q(_built(actor)))


class LessonProgress(Scoped):
    """How far a person is with a lesson, in whatever version. `lesson`: as it was when the row last moved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="lesson_progress")
    course = models.ForeignKey(Course, models.PROTECT, related_name="progress")
    key = models.UUIDField()
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="progress")
    state = models.CharField(max_length=20, choices=Progress.choices, default=Progress.BEGUN)
    how = models.CharField(max_length=20, choices=DoneBy.choices, blank=True)
    #: of a case: how many stages have been opened
    stage = models.PositiveSmallIntegerField(default=1)
    begun_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(LessonProgressQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "course", "key"], name="library_progress_once"),
            models.CheckConstraint(
                condition=Q(state=Progress.BEGUN, how="", completed_at=None)
                | Q(state=Progress.COMPLETED, how__in=DoneBy.values, completed_at__isnull=False),
                name="library_progress_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"progress {self.pk}"
