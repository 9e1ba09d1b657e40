"""A guest on a lecture's stage: invited, come, gone, and how they reached it."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from courses.live.models.lectures import Crew, Lecture, planned_by
from courses.live.models.seats import Attendance
from courses.live.states.guests import Ending, Rung


class GuestRows(ScopedQuerySet["GuestAppearance"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; the crew of its lecture and who plans at its institution."""
        if not actor.is_person:
            return self.none()
        crew = unfiltered(Crew, why="who gives a lecture").filter(
            user_id=actor.user_id, lecture_id=OuterRef("lecture_id")
        )
        planned = Q(lecture__institution_id__in=planned_by(actor))
        return self.filter(Q(user_id=actor.user_id) | Q(Exists(crew)) | planned)

    def open(self) -> Self:
        """Invited or on stage."""
        return self.filter(left_at=None)

    def absent(self, since: datetime) -> Self:
        """Open ones of people whom the room has not seen since then."""
        seen = unfiltered(Attendance, why="whether a guest is still there").filter(
            lecture_id=OuterRef("lecture_id"), user_id=OuterRef("user_id"), ended_at__gte=since
        )
        return self.open().filter(~Exists(seen), invited_at__lt=since)


class GuestAppearance(Scoped):
    """Somebody's invitation to the stage, and what came of it. `entered_at`: when they agreed to be seen, heard and
    recorded, and came. `tries`: ``{"rung", "cause", "at"}`` of each way that was tried, oldest first; `rung`: the last
    one that carried picture and sound."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lecture = models.ForeignKey(Lecture, models.CASCADE, related_name="guests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(editable=False)
    entered_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    rung = models.CharField(max_length=10, choices=Rung.choices, blank=True)
    tries: Any = models.JSONField(default=list)

    objects = ScopedManager.from_queryset(GuestRows)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["lecture"], condition=Q(left_at=None), name="lectures_guest_one_at_a_time",
                violation_error_message=_("Somebody else is on stage, or invited to it."),
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, ending="") | Q(left_at__isnull=False) & ~Q(ending=""),
                name="lectures_guest_ended",
                violation_error_message=_("Who has left the stage says how."),
            ),
            models.CheckConstraint(
                condition=(Q(entered_at=None) | Q(entered_at__gte=F("invited_at")))
                & (Q(left_at=None) | Q(left_at__gte=F("invited_at"))),
                name="lectures_guest_times",
                violation_error_message=_("A guest is invited first, then comes, then leaves."),
            ),
            models.CheckConstraint(condition=Q(rung__in=["", *Rung.values]), name="lectures_guest_rung",
                violation_error_message=_("A guest comes directly, by the relay, or through this site."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"guest {self.user_id} of {self.lecture_id}"

    @property
    def is_on(self) -> bool:
        """On stage now."""
        return self.entered_at is not None and self.left_at is None
