"""Chapters and lessons of a version, the pages of the manual they teach, and what a new page makes of them."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from courses.assessment.states.questionnaires import QuestionnaireStep
from courses.library.models.bases import Titled, fixed_once_published
from courses.library.models.materials import Material
from courses.library.models.versions import CourseVersion, OfVisibleVersion
from courses.library.states import FILMED, Language, LessonKind, Settled, VideoRule

#: of a lesson's rows: the version, for `fixed_once_published`
VERSION_OF_LESSON = "(SELECT l.version_id FROM library_lesson l WHERE l.id = {row}.lesson_id)"
_LAST_MINUTE = 600


class Chapter(Scoped, Titled):
    """A stretch of lessons under one heading. `position` counts from 1."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="chapters")
    position = models.PositiveSmallIntegerField()
    #: who passes it knows the chapter: its lessons are done, and nobody says that they were watched or read
    exam = models.ForeignKey("assessment.Exam", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(OfVisibleVersion)()

    class Meta(Scoped.Meta, Titled.Meta):
        triggers = [fixed_once_published("chapter_fixed", "{row}.version_id")]
        constraints = [
            *Titled.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "position"], name="library_chapter_place", deferrable=models.Deferrable.IMMEDIATE
            ),
        ]

    def __str__(self) -> str:
        return f"chapter {self.position} of {self.version_id}"


class Lesson(Scoped, Titled):
    """One thing to do. `key` is the same in every version: progress hangs on it, so a new version keeps one's place.

    `watch_share`: per cent of a video that has to be watched; it and `video_rule` count for videos only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="lessons")
    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=20, choices=LessonKind.choices)
    required = models.BooleanField(_("needed to complete the course"), default=True)
    minutes = models.PositiveSmallIntegerField(_("minutes it takes"), default=5)
    material = models.ForeignKey(Material, models.PROTECT, null=True, blank=True, related_name="+")
    video = models.ForeignKey("library.Video", models.PROTECT, null=True, blank=True, related_name="lessons")
    exam = models.ForeignKey("assessment.Exam", models.PROTECT, null=True, blank=True, related_name="lessons")
    questionnaire = models.ForeignKey(
        "assessment.Questionnaire", models.PROTECT, null=True, blank=True, related_name="lessons"
    )
    video_rule = models.CharField(
        _("what completes a video"), max_length=20, choices=VideoRule.choices, default=VideoRule.WATCHED
    )
    watch_share = models.PositiveSmallIntegerField(_("share to watch, in per cent"), default=90)
    #: else watching completes the lesson only with all of its `stops` answered
    skippable = models.BooleanField(_("its questions may be skipped"), default=False)

    objects = ScopedManager.from_queryset(OfVisibleVersion)()

    class Meta(Scoped.Meta, Titled.Meta):
        triggers = [fixed_once_published("lesson_fixed", "{row}.version_id")]
        constraints = [
            *Titled.Meta.constraints,
            models.UniqueConstraint(
                fields=["chapter", "position"], name="library_lesson_place", deferrable=models.Deferrable.IMMEDIATE
            ),
            models.UniqueConstraint(fields=["version", "key"], name="library_lesson_key_once"),
            models.CheckConstraint(condition=Q(kind__in=LessonKind.values), name="library_lesson_kind"),
            models.CheckConstraint(
                condition=Q(watch_share__range=(1, 100), video_rule__in=VideoRule.values),
                name="library_lesson_share",
                violation_error_message=_("A share is between 1 and 100 per cent."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, _LAST_MINUTE)), name="library_lesson_minutes",
                violation_error_message=_("A lesson takes 1 to 600 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(material=None) | Q(kind=LessonKind.FILE), name="library_lesson_file",
                violation_error_message=_("Only a lesson that is a file has one."),
            ),
            models.CheckConstraint(
                condition=Q(video=None) | Q(kind__in=FILMED), name="library_lesson_video",
                violation_error_message=_("Only a video or a recording shows a video."),
            ),
            models.CheckConstraint(
                condition=Q(exam=None) | Q(kind=LessonKind.EXAM), name="library_lesson_exam",
                violation_error_message=_("Only an exam lesson has an exam."),
            ),
            models.CheckConstraint(
                condition=Q(questionnaire=None) | Q(kind=LessonKind.QUESTIONNAIRE), name="library_lesson_questionnaire",
                violation_error_message=_("Only a lesson of this kind has a questionnaire."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"lesson {self.pk}"

    @property
    def is_over(self) -> bool:
        """Its questionnaire takes no answers any more: nobody can do it, and nobody has to."""
        return self.questionnaire is not None and self.questionnaire.step == QuestionnaireStep.CLOSED

    @property
    def is_needed(self) -> bool:
        """Whether the course, and the lessons after it, wait for it."""
        return self.required and not self.is_over


class OfVisibleLesson(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the lesson."""
        seen = unfiltered(Lesson, why="the lesson of a row").visible_to(actor)
        return self.filter(Exists(seen.filter(pk=OuterRef("lesson_id"))))


class LessonText(Scoped):
    """What a lesson says, in one language, in the few marks of `courses.library.prose`. Of a case: its stages."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2, choices=Language.choices)
    body = models.TextField()

    objects = ScopedManager.from_queryset(OfVisibleLesson)()

    class Meta(Scoped.Meta):
        triggers = [fixed_once_published("lesson_text_fixed", VERSION_OF_LESSON)]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "language"], name="library_lessontext_once"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="library_lessontext_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.language} of {self.lesson_id}"


class ManualLink(Scoped):
    """A page of the manual, or one branch of it (a node of its chart), that a lesson teaches."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="manual_links")
    pathway = models.SlugField(_("page of the manual"), max_length=80)
    #: empty: the page as a whole
    branch = models.CharField(_("branch"), max_length=120, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleLesson)()

    class Meta(Scoped.Meta):
        triggers = [fixed_once_published("manual_link_fixed", VERSION_OF_LESSON)]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "pathway", "branch"], name="library_manual_link_once",
                violation_error_message=_("This branch is named already."),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["pathway", "branch"], name="library_manual_link_page")]

    def __str__(self) -> str:
        return f"{self.pathway} {self.branch} in {self.lesson_id}"


class StaleMarkQuerySet(OfVisibleLesson):
    def open(self) -> Self:
        return self.filter(settled_at=None)


class StaleMark(Scoped):
    """A page of the manual has a new version since this lesson was written; somebody looks and says what of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="stale_marks")
    pathway = models.SlugField(max_length=80)
    #: the version of the page, as the manual's event named it
    manual_version_id = models.UUIDField()
    marked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled = models.CharField(max_length=20, choices=Settled.choices, blank=True)

    objects = ScopedManager.from_queryset(StaleMarkQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["lesson", "manual_version_id"], name="library_stale_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled="") | Q(settled_at__isnull=False, settled__in=Settled.values),
                name="library_stale_pair",
            ),
        ]
        indexes = [models.Index(fields=["lesson"], condition=Q(settled_at=None), name="library_stale_open")]

    def __str__(self) -> str:
        return f"{self.pathway} for {self.lesson_id}"
