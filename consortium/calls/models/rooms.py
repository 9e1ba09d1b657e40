"""A room belongs to a case; four people at most sit in it."""

import hashlib
import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.calls.states import (
    ABANDONED_AFTER,
    LONGEST_CALL,
    MOST_SEATS,
    OPENS_BEFORE,
    ROOM,
    Cause,
    RoomStep,
    Rung,
    SeatRole,
)
from consortium.casework.models import Case, OfVisibleCase
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.people.models import ByLink


class RoomQuerySet(OfVisibleCase):
    def live(self) -> Self:
        """Planned or open."""
        return self.filter(step__in=[RoomStep.PLANNED, RoomStep.OPEN])

    def open(self) -> Self:
        return self.filter(step=RoomStep.OPEN)

    def abandoned(self, now: datetime) -> Self:
        """Open for too long, or left by everybody (whoever waits outside has not come in)."""
        inside = models.Exists(
            unfiltered(Seat, why="whether anybody is there")
            .inside()
            .filter(room=models.OuterRef("pk"), seen_at__gt=now - ABANDONED_AFTER)
        )
        old = Q(opened_at__lte=now - LONGEST_CALL)
        return self.open().filter(old | Q(opened_at__lte=now - ABANDONED_AFTER) & ~inside)


class Room(Scoped, Versioned, CreatedOnce):
    """One call about a case, planned for a time or opened at once. `outcome` is the best rung that was held."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="rooms")
    step = models.CharField(max_length=20, choices=RoomStep.choices, default=RoomStep.OPEN)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Rung.choices, blank=True)
    cause = models.CharField(max_length=30, choices=Cause.choices, blank=True)

    objects = ScopedManager.from_queryset(RoomQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = ROOM.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=ROOM.known_step(), name="calls_room_step"),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) & ~Q(step=RoomStep.PLANNED)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                name="calls_room_period",
                violation_error_message=_("A planned call has a beginning, and an end after it."),
            ),
            models.CheckConstraint(
                condition=Q(step=RoomStep.PLANNED, opened_at=None, ended_at=None)
                | Q(step=RoomStep.CANCELLED, opened_at=None, ended_at__isnull=False)
                | Q(step=RoomStep.OPEN, opened_at__isnull=False, ended_at=None)
                | Q(step=RoomStep.ENDED, opened_at__isnull=False, ended_at__isnull=False, ended_at__gte=F("opened_at")),
                name="calls_room_times",
                violation_error_message=_("A call is opened before it is over."),
            ),
            models.CheckConstraint(
                condition=Q(step=RoomStep.ENDED, outcome__in=["", *Rung.values], cause__in=Cause.values)
                | ~Q(step=RoomStep.ENDED) & Q(outcome="", cause=""),
                name="calls_room_outcome",
                violation_error_message=_("A call that is over says what came of it, and no other does."),
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(step=RoomStep.OPEN),
                name="calls_room_one_open",
                violation_error_message=_("A call about this child is open already: join it."),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-created_at"], name="calls_room_of_case"),
            models.Index(fields=["opened_at"], condition=Q(step=RoomStep.OPEN), name="calls_room_open"),
            models.Index(fields=["starts_at"], condition=Q(step=RoomStep.PLANNED), name="calls_room_planned"),
        ]

    def __str__(self) -> str:
        return f"room {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.step == RoomStep.OPEN

    @property
    def is_live(self) -> bool:
        return self.step in (RoomStep.PLANNED, RoomStep.OPEN)

    @property
    def time_has_come(self) -> bool:
        """Whether people may come in: it is open, or its time is near."""
        near = self.starts_at is not None and clock.now() >= self.starts_at - OPENS_BEFORE
        return self.is_open or (self.step == RoomStep.PLANNED and near)


class OfVisibleRoom(ScopedQuerySet[Any]):
    """Rows that are seen by whoever sees their room."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(room__in=Room.objects.all()) if actor.is_person else self.none()


class GuestLink(Scoped, ByLink, CreatedOnce):
    """The guardian's way in. The first device that opens it keeps it: `device_hash` is of the secret in its cookie."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="links")
    device_hash = models.BinaryField(null=True, editable=False)
    bound_at = models.DateTimeField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleRoom)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["room"],
                condition=Q(revoked_at=None),
                name="calls_link_one",
                violation_error_message=_("There is a link for the guardian already."),
            ),
            models.CheckConstraint(
                condition=Q(device_hash=None, bound_at=None) | Q(device_hash__isnull=False, bound_at__isnull=False),
                name="calls_link_bound_pair",
            ),
            models.CheckConstraint(
                condition=Q(consented_at=None) | Q(bound_at__isnull=False),
                name="calls_link_consent_by_device",
                violation_error_message=_("Who agrees to the call has opened the link first."),
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="calls_link_period"),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def stands(self) -> bool:
        """Neither taken back nor run out, and its call lies ahead or goes on."""
        return self.revoked_at is None and self.expires_at > clock.now() and self.room.is_live

    @staticmethod
    def hash_of_device(secret: str) -> bytes:
        """What is kept of a device's secret; its 256 random bits need no salt."""
        return hashlib.sha256(secret.encode()).digest()


class SeatQuerySet(OfVisibleRoom):
    def inside(self) -> Self:
        """Let in, and not left."""
        return self.filter(place__isnull=False)

    def waiting(self) -> Self:
        """Outside the door."""
        return self.filter(admitted_at=None, left_at=None)


class Seat(Scoped):
    """One person in one room: waiting until `admitted_at`, inside while they have a `place`, gone from `left_at` on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=20, choices=SeatRole.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    link = models.ForeignKey(GuestLink, models.PROTECT, null=True, blank=True, related_name="seats")
    #: 1 to 4 while they are inside: the database gives each of them once
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    knocked_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    #: when their page was last heard of
    seen_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(SeatQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(role__in=SeatRole.values), name="calls_seat_role"),
            models.CheckConstraint(
                condition=Q(role=SeatRole.GUARDIAN, user=None, link__isnull=False)
                | ~Q(role=SeatRole.GUARDIAN) & Q(user__isnull=False, link=None),
                name="calls_seat_whose",
                violation_error_message=_("A seat is a member of staff's, or a guardian's by link."),
            ),
            models.CheckConstraint(
                condition=Q(place=None) | Q(place__range=(1, MOST_SEATS)),
                name="calls_seat_most",
                violation_error_message=_("Four people are in the call already."),
            ),
            models.CheckConstraint(
                condition=Q(place=None) & (Q(admitted_at=None) | Q(left_at__isnull=False))
                | Q(place__isnull=False, admitted_at__isnull=False, left_at=None),
                name="calls_seat_place_inside",
                violation_error_message=_("Who was let in and has not left has a place, and nobody else."),
            ),
            models.UniqueConstraint(
                fields=["room", "place"],
                name="calls_seat_place_once",
                violation_error_message=_("This place was just taken."),
            ),
            models.UniqueConstraint(fields=["room", "user"], name="calls_seat_user_once"),
            models.UniqueConstraint(fields=["room", "link"], name="calls_seat_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.room_id}"

    @property
    def is_inside(self) -> bool:
        return self.place is not None

    @property
    def waits(self) -> bool:
        return self.place is None and self.left_at is None
