"""The registry. A child may carry any number of local record numbers, or only "baby of"."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.versions import Versioned
from consortium.patients.identity.names import search_text
from consortium.patients.models.visibility import OfVisiblePatient, related_patients
from consortium.patients.states import ConsentKind, ConsentStatus, Relation, Sex
from consortium.people.models import Institution


def name_words(name: str, baby_of: str, birth_order: int | None) -> str:
    """A child's name, or for a newborn whose baby it is; "" for an erased one."""
    if name or not baby_of:
        return name
    order = f" ({birth_order})" if birth_order else ""
    return _("Baby of %(mother)s") % {"mother": baby_of} + order


class PatientQuerySet(ScopedQuerySet["Patient"]):
    def visible_to(self, actor: Actor) -> Self:
        """Children with a relationship to the actor; nobody of any tier sees another."""
        if not actor.is_person:
            return self.none()
        return self.filter(related_patients(actor))

    def current(self) -> Self:
        """Without records merged into another, and without erased ones."""
        return self.filter(merged_into=None, erased_at=None)


class Patient(Scoped, Versioned, CreatedOnce):
    """A child. The identity number is sealed with the child's own key and found by a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    #: search aid: pinyin and initials of the name
    name_search = models.CharField(max_length=300, blank=True, editable=False)
    #: a newborn without a name of its own: "baby of" this mother; twins are told apart by birth order
    baby_of = models.CharField(_("baby of (mother's name)"), max_length=120, blank=True)
    birth_order = models.PositiveSmallIntegerField(_("birth order (twins: 1, 2)"), null=True, blank=True)
    birth_date = models.DateField(_("date of birth"))
    birth_time = models.TimeField(_("time of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex.choices)
    gestation_weeks = models.PositiveSmallIntegerField(_("gestation at birth, weeks"), null=True, blank=True)
    allergies = models.CharField(_("allergies"), max_length=300, blank=True)
    identity_sealed = models.BinaryField(null=True, editable=False)
    identity_hash = models.BinaryField(null=True, editable=False)
    #: the first registered of twins or triplets; the others name it
    twin_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="twins")
    registered_at = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(PatientQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["identity_hash"],
                condition=Q(merged_into=None, erased_at=None),
                name="patients_patient_identity",
                violation_error_message=_(
                    "A record with this identity number exists: link it with the guardian's consent."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(name="") | ~Q(baby_of="") | Q(erased_at__isnull=False),
                name="patients_patient_named",
                violation_error_message=_("Give the child's name, or for a newborn the mother's."),
            ),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="patients_patient_sex"),
            models.CheckConstraint(
                condition=Q(gestation_weeks=None) | Q(gestation_weeks__range=(20, 45)),
                name="patients_patient_gestation",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="patients_patient_not_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(twin_of=None) | ~Q(twin_of=F("id")), name="patients_patient_not_own_twin"
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="patients_patient_list"),
            GinIndex(fields=["name_search"], opclasses=["gin_trgm_ops"], name="patients_patient_name"),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps what a search looks through in step with the names."""
        self.name_search = search_text(self.name, self.baby_of)
        super().save(*args, **kwargs)

    @property
    def display_name(self) -> str:
        """The name to show to somebody who may see it."""
        return name_words(self.name, self.baby_of, self.birth_order)


class RecordNumber(Scoped):
    """That one institution knows the child, and by which number; blank while it has not given one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="record_numbers")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    number = models.CharField(_("record number"), max_length=60, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisiblePatient)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "number"],
                condition=~Q(number=""),
                name="patients_record_number",
                violation_error_message=_("This record number is already in use here."),
            )
        ]
        indexes = [models.Index(fields=["patient", "institution"], name="patients_record_of_patient")]

    def __str__(self) -> str:
        return f"record {self.pk}"


class Guardian(Scoped, Versioned, CreatedOnce):
    """Who speaks for the child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="guardians")
    name = models.CharField(_("name"), max_length=120)
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)

    objects = ScopedManager.from_queryset(OfVisiblePatient)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="patients_guardian_relation"),
        ]
        indexes = [models.Index(fields=["patient", "id"], name="patients_guardian_of_patient")]

    def __str__(self) -> str:
        return f"guardian {self.pk}"


class Consent(Scoped, CreatedOnce):
    """One decision of a guardian. The newest of a kind counts; none is ever overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind.choices)
    status = models.CharField(max_length=20, choices=ConsentStatus.choices)
    guardian = models.ForeignKey(Guardian, models.PROTECT, null=True, blank=True, related_name="+")
    #: how it was given: spoken, on paper, by link
    how = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ScopedManager.from_queryset(OfVisiblePatient)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=ConsentKind.values), name="patients_consent_kind"),
            models.CheckConstraint(condition=Q(status__in=ConsentStatus.values), name="patients_consent_status"),
        ]
        indexes = [models.Index(fields=["patient", "kind", "-recorded_at"], name="patients_consent_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"
