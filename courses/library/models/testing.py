"""The tests before and after a course, and whom a later one waits for."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from courses.library.models.courses import Course, OfVisibleCourse, led_by

#: when a later test may come
WEEKS = (6, 8)


class CourseTestsRows(OfVisibleCourse):
    def standing(self) -> Any:
        return self.filter(ended_at=None)


class CourseTests(Scoped, CreatedOnce):
    """A course has one standing pair. `gates`: no lesson opens before the first test is handed in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="tests")
    pair = models.OneToOneField("assessment.TestPair", models.PROTECT, related_name="of_course")
    gates = models.BooleanField(default=False)
    later_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedManager.from_queryset(CourseTestsRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["course"], condition=Q(ended_at=None), name="library_coursetests_one_stands",
                violation_error_message=_("This course has its tests already. End them first."),
            ),
            models.CheckConstraint(
                condition=Q(later_weeks=None) | Q(later_weeks__range=WEEKS), name="library_coursetests_weeks",
                violation_error_message=_("A later test comes after 6 to 8 weeks."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"tests of {self.course_id}"


class LaterTestRows(ScopedQuerySet["LaterTest"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; those of the courses one builds."""
        return self.filter(Q(user_id=actor.user_id) | Q(tests__course__institution_id__in=led_by(actor)))

    def due(self, at: Any) -> Self:
        """Of standing tests, and not told of yet."""
        return self.filter(told_at=None, due_at__lte=at, tests__ended_at=None)


class LaterTest(Scoped):
    """From when on one person is asked again; written when they hand in the test at the end."""

    tests = models.ForeignKey(CourseTests, models.PROTECT, related_name="later")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(LaterTestRows)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["tests", "user"], name="library_latertest_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(told_at=None), name="library_latertest_due")]

    def __str__(self) -> str:
        return f"later test of {self.user_id}"
