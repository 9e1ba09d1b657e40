"""A version never changes: the database refuses it. What changes is the step it has come to, in a row of its own."""

import json
import uuid
from functools import cached_property
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from decision_manual.library import Pathway, from_bundle
from decision_manual.states import MACHINE, Step

USER = settings.AUTH_USER_MODEL


class VersionRows(models.QuerySet["PathwayVersion"]):
    def newest(self) -> "VersionRows":
        """The last version of each pathway that was not retired."""
        alive = self.exclude(state__step=Step.RETIRED)
        return alive.order_by("pathway", "-number").distinct("pathway")

    def approved(self) -> "VersionRows":
        """The last approved version of each pathway; what only the demonstration approved counts only there."""
        rows = self.filter(state__step=Step.APPROVED)
        if not settings.DEMO_MODE:
            rows = rows.filter(state__demonstration=False)
        return rows.order_by("pathway", "-number").distinct("pathway")

    def light(self) -> "VersionRows":
        """Without the bundle and the charts, for lists."""
        return self.defer("written", "charts")


class PathwayVersion(models.Model):
    """One pathway whole, as it was written, with its charts; `digest` is the bundle's SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pathway = models.SlugField(max_length=80)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    family = models.CharField(max_length=20)
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    age_from = models.PositiveIntegerField()
    age_to = models.PositiveIntegerField()
    next_review = models.DateField()
    #: how many places still have to be looked up in their source
    unverified = models.PositiveIntegerField()
    #: the bundle as JSON text: jsonb would lose the order in which its author wrote
    written = models.TextField()
    #: ids of its referral indications, for what cites them
    indications = ArrayField(models.CharField(max_length=80), default=list)
    #: {"en": svg, "zh": svg}
    charts: Any = models.JSONField()
    #: None for what is shipped with the code
    author = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    objects = VersionRows.as_manager()

    class Meta:
        triggers = [pgtrigger.Protect(name="version_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["pathway", "number"], name="decision_manual_version_number"),
            models.UniqueConstraint(
                fields=["pathway", "digest"], name="decision_manual_version_once",
                violation_error_message=_("This very content is a version already."),
            ),
            models.CheckConstraint(
                condition=Q(age_from__lt=F("age_to")), name="decision_manual_version_ages",
                violation_error_message=_("A pathway is for some age."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pathway} v{self.number}"

    @cached_property
    def bundle(self) -> dict[str, Any]:
        return dict(json.loads(self.written))

    @cached_property
    def content(self) -> Pathway:
        """The pathway, read again from what was kept."""
        return from_bundle(self.bundle)


class VersionState(models.Model):
    """How far a version has come. Two people approve, a clinician and a pharmacist, and neither wrote it."""

    version = models.OneToOneField(PathwayVersion, models.PROTECT, primary_key=True, related_name="state")
    step = models.CharField(max_length=20, choices=Step.choices, default=Step.DRAFT)
    #: as in the version, so that the rules below can see them
    author = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    unverified = models.PositiveIntegerField()
    clinician = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    clinician_at = models.DateTimeField(null=True, blank=True)
    pharmacist = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    pharmacist_at = models.DateTimeField(null=True, blank=True)
    #: approved by the demonstration's people, for looking at only
    demonstration = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = [
            *MACHINE.triggers(),
            pgtrigger.ReadOnly(name="version_state_fixed", fields=["version", "author", "unverified"]),
            pgtrigger.Protect(name="version_state_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.CheckConstraint(condition=MACHINE.known_step(), name="decision_manual_state_step"),
            models.CheckConstraint(
                condition=Q(clinician=None, clinician_at=None) | Q(clinician__isnull=False, clinician_at__isnull=False),
                name="decision_manual_clinician_pair",
            ),
            models.CheckConstraint(
                condition=Q(pharmacist=None, pharmacist_at=None)
                | Q(pharmacist__isnull=False, pharmacist_at__isnull=False),
                name="decision_manual_pharmacist_pair",
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.APPROVED) | Q(clinician__isnull=False, pharmacist__isnull=False),
                name="decision_manual_two_approve",
                violation_error_message=_("A clinician and a pharmacist approve a version."),
            ),
            models.CheckConstraint(
                condition=Q(clinician=None) | Q(pharmacist=None) | ~Q(clinician=F("pharmacist")),
                name="decision_manual_two_people",
                violation_error_message=_("Two different people approve a version."),
            ),
            models.CheckConstraint(
                condition=Q(author=None)
                | (Q(clinician=None) | ~Q(clinician=F("author"))) & (Q(pharmacist=None) | ~Q(pharmacist=F("author"))),
                name="decision_manual_not_the_author",
                violation_error_message=_("Nobody approves what they wrote."),
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.APPROVED) | Q(unverified=0),
                name="decision_manual_all_verified",
                violation_error_message=_("What is marked to be verified has to be looked up first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.step}"

    @property
    def shown_step(self) -> str:
        """The step as readers are told: what only the demonstration approved is a draft everywhere else."""
        if self.step == Step.APPROVED and self.demonstration:
            return "demonstration" if settings.DEMO_MODE else Step.DRAFT.value
        return str(self.step)


class ProofSheet(models.Model):
    """What the checker found for a version: {"checks": {name: faults}, "vectors": n, "mutation": {...}}."""

    version = models.ForeignKey(PathwayVersion, models.PROTECT, related_name="proofs")
    made_at = models.DateTimeField()
    passed = models.BooleanField()
    sheet: Any = models.JSONField()

    class Meta:
        triggers = [pgtrigger.Protect(name="proof_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"proof of {self.version_id}"
