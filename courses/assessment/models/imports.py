"""A file of questions that was read: what was understood of each row, and what not, until it is taken over."""

import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.models import Institution


class ImportRows(ScopedQuerySet["ItemImport"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever brought the file."""
        return self.filter(created_by=actor.user_id)


class ItemImport(Scoped, CreatedOnce):
    """`rows`: [{row, code, kind, tags, content, points, source, faults, item}]; item: its id once taken over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    form = models.CharField(max_length=10, choices=[("gift", "GIFT"), ("xlsx", "XLSX"), ("csv", "CSV")])
    rows: Any = models.JSONField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(ImportRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [*CreatedOnce.Meta.constraints]
        verbose_name = _("import of questions")

    def __str__(self) -> str:
        return f"import {self.pk}"
