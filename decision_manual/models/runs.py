"""A run that somebody kept: what was said of the child, which versions answered, and the nodes they went through."""

import uuid
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.patients.models import Patient
from consortium.patients.models.visibility import related_patients
from consortium.patients.models.visibility import rows as patient_rows
from decision_manual.models.versions import PathwayVersion


class RunRows(ScopedQuerySet["Run"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the child; a run without a child, whoever made it."""
        mine = Q(patient=None, created_by=actor.user_id)
        seen = patient_rows("Patient").filter(related_patients(actor), pk=OuterRef("patient_id"))
        return self.filter(mine | Q(Exists(seen)))


class Run(Scoped, CreatedOnce):
    """`asked` is what was sent to the evaluator, `answered` what it said; the site's choices are in both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="manual_runs")
    asked: Any = models.JSONField()
    answered: Any = models.JSONField()
    safety_net_given = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(RunRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [*CreatedOnce.Meta.constraints]

    def __str__(self) -> str:
        return f"run {self.pk}"


class PartRows(ScopedQuerySet["RunPart"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Exists(Run.objects.visible_to(actor).filter(pk=OuterRef("run_id"))))


class RunPart(Scoped):
    """One version's part of a run: the ids of the nodes it went through, and its worst severity."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="parts")
    version = models.ForeignKey(PathwayVersion, models.PROTECT, related_name="+")
    nodes = ArrayField(models.CharField(max_length=120))
    indications = ArrayField(models.CharField(max_length=80), default=list)
    severity = models.CharField(max_length=10, blank=True)

    objects = ScopedManager.from_queryset(PartRows)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["run", "version"], name="decision_manual_part_once")]

    def __str__(self) -> str:
        return f"part {self.pk}"
