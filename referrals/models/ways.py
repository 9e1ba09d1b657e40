"""The way there: transport with its hand-over and incidents, and visits in the clinic."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Booking, Calendar, Case, OfVisibleCase
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.kernel.versions import Versioned
from referrals.states import IncidentKind, Mode


class Transport(Scoped, Versioned):
    """How one child travels, the hand-over (I-PASS, signed by the giver) and its read-back at the other end."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="transport")
    mode = models.CharField(_("transport"), max_length=20, choices=Mode.choices)
    crew = models.CharField(_("crew"), max_length=200, blank=True)
    #: the telephone in the vehicle
    phone = models.CharField(_("telephone on the way"), max_length=40, blank=True)
    vehicle = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="+")
    arranged_at = models.DateTimeField()
    expected_at = models.DateTimeField(_("expected arrival"), null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)

    #: I-PASS: illness severity, patient summary, action list, situation awareness; synthesis is the read-back
    severity = models.CharField(_("how ill"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    actions = models.TextField(_("to do on the way"), blank=True)
    awareness = models.TextField(_("what may go wrong, and what then"), blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signer_name = models.CharField(max_length=120, blank=True)
    read_back = models.TextField(_("read back"), blank=True)
    read_back_at = models.DateTimeField(null=True, blank=True)
    read_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=Mode.values),
                name="referrals_transport_mode",
                violation_error_message=_("Choose how the child travels."),
            ),
            models.CheckConstraint(
                condition=Q(departed_at=None) | Q(arrived_at=None) | Q(arrived_at__gte=F("departed_at")),
                name="referrals_transport_order",
                violation_error_message=_("A child arrives after it departs."),
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None, signer_name="")
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(signer_name="") & ~Q(summary=""),
                name="referrals_handover_signed_whole",
                violation_error_message=_("A signed hand-over says who gives it, and what about the child."),
            ),
            models.CheckConstraint(
                condition=Q(read_back_at=None, read_back_by=None)
                | Q(read_back_at__isnull=False, read_back_by__isnull=False) & ~Q(read_back=""),
                name="referrals_read_back_whole",
                violation_error_message=_("A read-back has words, and who says them."),
            ),
        ]

    def __str__(self) -> str:
        return f"transport of {self.case_id}"


class Incident(Scoped, CreatedOnce):
    """A critical incident on the way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="incidents")
    kind = models.CharField(_("what happened"), max_length=20, choices=IncidentKind.choices)
    note = models.TextField(_("what was done"), blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=IncidentKind.values),
                name="referrals_incident_kind",
                violation_error_message=_("Choose what happened."),
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("happened_at")),
                name="referrals_incident_not_ahead",
                violation_error_message=_("It happened before it was written down."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on the way of {self.case_id}"


class Visit(Scoped, CreatedOnce):
    """One appointment of a referral. Time, people and rooms are the booking's; the newest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="visits")
    number = models.PositiveSmallIntegerField()
    booking = models.OneToOneField(Booking, models.PROTECT, related_name="visit")
    booked_at = models.DateTimeField()
    #: booked by the sender on the spot
    by_sender = models.BooleanField(default=False)
    #: what the family is to bring or do before, in their words
    instructions = models.TextField(_("what to bring"), blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    cancel_reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(fields=["case", "number"], name="referrals_visit_number"),
        ]

    def __str__(self) -> str:
        return f"visit {self.number} of {self.case_id}"


class Waiting(Scoped):
    """A child on the waiting list of a calendar: the next free place is theirs, the most urgent and longest first."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="waiting")
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="waiting")
    priority = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    #: how soon the family can come when a place frees
    notice_hours = models.PositiveSmallIntegerField(default=24)
    #: None while it waits
    filled_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(filled_at=None) | Q(left_at=None),
                name="referrals_waiting_one_end",
                violation_error_message=_("Who got a place no longer waits."),
            )
        ]
        indexes = [
            models.Index(
                fields=["calendar", "priority", "since"],
                condition=Q(filled_at=None, left_at=None),
                name="referrals_waiting_list",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} waits for {self.calendar_id}"
