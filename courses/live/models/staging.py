"""A case that is taught step by step: how far it was shown, and what is voted on at each step."""

from typing import Any, Final, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from courses.assessment.models import ItemVersion
from courses.live.models.cases import CasePicture, TeachingCase
from courses.live.models.lectures import Crew, Lecture, OfVisibleLecture, planned_by
from courses.live.models.room import Poll
from courses.live.states.staging import Asks

HAPPENED_LENGTH: Final = 400


class Staging(Scoped):
    """How far a lecture's case was shown: the first `shown` of its stages. `flow_at`: since when the room sees how its
    thinking moved."""

    lecture = models.OneToOneField(Lecture, models.CASCADE, primary_key=True, related_name="staging")
    shown = models.PositiveSmallIntegerField(default=0)
    flow_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta):
        triggers = [
            pgtrigger.Trigger(
                name="staging_forward",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__shown__lt=pgtrigger.F("old__shown")),
                func="RAISE EXCEPTION 'What was shown stays shown [rule:lectures_staging_forward]';",
            )
        ]

    def __str__(self) -> str:
        return f"staging of {self.lecture_id}"


class CaseVoteRows(ScopedQuerySet["CaseVote"]):
    def visible_to(self, actor: Actor) -> Self:
        """With what is right: the crew of its lecture and who plans at its institution. The room sees the poll."""
        if not actor.is_person:
            return self.none()
        crew = unfiltered(Crew, why="who gives a lecture").filter(
            user_id=actor.user_id, lecture_id=OuterRef("poll__lecture_id")
        )
        return self.filter(Q(Exists(crew)) | Q(poll__lecture__institution_id__in=planned_by(actor)))


class CaseVote(Scoped):
    """What is voted on once the stage with this `number` is shown. `right`: the number of the right option; of a hot
    spot the right place. The manual's recommendation is named by its own ids, as `settings.MANUAL_CITED` reads them."""

    poll = models.OneToOneField(Poll, models.CASCADE, primary_key=True, related_name="staged")
    teaching_case = models.ForeignKey(TeachingCase, models.PROTECT, related_name="votes")
    number = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(editable=False)
    asks = models.CharField(max_length=20, choices=Asks.choices)
    right: Any = models.JSONField()
    happened = models.CharField(max_length=HAPPENED_LENGTH, blank=True)
    manual_pathway = models.SlugField(max_length=80, blank=True)
    manual_version = models.PositiveIntegerField(null=True, blank=True)
    manual_node = models.CharField(max_length=80, blank=True)
    picture = models.ForeignKey(CasePicture, models.SET_NULL, null=True, blank=True, related_name="+")
    #: the question of the bank that it became at its close
    question = models.ForeignKey(ItemVersion, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(CaseVoteRows)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(asks__in=Asks.values), name="lectures_casevote_asks",
                violation_error_message=_("Ask what it is, what to do, whether to refer, or where something is seen."),
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="lectures_casevote_number",
                violation_error_message=_("Choose the stage after which it is asked."),
            ),
            models.CheckConstraint(
                condition=Q(manual_pathway="", manual_version=None, manual_node="")
                | ~Q(manual_pathway="") & Q(manual_version__isnull=False),
                name="lectures_casevote_manual",
                violation_error_message=_("The manual is cited with its page and version."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"vote at stage {self.number} of {self.teaching_case_id}"
