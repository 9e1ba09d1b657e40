"""What is said, asked and voted in a lecture's room, and the log that is replayed with its recording."""

import uuid
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.states import Tier
from courses.live.models.lectures import Lecture, OfVisibleLecture
from courses.live.room.saying import MOST_TEXT
from courses.live.states.room import PollKind, PollState, RoomEventKind
from courses.live.states.staging import Confidence

MOST_OPTIONS: Final = 8
#: characters of one of them
OPTION_LENGTH: Final = 120


class OwnInLecture(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(user_id=actor.user_id)


class PollQuerySet(OfVisibleLecture):
    def open(self) -> Self:
        return self.filter(opened_at__isnull=False, closed_at=None)


class Poll(Scoped, CreatedOnce):
    """A question to everybody. `options`: texts, none of a word; `shown`: the numbers are told while it is open;
    `tally`: what was counted at its close."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="polls")
    kind = models.CharField(max_length=10, choices=PollKind.choices, default=PollKind.SINGLE)
    text = models.CharField(max_length=200)
    options = models.JSONField(default=list)
    shown = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    tally = models.JSONField(default=dict)
    votes = models.PositiveIntegerField(default=0)

    objects = ScopedManager.from_queryset(PollQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["lecture"], condition=Q(opened_at__isnull=False, closed_at=None), name="lectures_poll_one_open",
                violation_error_message=_("Another poll is open: close it first."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False, closed_at__gte=F("opened_at")),
                name="lectures_poll_period",
                violation_error_message=_("A poll is closed after it was opened."),
            ),
            models.CheckConstraint(condition=Q(kind__in=PollKind.values), name="lectures_poll_kind",
                violation_error_message=_("A poll asks for one answer, several, a word, or a place."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"poll {self.pk}"

    @property
    def state(self) -> PollState:
        if self.closed_at:
            return PollState.CLOSED
        return PollState.OPEN if self.opened_at else PollState.DRAFT

    def takes(self, choice: list[Any]) -> bool:
        """Whether somebody can answer so."""
        if self.kind == PollKind.WORD:
            return len(choice) == 1 and isinstance(choice[0], str)
        if self.kind == PollKind.HOT_SPOT:
            return len(choice) == 2 and all(isinstance(one, float) and 0 <= one <= 1 for one in choice)
        fits = all(isinstance(one, int) and one < len(self.options) for one in choice)
        return fits and (self.kind == PollKind.MULTIPLE or len(choice) == 1)


class Vote(Scoped):
    """One person's answer to a poll; the first one stands. Of a hot spot: fractions of the picture's width and height.

    `confidence`: of `states.staging.Confidence`, None where nothing was said. `tier`: of the voter's institution then.
    """

    id = models.BigAutoField(primary_key=True)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    choice = models.JSONField()
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, choices=Confidence.choices)
    tier = models.PositiveSmallIntegerField(null=True, blank=True, choices=Tier.choices)
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnInLecture)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["poll", "user"], name="lectures_vote_once"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__in=Confidence.values), name="lectures_vote_confidence",
                violation_error_message=_("Say how sure you are in three steps, or not at all."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"vote in {self.poll_id}"


class Question(Scoped, CreatedOnce):
    """Asked by somebody in the room, supported by others, answered by the lecturer or taken away by a moderator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="questions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(max_length=MOST_TEXT)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(dismissed_at=None), name="lectures_question_settled_once",
                violation_error_message=_("A question is answered or taken away, not both."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="lectures_question_says",
                violation_error_message=_("A question says something."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"question {self.pk}"


class Support(Scoped):
    """Somebody wants to hear the answer too."""

    id = models.BigAutoField(primary_key=True)
    question = models.ForeignKey(Question, models.CASCADE, related_name="supports", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    objects = ScopedManager.from_queryset(OwnInLecture)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="lectures_support_once")]

    def __str__(self) -> str:
        return f"support of {self.question_id}"


class ChatLine(Scoped, CreatedOnce):
    """One line of chat. A moderator hides it: it stays in the record, and on no screen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="chat", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(max_length=MOST_TEXT)
    at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None) | Q(hidden_at__isnull=False, hidden_by__isnull=False),
                name="lectures_chat_hidden_pair",
                violation_error_message=_("A line that was hidden says when and by whom."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="lectures_chat_says",
                violation_error_message=_("A line of chat says something."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["lecture", "-at"], name="lectures_chat_of")]

    def __str__(self) -> str:
        return f"chat line {self.pk}"


class Block(Scoped):
    """Somebody writes no more in a lecture's room."""

    id = models.BigAutoField(primary_key=True)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="blocks", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnInLecture)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "user"], name="lectures_block_once",
                violation_error_message=_("This person is blocked already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"block of {self.user_id}"


class RoomEvent(Scoped):
    """What happened in the room, in order, to be shown at the same moment of the recording."""

    id = models.BigAutoField(primary_key=True)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=RoomEventKind.choices)
    data = models.JSONField(default=dict)

    objects = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["lecture", "seq"], name="lectures_roomevent_seq")]

    def __str__(self) -> str:
        return f"{self.lecture_id}#{self.seq} {self.kind}"
