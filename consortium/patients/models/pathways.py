"""The pathway: an episode of care, and who takes part in it."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.patients.models.registry import Patient
from consortium.patients.models.visibility import READING_ROLES, OfVisiblePatient
from consortium.people.models import Institution


class Pathway(Scoped):
    """An episode of care: every question, referral and follow-up of one problem, over all tiers, under one number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="pathways")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisiblePatient)()

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

    objects = ScopedManager.from_queryset(Rows)()

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
