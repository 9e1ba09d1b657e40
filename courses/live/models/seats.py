"""Who comes to a lecture: seats, rooms full of people before one screen, and who was really there."""

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.people.models import Institution
from courses.library.models.courses import READERS
from courses.live.models.lectures import Lecture, lectures_of
from courses.live.states.lectures import SeatKind

PLACE_LENGTH = 80


class OwnOrPlanned(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; who plans or gives the lecture; managers and auditors."""
        if actor.has(*READERS):
            return self
        planned = lectures_of(actor).planned_by(actor).filter(pk=OuterRef("lecture_id"))
        return self.filter(Q(user_id=actor.user_id) | Q(Exists(planned)))

    def running(self) -> Self:
        """Not given up."""
        return self.filter(given_up_at=None)


class Seat(Scoped, CreatedOnce):
    """One screen. `user` registered it; in a classroom those who come check in by its code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    #: where they come from; None for who holds no role anywhere
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=SeatKind.choices, default=SeatKind.PERSON)
    #: of a classroom: which room
    place = models.CharField(_("which room"), max_length=PLACE_LENGTH, blank=True)
    taken_at = models.DateTimeField(editable=False)
    given_up_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScopedManager.from_queryset(OwnOrPlanned)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [
            pgtrigger.Trigger(
                name="seat_within_capacity",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("given_up_at"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__given_up_at__isnull=True),
                func="""
                    DECLARE most integer;
                    BEGIN
                        SELECT capacity INTO most FROM lectures_lecture WHERE id = NEW.lecture_id FOR UPDATE;
                        IF (SELECT count(*) FROM lectures_seat s WHERE s.lecture_id = NEW.lecture_id
                            AND s.given_up_at IS NULL AND s.id <> NEW.id) >= most THEN
                            RAISE EXCEPTION 'No seat is free [rule:lectures_seat_free]';
                        END IF;
                        RETURN NEW;
                    END;
                """,
            )
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["lecture", "user", "kind"], condition=Q(given_up_at=None), name="lectures_seat_once",
                violation_error_message=_("You are registered already."),
            ),
            models.CheckConstraint(condition=Q(kind__in=SeatKind.values), name="lectures_seat_kind"),
            models.CheckConstraint(
                condition=Q(kind=SeatKind.PERSON, place="")
                | ~Q(place="") & Q(kind=SeatKind.CLASSROOM, institution__isnull=False),
                name="lectures_seat_place",
                violation_error_message=_("Say which room it is, so that people find it."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["user"], condition=Q(given_up_at=None), name="lectures_seat_of")]

    def __str__(self) -> str:
        return f"seat {self.pk}"


class CheckInQuerySet(ScopedQuerySet["CheckIn"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and whoever sees the room's seat."""
        seats = unfiltered(Seat, why="the room of a check-in").visible_to(actor).filter(pk=OuterRef("seat_id"))
        return self.filter(Q(user_id=actor.user_id) | Q(Exists(seats)))


class CheckIn(Scoped):
    """Somebody sits in a classroom."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="check_ins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(CheckInQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "user"], name="lectures_checkin_once",
                violation_error_message=_("You are checked in already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user_id} in {self.seat_id}"


class Attendance(Scoped):
    """A stretch during which somebody was in the room, as the server saw it."""

    id = models.BigAutoField(primary_key=True)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="attendances", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnOrPlanned)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("began_at")), name="lectures_attendance_span",
                violation_error_message=_("Somebody leaves after they came."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["lecture", "user", "began_at"], name="lectures_attendance_of")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.lecture_id}"
