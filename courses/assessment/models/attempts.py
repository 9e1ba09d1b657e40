"""One person's attempt at an exam, the answers it holds, and the marks of its essays."""

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from courses.assessment.models.exams import EARNED, Exam, Form, FormQuestion, led_by
from courses.assessment.sitting import GRACE
from courses.assessment.states.exams import ATTEMPT, AttemptStep

USER = settings.AUTH_USER_MODEL


class AttemptRows(ScopedQuerySet["Attempt"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; those at the exams whose training one leads."""
        return self.filter(Q(user_id=actor.user_id) | led_by(actor, "exam__"))

    def running(self) -> Self:
        return self.filter(step=AttemptStep.RUNNING)


class Attempt(Scoped, CreatedOnce):
    """`ends_at` is the server's word on when the time is over (None: never). One runs at a time for person and exam.

    `device` names the page that answers now; `epoch` counts how often it changed. Sequence numbers of answers are
    `epoch * EPOCH + n`, so that what was given later on another device is the higher one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam = models.ForeignKey(Exam, models.PROTECT, related_name="attempts")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=10, choices=AttemptStep.choices, default=AttemptStep.RUNNING)
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    handed_in_at = models.DateTimeField(null=True)
    by_the_clock = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)
    points = models.DecimalField(**EARNED, null=True)
    most = models.DecimalField(max_digits=8, decimal_places=2)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    passed = models.BooleanField(null=True)
    device = models.UUIDField(default=uuid.uuid4)
    epoch = models.PositiveIntegerField(default=1)

    objects = ScopedManager.from_queryset(AttemptRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [
            *ATTEMPT.triggers(),
            pgtrigger.ReadOnly(name="attempt_fixed", fields=["exam", "user", "form", "number", "began_at"]),
            pgtrigger.Protect(name="attempt_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=ATTEMPT.known_step(), name="assessment_attempt_step"),
            models.UniqueConstraint(
                fields=["exam", "user"], condition=Q(step=AttemptStep.RUNNING), name="assessment_attempt_one_runs",
                violation_error_message=_("An attempt is running already."),
            ),
            models.UniqueConstraint(fields=["exam", "user", "number"], name="assessment_attempt_number"),
            models.CheckConstraint(
                condition=Q(step=AttemptStep.RUNNING, handed_in_at=None)
                | ~Q(step=AttemptStep.RUNNING) & Q(handed_in_at__isnull=False),
                name="assessment_attempt_handed_in",
            ),
            models.CheckConstraint(
                condition=~Q(step=AttemptStep.FINISHED)
                | Q(finished_at__isnull=False, points__isnull=False, percent__isnull=False, passed__isnull=False),
                name="assessment_attempt_result",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("began_at")), name="assessment_attempt_time"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["user", "-began_at", "id"], name="assessment_attempt_own"),
            models.Index(fields=["exam", "-began_at", "id"], name="assessment_attempt_list"),
            models.Index(fields=["ends_at"], condition=Q(step="running"), name="assessment_attempt_due"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


#: the body of the trigger; `saved_at` is the server's time of the act, which tests may move
_ONLY_WHILE_IT_RUNS = f"""
  SELECT step, ends_at INTO sat FROM assessment_attempt WHERE id = NEW.attempt_id;
  IF sat.step <> 'running' OR NEW.saved_at > sat.ends_at + interval '{GRACE.total_seconds():.0f} seconds' THEN
    RAISE EXCEPTION 'Nothing is answered after the end [rule:assessment_answer_in_time]';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.seq < OLD.seq THEN
    RAISE EXCEPTION 'A newer answer stands [rule:assessment_answer_newer]';
  END IF;
  RETURN NEW;
"""  # noqa: S608 - a constant of ours


class OfAttemptRows(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """As the attempt."""
        return self.filter(Q(attempt__user_id=actor.user_id) | led_by(actor, "attempt__exam__"))


class GivenAnswer(Scoped):
    """The newest answer to one question: `given` None was taken back. `late`: came after the end, given before it.

    `points` and `trace` say how it was scored, once it was handed in; an essay's points are those of its marks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="answers")
    question = models.ForeignKey(FormQuestion, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    given: Any = models.JSONField(null=True)
    flagged = models.BooleanField(default=False)
    late = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    points = models.DecimalField(**EARNED, null=True)
    trace: Any = models.JSONField(null=True)

    objects = ScopedManager.from_queryset(OfAttemptRows)()

    class Meta(Scoped.Meta):
        triggers = [
            pgtrigger.Trigger(
                name="answer_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("given", "seq", "saved_at", "flagged"),  # type: ignore[no-untyped-call]
                declare=[("sat", "record")],
                func=_ONLY_WHILE_IT_RUNS,
            ),
            pgtrigger.Protect(name="answer_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="assessment_answer_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="assessment_answer_seq"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class MarkRows(ScopedQuerySet["EssayMark"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own marks. The other marker's, and whose essay it is, are nobody's to see before all is settled."""
        return self.filter(marker_id=actor.user_id)


class EssayMark(Scoped):
    """What one marker gives one essay, by criterion of its rubric. Given once; `place` 3 settles a dispute."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.ForeignKey(GivenAnswer, models.PROTECT, related_name="marks")
    marker = models.ForeignKey(USER, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    #: {criterion: points as text}
    criteria: Any = models.JSONField()
    points = models.DecimalField(**EARNED)
    comment = models.TextField(blank=True, max_length=2000)
    marked_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(MarkRows)()

    class Meta(Scoped.Meta):
        triggers = [pgtrigger.Protect(name="mark_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "marker"], name="assessment_mark_once",
                violation_error_message=_("You have marked this essay already."),
            ),
            models.UniqueConstraint(
                fields=["answer", "place"], name="assessment_mark_place",
                violation_error_message=_("Somebody else was first."),
            ),
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=3), name="assessment_mark_places"),
            models.CheckConstraint(condition=Q(points__gte=0), name="assessment_mark_points"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"mark {self.pk}"
