"""The registry. A child may carry any number of local record numbers, or only "baby of"."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedQuerySet, scoped, unfiltered
from consortium.kernel.versions import Versioned
from consortium.patients.states import ConsentKind, ConsentStatus, GrantReason, Relation, Sex
from consortium.people.models import Institution
from consortium.people.states import CLINICAL_ROLES, Role

#: Roles that read the child's record where their institution has a relationship to the child.
READING_ROLES = CLINICAL_ROLES


def rows(model: type[models.Model]) -> Any:
    return unfiltered(model, why="the rule of who sees a patient")


def related_patients(actor: Actor) -> Q:
    """Which patients `actor` has a relationship to, as a condition on Patient.

    Through a record number at their institution, a pathway that their institution or they themselves are on, or a
    break-the-glass grant that still runs.
    """
    places = actor.institution_ids(*READING_ROLES)
    pathway = (
        rows(PathwayMember)
        .filter(pathway__patient=OuterRef("pk"))
        .filter(
            Q(institution_id__in=places, user=None) | Q(user_id=actor.user_id),
            Q(ends_at=None) | Q(ends_at__gt=clock.now()),
        )
    )
    number = rows(RecordNumber).filter(patient=OuterRef("pk"), institution_id__in=places)
    grant = rows(AccessGrant).filter(patient=OuterRef("pk"), user_id=actor.user_id).running()
    return Q(Exists(number)) | Q(Exists(pathway)) | Q(Exists(grant))


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
    registered_at = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = scoped(PatientQuerySet)
    unscoped = models.Manager()

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
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"

    @property
    def display_name(self) -> str:
        """The name to show to somebody who may see it."""
        if self.name:
            return self.name
        order = f" ({self.birth_order})" if self.birth_order else ""
        return _("Baby of %(mother)s") % {"mother": self.baby_of} + order


class OfVisiblePatient(ScopedQuerySet["models.Model"]):
    """Rows that are seen by whoever sees their patient."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Exists(rows(Patient).filter(related_patients(actor), pk=OuterRef("patient_id"))))


class RecordNumber(Scoped):
    """The number by which one institution knows the child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="record_numbers")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    number = models.CharField(_("record number"), max_length=60)
    created_at = models.DateTimeField()

    objects = scoped(OfVisiblePatient)
    unscoped = models.Manager()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "number"],
                name="patients_record_number",
                violation_error_message=_("This record number is already in use here."),
            )
        ]
        indexes = [models.Index(fields=["patient", "institution"], name="patients_record_of_patient")]

    def __str__(self) -> str:
        return f"record {self.pk}"


class Guardian(Scoped, Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="guardians")
    name = models.CharField(_("name"), max_length=120)
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)

    objects = scoped(OfVisiblePatient)
    unscoped = models.Manager()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="patients_guardian_relation")
        ]

    def __str__(self) -> str:
        return f"guardian {self.pk}"


class Consent(Scoped):
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

    objects = scoped(OfVisiblePatient)
    unscoped = models.Manager()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ConsentKind.values), name="patients_consent_kind"),
            models.CheckConstraint(condition=Q(status__in=ConsentStatus.values), name="patients_consent_status"),
        ]
        indexes = [models.Index(fields=["patient", "kind", "-recorded_at"], name="patients_consent_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"


class Pathway(Scoped):
    """An episode of care: every question, referral and follow-up of one problem, over all tiers, under one number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="pathways")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = scoped(OfVisiblePatient)
    unscoped = models.Manager()

    class Meta(Scoped.Meta):
        indexes = [models.Index(fields=["patient", "-opened_at"], name="patients_pathway_of_patient")]

    def __str__(self) -> str:
        return self.number


class PathwayMember(Scoped):
    """An institution, or one person, that takes part in a pathway; access ends at `ends_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pathway = models.ForeignKey(Pathway, models.PROTECT, related_name="members")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Rows(ScopedQuerySet["PathwayMember"]):
        def visible_to(self, actor: Actor) -> Self:
            return self.filter(Q(user_id=actor.user_id) | Q(institution_id__in=actor.institution_ids(*READING_ROLES)))

        def running(self) -> Self:
            """Those through which the child is seen now."""
            return self.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()))

    objects = scoped(Rows)
    unscoped = models.Manager()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["pathway", "institution", "user"], nulls_distinct=False, name="patients_pathway_member_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "pathway"], name="patients_member_user"),
            models.Index(fields=["institution", "pathway"], name="patients_member_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} on {self.pathway_id}"


class AccessGrantQuerySet(ScopedQuerySet["AccessGrant"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, the auditor all, a privacy officer those on their institution's children or by its staff."""
        if actor.has(Role.AUDITOR):
            return self
        places = actor.institution_ids(Role.PRIVACY_OFFICER)
        known = rows(RecordNumber).filter(patient=OuterRef("patient_id"), institution_id__in=places)
        return self.filter(Q(user_id=actor.user_id) | Q(institution_id__in=places) | Exists(known))

    def running(self) -> Self:
        now = clock.now()
        return self.filter(granted_at__lte=now, expires_at__gt=now, ended_at=None)


class AccessGrant(Scoped, CreatedOnce):
    """Break-the-glass: a reason, three hours, and the privacy officer is told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="access_grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=GrantReason.choices)
    #: sealed with the patient's key
    explanation = models.BinaryField(null=True)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = scoped(AccessGrantQuerySet)
    unscoped = models.Manager()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(expires_at__gt=F("granted_at")), name="patients_grant_period"),
            models.CheckConstraint(condition=Q(reason__in=GrantReason.values), name="patients_grant_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="patients_grant_reviewed_pair",
            ),
        ]
        indexes = [models.Index(fields=["user", "patient", "expires_at"], name="patients_grant_running")]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class Merge(Scoped):
    """Two records found to be one child, joined by hand; `moved` names what moved, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = scoped(OfVisiblePatient)
    unscoped = models.Manager()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at=None), name="patients_merge_once"),
            models.CheckConstraint(condition=~Q(patient=F("absorbed")), name="patients_merge_two"),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"
