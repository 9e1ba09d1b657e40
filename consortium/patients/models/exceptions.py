"""Exceptions that are watched: break-the-glass, and two records joined by hand."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Present, Scoped, ScopedManager, ScopedQuerySet
from consortium.patients.models.registry import Patient
from consortium.patients.models.visibility import OfVisiblePatient, rows
from consortium.patients.states import GrantReason, GrantVerdict
from consortium.people.models import Institution
from consortium.people.states import Role


class AccessGrantQuerySet(ScopedQuerySet["AccessGrant"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, the auditor all, a privacy officer those on their institution's children or by its staff."""
        if actor.has(Role.AUDITOR):
            return self
        places = actor.institution_ids(Role.PRIVACY_OFFICER)
        known = rows("RecordNumber").filter(patient=OuterRef("patient_id"), institution_id__in=places)
        return self.filter(Q(user_id=actor.user_id) | Q(institution_id__in=places) | Exists(known))

    def running(self) -> Self:
        return self.filter(granted_at__lte=Present(), expires_at__gt=Present(), ended_at=None)


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
    verdict = models.CharField(max_length=20, choices=GrantVerdict.choices, blank=True)
    #: sealed with the patient's key
    review_note = models.BinaryField(null=True)

    objects = ScopedManager.from_queryset(AccessGrantQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(expires_at__gt=F("granted_at")), name="patients_grant_period"),
            models.CheckConstraint(condition=Q(reason__in=GrantReason.values), name="patients_grant_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, verdict="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, verdict__in=GrantVerdict.values),
                name="patients_grant_reviewed_pair",
            ),
            models.UniqueConstraint(
                fields=["user", "patient"], condition=Q(ended_at=None), name="patients_grant_one_running"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "patient", "expires_at"], name="patients_grant_running"),
            models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="patients_grant_due"),
            models.Index(fields=["institution", "-granted_at", "id"], name="patients_grant_list"),
        ]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class Merge(Scoped):
    """Two records found to be one child, joined by hand; `moved` names what moved, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    #: {"app.model.field": [ids]} of the rows that followed
    moved = models.JSONField(default=dict)
    #: what the kept record said before, {field: [before, after]}; sealed with the kept patient's key
    before = models.BinaryField(null=True)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(OfVisiblePatient)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at=None), name="patients_merge_once"),
            models.CheckConstraint(condition=~Q(patient=F("absorbed")), name="patients_merge_two"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="patients_merge_undone_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"
