"""The video calls of a consultation: proposed, booked, held or not; what is typed in them, and their recordings."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.calls.models import Room, Seat
from consortium.casework.models import Booking, Case, OfVisibleCase
from consortium.kernel import clock
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from consultations.states import (
    AGREED,
    MEETING,
    RECORDING,
    RECORDING_LIVE,
    STANDING,
    Absent,
    MeetingCancel,
    MeetingStep,
    RecordingStep,
    Side,
)

#: the page offers to join this long before the time
JOIN_BEFORE = timedelta(minutes=10)
MOST_TIMES = 3


class MeetingQuerySet(OfVisibleCase):
    def standing(self) -> Self:
        return self.filter(step__in=STANDING)

    def agreed(self) -> Self:
        return self.filter(step__in=AGREED)


class Meeting(Scoped, CreatedOnce):
    """One call that two sides agree on. Another time is another row, which `follows` this one, so nothing is lost."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="meetings")
    step = models.CharField(max_length=20, choices=MeetingStep.choices, default=MeetingStep.PROPOSED)
    #: who proposed; the other side chooses
    side = models.CharField(max_length=20, choices=Side.choices)
    times = ArrayField(models.DateTimeField(), default=list)
    wish = models.CharField(_("when it suits, in words"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)
    with_guardian = models.BooleanField(default=False)
    #: whose time it takes: somebody of the asking clinic, and the specialist
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    specialist = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    #: None for a call begun at once, which waits for nobody's calendar
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="+")
    room = models.OneToOneField(Room, models.PROTECT, null=True, blank=True, related_name="meeting")
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    cancel_reason = models.CharField(max_length=30, choices=MeetingCancel.choices, blank=True)
    #: how far down the ladder it went, or the coded cause of why nobody met
    outcome = models.CharField(max_length=30, blank=True)
    absent = models.CharField(max_length=20, choices=Absent.choices, blank=True)
    reminded_day_at = models.DateTimeField(null=True, blank=True)
    reminded_soon_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(MeetingQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = MEETING.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=MEETING.known_step(), name="consultations_meeting_step"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="consultations_meeting_side"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(step__in=STANDING),
                name="consultations_meeting_one_standing",
                violation_error_message=_("A call is agreed on already: choose another time for it instead."),
            ),
            models.CheckConstraint(
                condition=Q(times__len__lte=MOST_TIMES),
                name="consultations_meeting_times",
                violation_error_message=_("Propose three times at most."),
            ),
            models.CheckConstraint(
                condition=Q(times__len__gt=0) | ~Q(wish="") | Q(starts_at__isnull=False),
                name="consultations_meeting_says_when",
                violation_error_message=_("Say when: up to three times, or in words."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 120)),
                name="consultations_meeting_minutes",
                violation_error_message=_("A call is booked for 5 to 120 minutes."),
            ),
            models.CheckConstraint(
                condition=~Q(step__in=(*AGREED, MeetingStep.ENDED, MeetingStep.MISSED))
                | Q(starts_at__isnull=False, booked_at__isnull=False, room__isnull=False),
                name="consultations_meeting_booked_whole",
                violation_error_message=_("A booked call has a time and a room."),
            ),
            models.CheckConstraint(
                condition=~Q(step=MeetingStep.CANCELLED) | ~Q(cancel_reason=""),
                name="consultations_meeting_cancelled_with_reason",
                violation_error_message=_("A call is cancelled with a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(step=MeetingStep.ENDED) | ~Q(outcome="") & Q(ended_at__isnull=False),
                name="consultations_meeting_ended_with_outcome",
                violation_error_message=_("A call that is over says how it went."),
            ),
            models.CheckConstraint(
                condition=~Q(step=MeetingStep.MISSED) | ~Q(absent="") & Q(ended_at__isnull=False),
                name="consultations_meeting_missed_by_somebody",
                violation_error_message=_("A call that did not come about says who did not come."),
            ),
            models.CheckConstraint(
                condition=Q(absent="") | Q(absent__in=Absent.values), name="consultations_meeting_absent"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-created_at"], name="consultations_meeting_of_case"),
            models.Index(fields=["starts_at"], condition=Q(step__in=AGREED), name="consultations_meeting_ahead"),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def ends_at(self) -> datetime | None:
        return None if self.starts_at is None else self.starts_at + timedelta(minutes=self.minutes)

    @property
    def can_be_joined(self) -> bool:
        """From ten minutes before the time to its end; one that is under way until it ends."""
        if self.step == MeetingStep.OPEN:
            return True
        starts_at, ends_at = self.starts_at, self.ends_at
        if self.step != MeetingStep.BOOKED or starts_at is None or ends_at is None:
            return False
        return starts_at - JOIN_BEFORE <= clock.now() <= ends_at


class OwnNotes(OfVisibleCase):
    def visible_to(self, actor: Any) -> Any:
        return super().visible_to(actor).filter(author_id=actor.user_id)


class CallNote(Scoped):
    """What somebody types beside the picture and has not yet put into the thread; only they see it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="call_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnNotes)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "author"], name="consultations_call_note_once")]

    def __str__(self) -> str:
        return f"call note of {self.author_id} for {self.case_id}"


class RecordingQuerySet(OfVisibleCase):
    def live(self) -> Self:
        return self.filter(step__in=RECORDING_LIVE)

    def to_delete(self) -> Self:
        """Whose bytes may no longer be kept: the consent was withdrawn, or the time of keeping is over."""
        over = Q(withdrawn_at__isnull=False) | Q(kept_until__lt=clock.today())
        return self.filter(over, deleted_at=None)


def recordings_root() -> Path:
    """Where recordings lie, one file each, under the row's id."""
    return Path(settings.MEDIA_ROOT) / "recordings"


class Recording(Scoped, CreatedOnce):
    """A call kept as a film, only while everybody present has agreed. Its bytes grow while it runs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="recordings")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="recordings")
    step = models.CharField(max_length=20, choices=RecordingStep.choices, default=RecordingStep.ASKED)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    #: bytes kept so far
    size = models.BigIntegerField(default=0)
    media_type = models.CharField(max_length=40, blank=True)
    #: the last day on which it is kept: `settings.RECORDING_KEPT_DAYS` after the start
    kept_until = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(RecordingQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = RECORDING.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=RECORDING.known_step(), name="consultations_recording_step"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(step__in=RECORDING_LIVE),
                name="consultations_recording_one_live",
                violation_error_message=_("This call is being recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(started_at=None, kept_until=None) | Q(started_at__isnull=False, kept_until__isnull=False),
                name="consultations_recording_kept_until",
                violation_error_message=_("A recording says from its start how long it is kept."),
            ),
            models.CheckConstraint(
                condition=~Q(step__in=(RecordingStep.RUNNING, RecordingStep.PAUSED, RecordingStep.STOPPED))
                | Q(started_at__isnull=False),
                name="consultations_recording_started",
            ),
            models.CheckConstraint(
                condition=~Q(step=RecordingStep.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="consultations_recording_withdrawn_at",
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="consultations_recording_size"),
        ]
        indexes = [
            models.Index(fields=["case", "asked_at"], name="consultations_recording_case"),
            models.Index(fields=["kept_until"], condition=Q(deleted_at=None), name="consultations_recording_kept"),
        ]

    def __str__(self) -> str:
        return f"recording {self.pk}"


class RecordingAnswer(Scoped):
    """What one who is in the call said to its being recorded."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, models.PROTECT, related_name="answers")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    answered_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["recording", "seat"], name="consultations_recording_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} on {self.recording_id}"
