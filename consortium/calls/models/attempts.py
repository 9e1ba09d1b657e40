"""Tries at a rung of the ladder, and what the preflight found."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.calls.models.rooms import OfVisibleRoom, Room, Seat
from consortium.calls.states import Cause, Rung, Way
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.models import Institution


class AttemptQuerySet(OfVisibleRoom):
    def running(self) -> Self:
        return self.filter(ended_at=None)

    def held(self) -> Self:
        return self.filter(held_at__isnull=False)


class Attempt(Scoped):
    """One try of one seat at one rung. Media flowed from `held_at` on; `cause` says why it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="attempts")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attempts")
    rung = models.CharField(max_length=20, choices=Rung.choices)
    began_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=30, choices=Cause.choices, blank=True)
    #: numbers and codes only: {"loss", "kbps", "frozen", "way"}
    details: Any = models.JSONField(default=dict)

    objects = ScopedManager.from_queryset(AttemptQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(rung__in=Rung.values), name="calls_attempt_rung"),
            models.CheckConstraint(
                condition=Q(ended_at=None, cause="") | Q(ended_at__isnull=False, cause__in=Cause.values),
                name="calls_attempt_ended_has_cause",
                violation_error_message=_("What is over has a cause."),
            ),
            models.CheckConstraint(
                condition=(Q(held_at=None) | Q(held_at__gte=F("began_at")))
                & (Q(ended_at=None) | Q(ended_at__gte=F("began_at"))),
                name="calls_attempt_period",
            ),
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(ended_at=None),
                name="calls_attempt_one_running",
                violation_error_message=_("One rung at a time."),
            ),
        ]
        indexes = [models.Index(fields=["room", "began_at"], name="calls_attempt_of_room")]

    def __str__(self) -> str:
        return f"{self.rung} in {self.room_id}"


class PreflightQuerySet(ScopedQuerySet["Preflight"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(user_id=actor.user_id)


class Preflight(Scoped, CreatedOnce):
    """What somebody's device and network can do for a call. `camera` and `microphone` hold the cause when it fails."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    camera = models.CharField(max_length=30, choices=Cause.choices, blank=True)
    microphone = models.CharField(max_length=30, choices=Cause.choices, blank=True)
    #: whether they heard the tone; None when they did not say
    speaker = models.BooleanField(null=True, blank=True)
    way = models.CharField(max_length=20, choices=Way.choices)
    rung = models.CharField(max_length=20, choices=Rung.choices)
    #: {"rtt_ms", "up_kbps"} to this site
    details: Any = models.JSONField(default=dict)

    objects = ScopedManager.from_queryset(PreflightQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(way__in=Way.values), name="calls_preflight_way"),
            models.CheckConstraint(condition=Q(rung__in=Rung.values), name="calls_preflight_rung"),
        ]
        indexes = [models.Index(fields=["institution", "-at"], name="calls_preflight_of_place")]

    def __str__(self) -> str:
        return f"{self.rung} at {self.at:%F}"
