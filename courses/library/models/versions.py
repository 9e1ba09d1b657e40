"""Versions of a course: a draft is written, what is published stays as it was."""

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.search import vector_of
from consortium.kernel.versions import Versioned
from consortium.people.states import Role, Tier
from courses.library.models.bases import Titled, fixed_once_published
from courses.library.models.courses import Course, courses_of, led_by
from courses.library.models.materials import Material
from courses.library.states import MACHINE, Language, Step

#: what a published version keeps; `step`, `version` and what is said of its end may still move
_CONTENT = (
    "course_id", "number", "title_en", "title_zh", "hours", "credit", "tiers", "roles", "cover_id", "in_order",
    "published_at", "published_by_id",
)  # fmt: skip
_WAS, _IS = (", ".join(f"{row}.{column}" for column in _CONTENT) for row in ("OLD", "NEW"))


class CourseVersionQuerySet(ScopedQuerySet["CourseVersion"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the course; a draft only who builds it."""
        led = courses_of(actor).filter(institution_id__in=led_by(actor), pk=OuterRef("course_id"))
        seen = courses_of(actor).filter(pk=OuterRef("course_id"))
        return self.filter(Q(Exists(led)) | ~Q(step=Step.DRAFT) & Q(Exists(seen)))

    def drafts(self) -> Self:
        return self.filter(step=Step.DRAFT)


class CourseVersion(Scoped, CreatedOnce, Versioned, Titled):
    """Titles, aims and audience of one version. Its chapters and lessons can be written while it is a draft."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20, choices=Step.choices, default=Step.DRAFT)
    #: hours of learning, as its builder reckons
    hours = models.DecimalField(_("hours of learning"), max_digits=5, decimal_places=2, default=0)
    #: hours of credit it asks for; what is granted is the rule's to say
    credit = models.DecimalField(_("hours of credit"), max_digits=5, decimal_places=2, default=0)
    #: whom it is for; empty: everybody
    tiers = ArrayField(models.PositiveSmallIntegerField(choices=Tier.choices), default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list, blank=True)
    cover = models.ForeignKey(Material, models.PROTECT, null=True, blank=True, related_name="+")
    #: a lesson opens when the required ones before it are completed
    in_order = models.BooleanField(_("lessons open one after the other"), default=False)
    made_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    objects = ScopedManager.from_queryset(CourseVersionQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta, Titled.Meta):
        triggers = [
            *MACHINE.triggers(),
            pgtrigger.Trigger(
                name="course_version_fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(old__step=Step.DRAFT),
                func=f"""
                    IF ROW({_WAS}) IS DISTINCT FROM ROW({_IS}) THEN
                        RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="course_version_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            *Titled.Meta.constraints,
            models.CheckConstraint(condition=MACHINE.known_step(), name="library_version_step"),
            models.UniqueConstraint(fields=["course", "number"], name="library_version_number_once"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(step=Step.DRAFT), name="library_version_one_draft",
                violation_error_message=_("This course has a draft already: go on with that one."),
            ),
            models.UniqueConstraint(
                fields=["course"], condition=Q(step=Step.PUBLISHED), name="library_version_one_published",
                violation_error_message=_("This course was just published by somebody else."),
            ),
            models.CheckConstraint(
                condition=Q(step=Step.DRAFT, published_at=None)
                | Q(step__in=[Step.PUBLISHED, Step.SUPERSEDED], published_at__isnull=False)
                | Q(step=Step.WITHDRAWN),
                name="library_version_published_at",
            ),
            models.CheckConstraint(
                condition=Q(hours__range=(0, 200), credit__range=(0, 200)), name="library_version_hours",
                violation_error_message=_("Hours are between 0 and 200."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"version {self.number} of {self.course_id}"

    @property
    def is_draft(self) -> bool:
        return self.step == Step.DRAFT


class OfVisibleVersion(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the version."""
        return self.filter(Exists(versions_of(actor).filter(pk=OuterRef("version_id"))))


def versions_of(actor: Actor) -> Any:
    """The versions the actor sees, for rules of other rows."""
    return unfiltered(CourseVersion, why="the version of a row").visible_to(actor)


class VersionText(Scoped):
    """What a version says of itself, in one language: what it is about, and what one can do after it."""

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=2, choices=Language.choices)
    summary = models.TextField(blank=True)
    aims = models.TextField(blank=True)

    objects = ScopedManager.from_queryset(OfVisibleVersion)()

    class Meta(Scoped.Meta):
        triggers = [fixed_once_published("version_text_fixed", "{row}.version_id")]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="library_versiontext_once"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="library_versiontext_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.language} of {self.version_id}"


class SearchText(Scoped):
    """What the catalogue searches of a published version. `weight`: A title, B summary and aims, C lessons."""

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="searched")
    language = models.CharField(max_length=2, choices=Language.choices)
    weight = models.CharField(max_length=1)
    text = models.TextField()
    vector = vector_of("text")

    objects = ScopedManager.from_queryset(OfVisibleVersion)()

    class Meta(Scoped.Meta):
        indexes = [GinIndex(fields=["vector"], name="library_words")]

    def __str__(self) -> str:
        return f"{self.weight} of {self.version_id}"
