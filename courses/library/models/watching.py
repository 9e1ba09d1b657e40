"""Who watches what, how much of it each person has watched, and what they noted at a moment of it."""

import re
import uuid
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from courses.library.intervals import Span
from courses.library.models.lessons import Lesson
from courses.library.models.video import Video

NOTE_LENGTH: Final = 2000
_SPAN: Final = re.compile(r"\[(\d+),(\d+)\)")


def spans_in(text: str) -> list[Span]:
    """`{[0,10),[20,30)}` as PostgreSQL writes a multirange -> [(0, 10), (20, 30)]."""
    return [(int(begin), int(end)) for begin, end in _SPAN.findall(text)]


def multirange(spans: list[Span]) -> str:
    """The other way round."""
    return "{" + ",".join(f"[{begin},{end})" for begin, end in spans) + "}"


class SpansField(models.Field[Any, Any]):
    """A union of spans, kept as int4multirange: PostgreSQL joins what overlaps. In Python a list of `Span`."""

    def db_type(self, connection: Any) -> str:
        return "int4multirange"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> list[Span]:
        return spans_in(value or "")

    def get_prep_value(self, value: Any) -> str:
        return multirange(value)


class OwnRows(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(user_id=actor.user_id)


class WatchSession(Scoped):
    """One player at work. Of a person one at a time: where another one begins, this one is closed.

    `left` and `beat_at` are the purse of `intervals.admission`; `session` is `ladder.signing.binding` of the sign-in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    video = models.ForeignKey(Video, models.PROTECT, related_name="+")
    session = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    #: number of the last beat
    seq = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField()
    #: ms of wall time
    left = models.PositiveIntegerField(default=0)

    objects = ScopedManager.from_queryset(OwnRows)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(closed_at=None), name="library_watch_one_at_a_time",
                violation_error_message=_("A video plays on one device at a time."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["user", "-opened_at"], name="library_watch_of")]

    def __str__(self) -> str:
        return f"watch session {self.pk}"


class Watched(Scoped):
    """What a person has watched of a video, in one row; `position`: where they are, ms."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    video = models.ForeignKey(Video, models.PROTECT, related_name="watched")
    spans = SpansField(default=list)
    position = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnRows)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "video"], name="library_watched_once")]

    def __str__(self) -> str:
        return f"what {self.user_id} has watched of {self.video_id}"


class WatchNote(Scoped, CreatedOnce):
    """What somebody wrote down at a moment of a video, for themselves alone. `at`: ms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    video = models.ForeignKey(Video, models.PROTECT, related_name="notes")
    at = models.PositiveIntegerField()
    text = models.CharField(max_length=NOTE_LENGTH)
    made_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(text=""), name="library_note_says",
                violation_error_message=_("A note says something."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["user", "video", "at"], name="library_note_of")]

    def __str__(self) -> str:
        return f"note {self.pk}"
