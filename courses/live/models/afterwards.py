"""What comes after a lecture: late votes, and what is recommended to the doctor who brought the case."""

import uuid
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, involved_in
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.patients.models import Patient
from courses.library.models.bases import in_reader_s
from courses.live.models.cases import TeachingCase
from courses.live.models.lectures import lectures_of, planned_by
from courses.live.models.room import OwnInLecture, Poll
from courses.live.states.recommending import RECOMMENDATION, WAITING, DeclineReason, RecommendationStep

RECOMMENDED_LENGTH: Final = 2000
_WHY: Final = "the rule of who sees a recommendation"


class LateVote(Scoped):
    """What somebody who was not there answers before they see what the room said. The room's numbers stay theirs."""

    id = models.BigAutoField(primary_key=True)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="late_votes", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    choice = models.JSONField()
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnInLecture)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "user"], name="lectures_latevote_once",
                violation_error_message=_("You have voted in this poll already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"late vote in {self.poll_id}"


class RecommendationRows(ScopedQuerySet["Recommendation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever works on the child's case and may know the child; who gave the lecture or plans where it was."""
        if not actor.is_person:
            return self.none()
        seen = unfiltered(Case, why=_WHY).filter(involved_in(actor), pk=OuterRef("teaching_case__case_id"))
        child = unfiltered(Patient, why=_WHY).visible_to(actor).filter(pk=OuterRef("teaching_case__case__patient_id"))
        given = lectures_of(actor).filter(pk=OuterRef("teaching_case__lecture_id"))
        given = given.filter(Q(institution_id__in=planned_by(actor)) | Q(crew__user_id=actor.user_id))
        return self.filter(Q(Exists(seen)) & Q(Exists(child)) | Q(Exists(given)))

    def waiting(self) -> Self:
        return self.filter(step__in=WAITING)

    def overdue(self) -> Self:
        """Waiting, and its day is over."""
        return self.waiting().filter(due_on__lt=clock.today())


class Recommendation(Scoped, CreatedOnce, Versioned):
    """What a lecture's crew advises for the child. It says nothing of who the child is; `holder` knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    teaching_case = models.OneToOneField(TeachingCase, models.PROTECT, related_name="recommendation")
    step = models.CharField(
        max_length=10, choices=RecommendationStep.choices, default=RecommendationStep.SENT, editable=False
    )
    text_en = models.TextField(_("in English"), max_length=RECOMMENDED_LENGTH, blank=True)
    text_zh = models.TextField(_("in Chinese"), max_length=RECOMMENDED_LENGTH, blank=True)
    #: the doctor who brought the case, or who took over from them
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField(_("to be answered by"))
    written_at = models.DateTimeField(editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )  # fmt: skip
    reason = models.CharField(max_length=20, choices=DeclineReason.choices, blank=True)

    objects = ScopedManager.from_queryset(RecommendationRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = RECOMMENDATION.triggers()
        constraints: ClassVar[list[Any]] = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=RECOMMENDATION.known_step(), name="lectures_recommendation_step"),
            models.CheckConstraint(
                condition=~Q(text_en="", text_zh="") | Q(step=RecommendationStep.WITHDRAWN),
                name="lectures_recommendation_says",
                violation_error_message=_("Write what you recommend, in one of the two languages."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="lectures_recommendation_answered_pair",
                violation_error_message=_("A recommendation is answered by a person, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(step=RecommendationStep.DECLINED, reason__in=DeclineReason.values)
                | ~Q(step=RecommendationStep.DECLINED),
                name="lectures_recommendation_reason",
                violation_error_message=_("Say why it was not followed."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder", "due_on"], condition=Q(step__in=WAITING), name="lectures_recommended_to"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"recommendation {self.pk}"

    @property
    def text(self) -> str:
        return in_reader_s(self.text_en, self.text_zh)

    @property
    def is_waiting(self) -> bool:
        return self.step in WAITING

    @property
    def is_overdue(self) -> bool:
        return self.is_waiting and self.due_on < clock.today()
