"""What is sent of a lecture: who has the stage, and every run of a recorder. Its bytes lie on disk (`broadcast`)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.scoping import Scoped, ScopedManager
from courses.live.broadcast.following import folder_of
from courses.live.models.lectures import Lecture, OfVisibleLecture


def broadcasts_root() -> Path:
    """Folders of runs, one for each lecture."""
    return Path(settings.MEDIA_ROOT) / "lectures" / "broadcasts"


class Broadcast(Scoped):
    """A lecture's stage. Who holds it sends; whoever does not renew it in time has lost it."""

    lecture = models.OneToOneField(Lecture, models.CASCADE, primary_key=True, related_name="broadcast")
    #: how many runs were begun
    runs = models.PositiveIntegerField(default=0)
    #: the publication that has the stage (a new mark for each run), whose it is, and until when without a sign of life
    holder = models.UUIDField(null=True, blank=True)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    held_until = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(holder=None, held_by=None, held_until=None)
                | Q(holder__isnull=False, held_by__isnull=False, held_until__isnull=False),
                name="lectures_broadcast_held",
                violation_error_message=_("Who has the stage has it for a time."),
            )
        ]

    def __str__(self) -> str:
        return f"broadcast of {self.lecture_id}"

    @property
    def folder(self) -> Path:
        return folder_of(broadcasts_root(), self.lecture_id)


class BroadcastRun(Scoped):
    """One start of a recorder: who sent, from when to when."""

    lecture = models.ForeignKey(Lecture, models.CASCADE, related_name="broadcast_runs")
    #: counts from 1
    number = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: Any = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["lecture", "number"], name="lectures_run_number"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="lectures_run_span",
                violation_error_message=_("What was sent ends after it began."),
            ),
            models.UniqueConstraint(
                fields=["lecture"], condition=Q(ended_at=None), name="lectures_run_one_at_a_time",
                violation_error_message=_("Somebody else is sending this lecture now."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"run {self.number} of {self.lecture_id}"
