"""Programmes and courses: what stays the same from version to version, and who finds it."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.people.models import Institution
from consortium.people.states import Role
from courses.library.models.bases import Titled
from courses.library.states import Language, Reach

#: who reads every published course and its figures
READERS = (Role.CONSORTIUM_MANAGER, Role.AUDITOR)


def led_by(actor: Actor) -> frozenset[uuid.UUID]:
    """The institutions whose courses the actor builds."""
    return actor.institution_ids(Role.TRAINING_ADMIN)


def within_reach(actor: Actor) -> Q:
    """The rows (with `institution` and `reach`) that are made for the actor's places."""
    places = actor.institution_ids()
    regions = Institution.objects.filter(pk__in=places).values("region_id")
    near = Institution.objects.filter(pk=OuterRef("institution_id"), region_id__in=regions)
    return (
        Q(reach=Reach.CONSORTIUM)
        | Q(reach=Reach.INSTITUTION, institution_id__in=places)
        | Q(Exists(near), reach=Reach.REGION)
    )


class CourseQuerySet(ScopedQuerySet["Course"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who builds it; whoever it is made for, once it is published; whoever was enrolled, for good."""
        if not actor.is_person:
            return self.none()
        mine = unfiltered(_model("Enrolment"), why="one's own courses").filter(user_id=actor.user_id)
        seen = Q(institution_id__in=led_by(actor)) | Q(Exists(mine.filter(course=OuterRef("pk"))))
        if actor.has(*READERS):
            return self.filter(seen | Q(current__isnull=False))
        if not actor.seats:
            return self.filter(seen)
        return self.filter(seen | Q(current__isnull=False, archived_at=None) & within_reach(actor))

    def offered(self) -> Self:
        """What the catalogue shows: published and not archived."""
        return self.filter(current__isnull=False, archived_at=None)

    def built_by(self, actor: Actor) -> Self:
        """The courses the actor may change."""
        return self.filter(institution_id__in=led_by(actor))


def _model(name: str) -> Any:
    """A model that is declared further down."""
    from django.apps import apps

    return apps.get_model("library", name)


class Course(Scoped, CreatedOnce, Versioned):
    """One course, whatever its version. `current` is what learners get; no rows of learners hang on the version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="courses")
    reach = models.CharField(_("who finds it"), max_length=20, choices=Reach.choices, default=Reach.CONSORTIUM)
    current = models.OneToOneField(
        "library.CourseVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="current_of"
    )
    #: of the current version
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScopedManager.from_queryset(CourseQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(reach__in=Reach.values), name="library_course_kind"),
            models.CheckConstraint(
                condition=Q(current=None, published_at=None) | Q(current__isnull=False, published_at__isnull=False),
                name="library_course_published_pair",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"], name="library_course_catalogue",
                condition=Q(current__isnull=False, archived_at=None),
            ),
            models.Index(fields=["institution", "-made_at", "-id"], name="library_course_of"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"course {self.pk}"


class OfVisibleCourse(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the course."""
        return self.filter(Exists(courses_of(actor).filter(pk=OuterRef("course_id"))))


def courses_of(actor: Actor) -> Any:
    """The courses the actor sees, for rules of other rows."""
    return unfiltered(Course, why="the course of a row").visible_to(actor)


class Prerequisite(Scoped):
    """`course` begins when `needs` is completed. The operation holds that no ring is made of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="prerequisites")
    needs = models.ForeignKey(Course, models.PROTECT, related_name="needed_by")

    objects = ScopedManager.from_queryset(OfVisibleCourse)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["course", "needs"], name="library_prerequisite_once",
                violation_error_message=_("This course is asked for already."),
            ),
            models.CheckConstraint(
                condition=~Q(course=F("needs")), name="library_prerequisite_other",
                violation_error_message=_("A course does not need itself."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.course_id} needs {self.needs_id}"


class ProgrammeQuerySet(ScopedQuerySet["Programme"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who builds it; whoever it is made for, once it is shown."""
        mine = Q(institution_id__in=led_by(actor))
        shown = Q(shown_at__isnull=False)
        if not actor.is_person or not actor.seats:
            return self.none()
        return self.filter(mine | shown if actor.has(*READERS) else mine | shown & within_reach(actor))


class Programme(Scoped, CreatedOnce, Versioned, Titled):
    """Courses in the order in which they are best taken."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="programmes")
    reach = models.CharField(_("who finds it"), max_length=20, choices=Reach.choices, default=Reach.CONSORTIUM)
    made_at = models.DateTimeField(editable=False)
    #: since when others than its builders see it
    shown_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScopedManager.from_queryset(ProgrammeQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta, Titled.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            *Titled.Meta.constraints,
            models.CheckConstraint(condition=Q(reach__in=Reach.values), name="library_programme_kind"),
        ]

    def __str__(self) -> str:
        return f"programme {self.pk}"


class OfVisibleProgramme(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the programme."""
        seen = unfiltered(Programme, why="the programme of a row").visible_to(actor)
        return self.filter(Exists(seen.filter(pk=OuterRef("programme_id"))))


class ProgrammeText(Scoped):
    """What a programme says of itself, in one language."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=2, choices=Language.choices)
    summary = models.TextField()

    objects = ScopedManager.from_queryset(OfVisibleProgramme)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["programme", "language"], name="library_programmetext_once"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="library_programmetext_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.language} of {self.programme_id}"


class ProgrammeCourse(Scoped):
    """A course's place in a programme."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="places")
    course = models.ForeignKey(Course, models.PROTECT, related_name="places")
    position = models.PositiveSmallIntegerField()

    objects = ScopedManager.from_queryset(OfVisibleProgramme)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "course"], name="library_programmecourse_once",
                violation_error_message=_("This course is in the programme already."),
            ),
            models.UniqueConstraint(
                fields=["programme", "position"], name="library_programmecourse_place",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.course_id} at {self.position} of {self.programme_id}"
