"""An exam, what its forms are made of, and the forms themselves: once drawn they never change."""

import uuid
from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.versions import Versioned
from consortium.people.models import Institution
from consortium.people.states import Role
from courses.assessment.states.exams import EXAM, Drawing, ExamStep, Layout, Reveal

USER = settings.AUTH_USER_MODEL
POINTS: dict[str, Any] = {"max_digits": 6, "decimal_places": 2}
#: what an answer earned: shares of points are kept to four places
EARNED: dict[str, Any] = {"max_digits": 8, "decimal_places": 4}
MOST_ATTEMPTS = 20
MOST_MINUTES = 600


def led_by(actor: Actor, prefix: str = "") -> Q:
    """Rows of the institutions whose training the actor leads."""
    return Q(**{f"{prefix}institution_id__in": actor.institution_ids(Role.TRAINING_ADMIN)})


class ExamRows(ScopedQuerySet["Exam"]):
    def visible_to(self, actor: Actor) -> Self:
        """What was ever published: all staff. A draft: who leads the training of its institution."""
        if not actor.is_person:
            return self.none()
        return self.filter(led_by(actor) | ~Q(step=ExamStep.DRAFT))

    def led_by(self, actor: Actor) -> Self:
        return self.filter(led_by(actor))


class Exam(Scoped, Versioned, CreatedOnce):
    """What is asked, of whom, for how long. `minutes` None: no limit; a window without an end stays open.

    `forms` says how many parallel forms a blueprint has; 0: each attempt draws its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="exams")
    step = models.CharField(max_length=10, choices=ExamStep.choices, default=ExamStep.DRAFT, editable=False)
    title_en = models.CharField(_("title in English"), max_length=200)
    title_zh = models.CharField(_("title in Chinese"), max_length=200, blank=True)
    intro_en = models.TextField(_("introduction in English"), max_length=4000, blank=True)
    intro_zh = models.TextField(_("introduction in Chinese"), max_length=4000, blank=True)
    #: gives no credit, and may ask what still awaits its review (decision 0029)
    self_check = models.BooleanField(default=False)
    drawing = models.CharField(max_length=10, choices=Drawing.choices, default=Drawing.FIXED)
    forms = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(20)])
    layout = models.CharField(max_length=10, choices=Layout.choices, default=Layout.ONE)
    shuffled = models.BooleanField(default=True)
    pass_percent = models.PositiveSmallIntegerField(default=60, validators=[MaxValueValidator(100)])
    attempts_allowed = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_ATTEMPTS)]
    )
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    show_own = models.CharField(max_length=10, choices=Reveal.choices, default=Reveal.FINISHED)
    show_key = models.CharField(max_length=10, choices=Reveal.choices, default=Reveal.FINISHED)
    show_feedback = models.CharField(max_length=10, choices=Reveal.choices, default=Reveal.FINISHED)
    #: two marks of an essay farther apart than this share of its points call for a third marker
    dispute_percent = models.PositiveSmallIntegerField(default=20, validators=[MaxValueValidator(100)])
    seed = models.CharField(max_length=40, editable=False)
    created_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedManager.from_queryset(ExamRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = EXAM.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=EXAM.known_step(), name="assessment_exam_step"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(opens_at__lt=F("closes_at")),
                name="assessment_exam_window",
                violation_error_message=_("An exam closes after it has opened."),
            ),
            models.CheckConstraint(
                condition=Q(pass_percent__lte=100, dispute_percent__lte=100), name="assessment_exam_percent",
                violation_error_message=_("A share is between 0 and 100 per cent."),
            ),
            models.CheckConstraint(
                condition=Q(attempts_allowed__gte=1, attempts_allowed__lte=MOST_ATTEMPTS),
                name="assessment_exam_attempts",
                violation_error_message=_("An exam allows 1 to 20 attempts."),
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=MOST_MINUTES),
                name="assessment_exam_minutes",
                violation_error_message=_("An exam takes 1 to 600 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(step=ExamStep.DRAFT) | Q(published_at__isnull=False), name="assessment_exam_published",
            ),
            models.CheckConstraint(
                condition=Q(self_check=False) | Q(drawing=Drawing.FIXED), name="assessment_exam_self_check",
                violation_error_message=_("A self-check asks a fixed list of questions."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["institution", "-created_at", "id"], name="assessment_exam_list"),
            models.Index(fields=["step", "-published_at", "id"], name="assessment_exam_open"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return said(self.title_en, self.title_zh)

    @property
    def intro(self) -> str:
        return said(self.intro_en, self.intro_zh)

    def is_within(self, at: datetime) -> bool:
        """Whether an attempt may begin then, by the window."""
        return (self.opens_at is None or self.opens_at <= at) and (self.closes_at is None or at < self.closes_at)


def said(english: str, chinese: str) -> str:
    """In the reader's language, else in the other."""
    wanted, other = (chinese, english) if (get_language() or "").startswith("zh") else (english, chinese)
    return wanted or other


class OfExamRows(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Who leads the training of the exam's institution."""
        return self.filter(led_by(actor, "exam__"))


class ExamQuestion(Scoped):
    """A question of a fixed list."""

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey("assessment.ItemVersion", models.PROTECT, related_name="+")
    points = models.DecimalField(**POINTS, default=1)

    objects = ScopedManager.from_queryset(OfExamRows)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["exam", "version"], name="assessment_examquestion_once",
                violation_error_message=_("This question stands in the exam already."),
            ),
            models.UniqueConstraint(
                fields=["exam", "position"], name="assessment_examquestion_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="assessment_examquestion_points",
                violation_error_message=_("A question is worth more than nothing."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.exam_id} {self.position}"


class BlueprintRow(Scoped):
    """So many questions that carry all of `tags` and are of one of `kinds` (any, when empty)."""

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="blueprint")
    position = models.PositiveSmallIntegerField()
    tags = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    count = models.PositiveSmallIntegerField()
    points = models.DecimalField(**POINTS, default=1)

    objects = ScopedManager.from_queryset(OfExamRows)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["exam", "position"], name="assessment_blueprint_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=200), name="assessment_blueprint_count",
                violation_error_message=_("A row of a blueprint asks for 1 to 200 questions."),
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="assessment_blueprint_points",
                violation_error_message=_("A question is worth more than nothing."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.exam_id} {self.position}"


class FormRows(ScopedQuerySet["Form"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sits or sat it; who leads the training of the exam's institution."""
        return self.filter(led_by(actor, "exam__") | Q(Exists(_sat(actor, OuterRef("pk")))))


def _sat(actor: Actor, form: Any) -> Any:
    attempts: Any = apps.get_model("assessment", "Attempt")
    return attempts._base_manager.filter(form=form, user_id=actor.user_id)


class Form(Scoped):
    """The questions that are asked together. `number` counts the forms of an exam from 1."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam = models.ForeignKey(Exam, models.PROTECT, related_name="drawn")
    number = models.PositiveIntegerField()
    seed = models.CharField(max_length=90)
    drawn_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(FormRows)()

    class Meta(Scoped.Meta):
        triggers = [pgtrigger.Protect(name="form_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [models.UniqueConstraint(fields=["exam", "number"], name="assessment_form_number")]

    def __str__(self) -> str:
        return f"{self.exam_id} form {self.number}"


#: the body of the trigger; the question is held, so that a review that goes on now waits for the form
_ONLY_WHAT_IS_APPROVED = """
  SELECT step INTO asked FROM assessment_itemversion WHERE id = NEW.version_id FOR SHARE;
  SELECT e.self_check INTO loose FROM assessment_form f JOIN assessment_exam e ON e.id = f.exam_id
    WHERE f.id = NEW.form_id;
  IF asked <> 'approved' AND NOT (loose AND asked = 'in_review') THEN
    RAISE EXCEPTION 'Only approved questions are asked [rule:assessment_asked_approved]';
  END IF;
  RETURN NEW;
"""


class FormQuestionRows(ScopedQuerySet["FormQuestion"]):
    def visible_to(self, actor: Actor) -> Self:
        """As the form."""
        return self.filter(led_by(actor, "form__exam__") | Q(Exists(_sat(actor, OuterRef("form_id")))))


class FormQuestion(Scoped):
    """One question of a form, as the version that it was when the form was drawn. `row` is the blueprint's."""

    form = models.ForeignKey(Form, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey("assessment.ItemVersion", models.PROTECT, related_name="+")
    points = models.DecimalField(**POINTS)
    row = models.PositiveSmallIntegerField(null=True)

    objects = ScopedManager.from_queryset(FormQuestionRows)()

    class Meta(Scoped.Meta):
        triggers = [
            pgtrigger.Protect(name="form_question_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="form_question_approved", when=pgtrigger.Before, operation=pgtrigger.Insert,
                declare=[("asked", "text"), ("loose", "boolean")], func=_ONLY_WHAT_IS_APPROVED,
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["form", "position"], name="assessment_formquestion_place"),
            models.UniqueConstraint(fields=["form", "version"], name="assessment_formquestion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.position}"


class AccommodationRows(ScopedQuerySet["Accommodation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever it is for; who leads the training of the exam's institution."""
        return self.filter(led_by(actor, "exam__") | Q(user_id=actor.user_id))


class Accommodation(Scoped):
    """More time or more attempts for one person, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam = models.ForeignKey(Exam, models.PROTECT, related_name="accommodations")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    extra_attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500)
    given_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(AccommodationRows)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["exam", "user"], name="assessment_accommodation_once"),
            models.CheckConstraint(
                condition=Q(extra_minutes__lte=MOST_MINUTES, extra_attempts__lte=MOST_ATTEMPTS),
                name="assessment_accommodation_most",
                violation_error_message=_("That is more than an exam may take."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="assessment_accommodation_reason",
                violation_error_message=_("Say why."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.exam_id} {self.user_id}"
