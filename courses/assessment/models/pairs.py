"""Tests that are a pair: parallel forms of one blueprint, taken before and after, and perhaps again later."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from courses.assessment.models.exams import Exam


class TestPairRows(ScopedQuerySet["TestPair"]):
    def visible_to(self, actor: Actor) -> Self:
        """As an exam that was published: all staff."""
        return self.filter() if actor.is_person else self.none()


class TestPair(Scoped, CreatedOnce):
    """`before` is the trainer's own exam; `after` and `later` were made with its blueprint. It never changes.

    An exam belongs to one pair, so that what is held back of a person's first test (decision 0040) has one answer.
    """

    __test__ = False  # no test of pytest's

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    before = models.OneToOneField(Exam, models.PROTECT, related_name="pair_before")
    after = models.OneToOneField(Exam, models.PROTECT, related_name="pair_after")
    later = models.OneToOneField(Exam, models.PROTECT, null=True, related_name="pair_later")
    made_at = models.DateTimeField(editable=False)

    objects = ScopedManager.from_queryset(TestPairRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [pgtrigger.Protect(name="pair_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(before=F("after")) & (Q(later=None) | ~Q(later=F("before")) & ~Q(later=F("after"))),
                name="assessment_pair_differ", violation_error_message=_("A test is no pair with itself."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"pair {self.pk}"

    @property
    def exam_ids(self) -> tuple[uuid.UUID, ...]:
        """Of all its tests, in their order."""
        return tuple(pk for pk in (self.before_id, self.after_id, self.later_id) if pk)
