"""Every answer that anybody gave to a question, wherever it was asked: exams, videos and polls write one table."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from courses.assessment.models.items import ItemVersion
from courses.assessment.states.items import UseKind

USER = settings.AUTH_USER_MODEL


class ResponseRows(ScopedQuerySet["Response"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own. Figures count over all, and show nobody's answer."""
        return self.filter(person_id=actor.user_id)


class Response(Scoped):
    """One answer in one use. `use_id` names the attempt, the viewing or the poll; `form_id` the exam, video or lecture.

    Of a case set there is one row for each question (`part` is its id) and one of the whole (`part` "").
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="responses")
    part = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(USER, models.PROTECT, related_name="+")
    use = models.CharField(max_length=10, choices=UseKind.choices)
    use_id = models.UUIDField()
    form_id = models.UUIDField(null=True, blank=True)
    answer: Any = models.JSONField()
    #: what was chosen, as words that can be counted: ids of options, a number as text
    chosen = ArrayField(models.CharField(max_length=120), default=list)
    #: None: marked by people, who have not done so yet
    score = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    most = models.DecimalField(max_digits=8, decimal_places=4)
    #: the version whose key gave the score: another one after a correction
    scored_by = models.ForeignKey(ItemVersion, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(ResponseRows)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["use_id", "version", "part", "person"], name="assessment_response_once",
            ),
            models.CheckConstraint(condition=Q(use__in=UseKind.values), name="assessment_response_use"),
            models.CheckConstraint(condition=Q(most__gt=0), name="assessment_response_most"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=F("most")), name="assessment_response_score",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["form_id"], name="assessment_response_form")]

    def __str__(self) -> str:
        return f"response {self.pk}"
