"""What was measured on a child. A value never changes: a wrong one is marked, and stays beside what replaces it."""

import uuid
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.clinical.units import KINDS, Quantity, kind_of
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.patients.models.registry import Patient
from consortium.patients.models.visibility import OfVisiblePatient
from consortium.patients.states import NUMBERS, SIGNS, BodyPosition, MeasurementError, MeasurementKind, Site
from consortium.people.models import Institution


class MeasurementSet(Scoped, CreatedOnce):
    """One act of measuring: who, where and when. What was found are its rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="measurement_sets")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisiblePatient)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=Q(taken_at__lte=F("recorded_at")),
                name="patients_measured_before_recorded",
                violation_error_message=_("This time lies ahead."),
            ),
        ]
        indexes = [models.Index(fields=["patient", "-taken_at", "-id"], name="patients_measured_list")]
        triggers = [
            pgtrigger.ReadOnly(name="measured_read_only", fields=["taken_at", "recorded_at", "institution"]),
            pgtrigger.Protect(name="measured_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"measured {self.pk}"


class MeasurementQuerySet(OfVisiblePatient):
    def valid(self) -> "MeasurementQuerySet":
        """Without what was entered in error."""
        return self.filter(entered_in_error_at=None)


def _within_limits() -> Q:
    """A number within its kind's hard limits, or one of a sign's words. NULL must fail, so it is asked for first."""
    condition = Q()
    for kind in NUMBERS:
        condition |= Q(kind=kind, base__isnull=False, base__range=KINDS[kind].hard, code="")
    for sign, words in SIGNS.items():
        condition |= Q(kind=sign, code__in=list(words), value=None, base=None, unit="")
    return condition


class Measurement(Scoped):
    """One value as it was entered, and the same in the first unit of its kind (`base`); or a sign's `code`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measured = models.ForeignKey(MeasurementSet, models.PROTECT, related_name="rows")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="measurements")
    kind = models.CharField(max_length=20, choices=MeasurementKind.choices)
    taken_at = models.DateTimeField()
    value = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    unit = models.CharField(max_length=12, blank=True)
    base = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    code = models.CharField(max_length=20, blank=True)
    position = models.CharField(max_length=10, choices=BodyPosition.choices, blank=True)
    site = models.CharField(max_length=10, choices=Site.choices, blank=True)
    estimated = models.BooleanField(default=False)
    #: an unlikely value that its author looked at again
    confirmed = models.BooleanField(default=False)
    #: rows go by erasure only, and then all of them
    replaces = models.OneToOneField("self", models.CASCADE, null=True, related_name="replaced_by")
    entered_in_error_at = models.DateTimeField(null=True)
    entered_in_error_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    error_reason = models.CharField(max_length=20, choices=MeasurementError.choices, blank=True)

    objects = ScopedManager.from_queryset(MeasurementQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=_within_limits(),
                name="patients_measurement_limits",
                violation_error_message=_("This value cannot be right."),
            ),
            models.CheckConstraint(
                condition=Q(value=None, base=None, unit="")
                | (Q(value__isnull=False, base__isnull=False) & ~Q(unit="")),
                name="patients_measurement_whole",
                violation_error_message=_("A value has a unit."),
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error_at=None, error_reason="")
                | Q(entered_in_error_at__isnull=False, error_reason__in=MeasurementError.values),
                name="patients_measurement_error_reason",
                violation_error_message=_("Say why the value is taken back."),
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")), name="patients_measurement_replaces_other"
            ),
            models.UniqueConstraint(
                fields=["measured", "kind"],
                condition=Q(entered_in_error_at=None) & ~Q(kind=MeasurementKind.CONCERN),
                name="patients_measurement_once_each",
                violation_error_message=_("Each is measured once at a time."),
            ),
        ]
        indexes = [models.Index(fields=["patient", "kind", "-taken_at"], name="patients_measurement_newest")]
        triggers = [
            pgtrigger.ReadOnly(
                name="measurement_read_only",
                fields=[
                    "measured", "kind", "taken_at", "value", "unit", "base", "code", "position", "site", "estimated",
                    "confirmed", "replaces",
                ],
            ),
            pgtrigger.Protect(name="measurement_kept", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def quantity(self) -> Quantity | None:
        """The value with its unit; None for a sign."""
        return Quantity(self.kind, Decimal(self.value), self.unit) if self.value is not None else None

    @property
    def label(self) -> str:
        return str(MeasurementKind(self.kind).label)

    @property
    def words(self) -> str:
        """ "6.8 kg", or the sign's words."""
        quantity = self.quantity
        return str(quantity) if quantity else str(SIGNS[self.kind][self.code])

    @property
    def base_words(self) -> str:
        """The value in the kind's first unit."""
        if self.base is None:
            return self.words
        return str(Quantity(self.kind, Decimal(self.base), kind_of(self.kind).base.code))
