"""Who is on duty when, swaps of shifts, and the hand-over from one shift to the next."""

import hashlib
import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models.cases import Case, rows
from consortium.casework.models.services import Service, ServiceMember
from consortium.casework.states import HANDOVER, SWAP, HandoverStep, ItemOutcome, Rank, SwapStep
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Present, Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.versions import Versioned
from consortium.people.states import Role

_OFFICE = (Role.COORDINATOR, Role.INSTITUTION_ADMIN)


def services_of(actor: Actor, *office: str) -> Q:
    """Rows whose `service` is the actor's business: they answer for it, or hold one of `office` at its institution."""
    mine = rows(ServiceMember).filter(user_id=actor.user_id, left_at=None)
    return Q(service__in=mine.values("service_id")) | Q(service__institution_id__in=actor.institution_ids(*office))


class RosterImportQuerySet(ScopedQuerySet["RosterImport"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(services_of(actor, *_OFFICE))


class RosterImport(Scoped, CreatedOnce):
    """One spreadsheet taken in: all of its rows, or none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="roster_imports")
    shift_count = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(RosterImportQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [*CreatedOnce.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.shift_count} shifts"


class ShiftQuerySet(models.QuerySet["Shift"]):
    def standing(self) -> Self:
        """Without those taken off the roster."""
        return self.filter(cancelled_at=None)

    def at(self, moment: datetime | Present) -> Self:
        return self.standing().filter(period__contains=moment)

    def between(self, begins: datetime, ends: datetime) -> Self:
        return self.standing().filter(period__overlap=(begins, ends))

    def ended(self, moment: datetime) -> Self:
        """Over by `moment`, and not looked at yet."""
        return self.standing().filter(period__endswith__lte=moment, closed_at=None)


class Shift(Versioned, CreatedOnce):
    """One person's duty for one service, [begins, ends). Reference data known to all staff, so not scoped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="shifts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="shifts")
    rank = models.PositiveSmallIntegerField(_("rank"), choices=Rank.choices, default=Rank.FIRST)
    period: Any = DateTimeRangeField(_("period"))
    imported = models.ForeignKey(RosterImport, models.PROTECT, null=True, blank=True, related_name="shifts")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    #: its holder was reminded that work is open
    reminded_at = models.DateTimeField(null=True, blank=True)
    #: its end has been seen to: what was open is handed over or back in the queue
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(ShiftQuerySet)()

    class Meta(CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(rank__in=Rank.values), name="casework_shift_rank"),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="casework_shift_period",
                violation_error_message=_("A shift begins before it ends."),
            ),
            # At the end of the statement, so that two people may exchange shifts of the same hours.
            ExclusionConstraint(
                name="casework_shift_one_place",
                expressions=[("user", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None),
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message=_("Nobody is on duty twice at the same time."),
            ),
        ]
        indexes = [GistIndex(fields=["service", "period"], name="casework_shift_of_service")]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.service_id} {self.period}"

    @property
    def begins(self) -> datetime:
        begins: datetime = self.period.lower
        return begins

    @property
    def ends(self) -> datetime:
        ends: datetime = self.period.upper
        return ends

    @property
    def running(self) -> bool:
        return self.begins <= clock.now() < self.ends


class SwapQuerySet(ScopedQuerySet["Swap"]):
    def visible_to(self, actor: Actor) -> Self:
        mine = Q(from_user_id=actor.user_id) | Q(to_user_id=actor.user_id)
        shifts = Shift.objects.filter(services_of(actor, *_OFFICE))
        return self.filter(mine | Q(shift__in=shifts))


class Swap(Scoped, CreatedOnce):
    """A shift offered to a named colleague, perhaps for one of theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="swaps")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    in_return = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+")
    step = models.CharField(max_length=20, choices=SwapStep.choices, default=SwapStep.OFFERED)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ScopedManager.from_queryset(SwapQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = SWAP.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=SWAP.known_step(), name="casework_swap_step"),
            models.CheckConstraint(
                condition=~Q(from_user=F("to_user")),
                name="casework_swap_two_people",
                violation_error_message=_("Choose a colleague."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="casework_swap_answered_pair",
            ),
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(step=SwapStep.OFFERED),
                name="casework_swap_one_offer",
                violation_error_message=_("This shift is offered to somebody already."),
            ),
        ]
        indexes = [models.Index(fields=["to_user", "step"], name="casework_swap_to")]

    def __str__(self) -> str:
        return f"swap {self.pk} {self.step}"


class HandoverQuerySet(ScopedQuerySet["Handover"]):
    def visible_to(self, actor: Actor) -> Self:
        """Both people, and whoever answers for the service or coordinates it: notes are clinical, so no admin."""
        mine = Q(from_user_id=actor.user_id) | Q(to_user_id=actor.user_id) | Q(taken_by_id=actor.user_id)
        return self.filter(mine | services_of(actor, Role.COORDINATOR))

    def waiting(self) -> Self:
        return self.filter(step=HandoverStep.OFFERED)


class Handover(Scoped, CreatedOnce):
    """Everything open that one person holds for a service, offered by name to the next."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="handovers")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    step = models.CharField(max_length=20, choices=HandoverStep.choices, default=HandoverStep.OFFERED)
    offered_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(HandoverQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = HANDOVER.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=HANDOVER.known_step(), name="casework_handover_step"),
            models.CheckConstraint(
                condition=~Q(from_user=F("to_user")),
                name="casework_handover_two_people",
                violation_error_message=_("Choose a colleague."),
            ),
            models.CheckConstraint(
                condition=Q(step=HandoverStep.TAKEN, taken_at__isnull=False, taken_by__isnull=False)
                | ~Q(step=HandoverStep.TAKEN) & Q(taken_at=None, taken_by=None),
                name="casework_handover_taken_by_name",
                violation_error_message=_("What is handed over is taken over by name."),
            ),
            models.UniqueConstraint(
                fields=["service", "from_user"],
                condition=Q(step=HandoverStep.OFFERED),
                name="casework_handover_one_offer",
                violation_error_message=_("You have offered a hand-over already: it waits to be taken over."),
            ),
        ]
        indexes = [models.Index(fields=["to_user", "step"], name="casework_handover_to")]

    def __str__(self) -> str:
        return f"hand-over {self.pk} {self.step}"


class OfVisibleHandover(ScopedQuerySet["HandoverItem"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(handover__in=Handover.objects.all())


class HandoverItem(Scoped):
    """One open thing with the giver's note. `kind` and `item_id` name it; its own feature knows more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    item_id = models.UUIDField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    outcome = models.CharField(max_length=20, choices=ItemOutcome.choices, default=ItemOutcome.WAITING)

    objects = ScopedManager.from_queryset(OfVisibleHandover)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["handover", "kind", "item_id"], name="casework_handover_item_once"),
            models.CheckConstraint(condition=Q(outcome__in=ItemOutcome.values), name="casework_handover_item_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"


class FeedLinkQuerySet(ScopedQuerySet["FeedLink"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(user_id=actor.user_id)

    def running(self) -> Self:
        return self.filter(revoked_at=None, user__is_active=True)


class FeedLink(Scoped):
    """The secret address of one person's calendar. Only the hash is kept; a new one ends the one before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(FeedLinkQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="casework_feed_one"),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"

    @staticmethod
    def hash_of(token: str) -> bytes:
        """What is kept of a token; its 256 random bits need no salt."""
        return hashlib.sha256(token.encode()).digest()
