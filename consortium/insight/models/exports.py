"""Files of rows, for those who asked for them."""

import uuid
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.insight.states import EXPORT, GOING, ExportKind, ExportStep
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet


class ExportQuerySet(ScopedQuerySet["Export"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(created_by_id=actor.user_id, created_by__isnull=False)

    def going(self) -> Self:
        return self.filter(step__in=GOING)


class Export(Scoped, CreatedOnce):
    """One file of rows without anybody's identity, written in pieces by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=ExportKind.choices)
    step = models.CharField(max_length=20, choices=ExportStep.choices, default=ExportStep.WAITING)
    #: what was asked for: the checked parameters of `queries.asking`
    asked: Any = models.JSONField(default=dict)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()
    #: rows there are, written so far, and the last one's key
    rows = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    position: Any = models.JSONField(default=list)
    #: how long the file was when the last piece was complete; what lies behind it is cut off before going on
    bytes = models.PositiveBigIntegerField(default=0)
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(ExportQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = EXPORT.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=EXPORT.known_step(),
                name="insight_export_step",
                violation_error_message=_("There is no such step."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ExportKind.values),
                name="insight_export_kind",
                violation_error_message=_("Choose CSV or a spreadsheet."),
            ),
            models.CheckConstraint(
                condition=~Q(step=ExportStep.READY) | Q(finished_at__isnull=False, expires_at__isnull=False),
                name="insight_export_ready_whole",
                violation_error_message=_("A file that is ready says until when it is kept."),
            ),
            models.UniqueConstraint(
                fields=["created_by"],
                condition=Q(step__in=GOING),
                name="insight_export_one_at_a_time",
                violation_error_message=_("An export of yours is still being written: wait for it, or cancel it."),
            ),
        ]
        indexes = [
            models.Index(fields=["created_by", "-created_at", "id"], name="insight_export_list"),
            models.Index(fields=["expires_at"], condition=Q(step=ExportStep.READY), name="insight_export_kept"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} {self.step}"

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.written / self.rows)) if self.rows else 0

    @property
    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "exports"

    @property
    def file(self) -> Path:
        """What is delivered."""
        return self.folder / f"{self.pk}.{self.kind}"

    @property
    def part(self) -> Path:
        """What is being written."""
        return self.folder / f"{self.pk}.part"
