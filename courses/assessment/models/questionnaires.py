"""A questionnaire, who has answered it, and what was answered: the last two have nothing in common (decision 0035).

That somebody has answered is one row, with the day. What they answered goes into the questionnaire's open box, sealed
and shuffled among the others. The fifth answer fills the box: it opens, is never changed again, and can be read.
"""

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.versions import Versioned
from consortium.people.models import Institution
from courses.assessment.models.exams import led_by, said
from courses.assessment.states.questionnaires import FULL_BOX, OVERSEERS, QUESTIONNAIRE, Asks, QuestionnaireStep

OPTION_LENGTH = 200
_SHEETS: Any = Func(F("answers"), function="jsonb_array_length", output_field=models.IntegerField())
_FULL: Any = Exact(_SHEETS, FULL_BOX)


class QuestionnaireRows(ScopedQuerySet["Questionnaire"]):
    def visible_to(self, actor: Actor) -> Self:
        """What was ever published: all staff. A draft: who leads the training of its institution."""
        if not actor.is_person:
            return self.none()
        return self.filter(led_by(actor) | ~Q(step=QuestionnaireStep.DRAFT))

    def led_by(self, actor: Actor) -> Self:
        return self.filter(led_by(actor))


class Questionnaire(Scoped, Versioned, CreatedOnce):
    """What learners are asked about what they learned. Published, it is changed no more: a copy is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="questionnaires")
    step = models.CharField(
        max_length=10, choices=QuestionnaireStep.choices, default=QuestionnaireStep.DRAFT, editable=False
    )
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=200, blank=True)
    intro_en = models.TextField(_("introduction in English"), max_length=2000, blank=True)
    intro_zh = models.TextField(_("introduction in Chinese"), max_length=2000, blank=True)
    created_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedManager.from_queryset(QuestionnaireRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = QUESTIONNAIRE.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=QUESTIONNAIRE.known_step(), name="assessment_questionnaire_step"),
            models.CheckConstraint(
                condition=~Q(title_en="", title_zh=""), name="assessment_questionnaire_titled",
                violation_error_message=_("Give a title in one of the two languages."),
            ),
            models.CheckConstraint(
                condition=Q(step=QuestionnaireStep.DRAFT) | Q(published_at__isnull=False),
                name="assessment_questionnaire_published",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["institution", "-created_at", "id"], name="assessment_questionnaire_list"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return said(self.title_en, self.title_zh)

    @property
    def intro(self) -> str:
        return said(self.intro_en, self.intro_zh)


class SurveyQuestionRows(ScopedQuerySet["SurveyQuestion"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the questionnaire."""
        if not actor.is_person:
            return self.none()
        return self.filter(led_by(actor, "questionnaire__") | ~Q(questionnaire__step=QuestionnaireStep.DRAFT))


class SurveyQuestion(Scoped):
    """One question. Of a choice, `options_en` and `options_zh` say the same in the same order; one may be empty."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Asks.choices)
    text_en = models.CharField(max_length=500, blank=True)
    text_zh = models.CharField(max_length=500, blank=True)
    options_en = ArrayField(models.CharField(max_length=OPTION_LENGTH), default=list, blank=True)
    options_zh = ArrayField(models.CharField(max_length=OPTION_LENGTH), default=list, blank=True)
    needed = models.BooleanField(default=True)

    objects = ScopedManager.from_queryset(SurveyQuestionRows)()

    class Meta(Scoped.Meta):
        triggers = [
            pgtrigger.Trigger(
                name="survey_question_fixed",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM assessment_questionnaire q
                               WHERE q.id IN (OLD.questionnaire_id, NEW.questionnaire_id) AND q.step <> 'draft') THEN
                        RAISE EXCEPTION 'A published questionnaire stays as it is [rule:assessment_survey_fixed]';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "position"], name="assessment_surveyquestion_place",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(condition=Q(kind__in=Asks.values), name="assessment_surveyquestion_kind"),
            models.CheckConstraint(
                condition=~Q(text_en="", text_zh=""), name="assessment_surveyquestion_worded",
                violation_error_message=_("Write the question in one of the two languages."),
            ),
            models.CheckConstraint(
                condition=Q(kind=Asks.CHOICE)
                & (Q(options_en__len__gte=2) | Q(options_zh__len__gte=2))
                & (Q(options_en__len=0) | Q(options_zh__len=0) | Q(options_en__len=F("options_zh__len")))
                | ~Q(kind=Asks.CHOICE) & Q(options_en__len=0, options_zh__len=0),
                name="assessment_surveyquestion_options",
                violation_error_message=_(
                    "A choice has two answers at least, as many in one language as in the other."
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"question {self.position} of {self.questionnaire_id}"

    @property
    def text(self) -> str:
        return said(self.text_en, self.text_zh)

    @property
    def options(self) -> list[str]:
        """In the reader's language, else in the other."""
        count = max(len(self.options_en), len(self.options_zh))
        english, chinese = self.options_en or [""] * count, self.options_zh or [""] * count
        return [said(*pair) for pair in zip(english, chinese, strict=True)]


class HasAnsweredRows(ScopedQuerySet["HasAnswered"]):
    def visible_to(self, actor: Actor) -> Self:
        """Each their own."""
        return self.filter(user_id=actor.user_id)


class HasAnswered(Scoped):
    """That somebody has answered, and the day: its id is drawn by lot, and no answer leads here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="answered")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()

    objects = ScopedManager.from_queryset(HasAnsweredRows)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["questionnaire", "user"], name="assessment_answered_once")]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.questionnaire_id}"


class AnswerBoxRows(ScopedQuerySet["AnswerBox"]):
    def visible_to(self, actor: Actor) -> Self:
        """Full ones: who leads the training, managers and auditors."""
        mine = Q() if actor.has(*OVERSEERS) else led_by(actor, "questionnaire__")
        return self.full().filter(mine)

    def full(self) -> Self:
        return self.filter(answers__isnull=False)

    def open(self) -> Self:
        return self.filter(answers__isnull=True)


class AnswerBox(Scoped):
    """Five people's answers, without a time and in no order: `answers` [{id of the question: what was said}].
    `number`: which of its questionnaire's it is, from 1; figures grow by whole boxes in this order.

    Until it is full it has `sealed` instead, which opens with the key of the server alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="boxes")
    number = models.PositiveIntegerField(editable=False)
    sealed = models.BinaryField(null=True)
    answers: Any = models.JSONField(null=True)

    objects = ScopedManager.from_queryset(AnswerBoxRows)()

    class Meta(Scoped.Meta):
        triggers = [
            pgtrigger.Protect(
                name="answer_box_full", operation=pgtrigger.Update, condition=pgtrigger.Q(old__answers__isnull=False)
            ),
            pgtrigger.Protect(name="answer_box_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="assessment_answerbox_number"),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(answers__isnull=True), name="assessment_answerbox_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answers__isnull=True, sealed__isnull=False) | Q(answers__isnull=False, sealed__isnull=True),
                name="assessment_answerbox_sealed",
            ),
            models.CheckConstraint(condition=Q(answers__isnull=True) | _FULL, name="assessment_answerbox_full"),
        ]

    def __str__(self) -> str:
        return f"box {self.pk}"
