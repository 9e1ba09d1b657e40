"""Pictures and PDFs of a course, as re-encoded from what was sent; their bytes lie on disk under the row's id."""

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from courses.library.models.courses import Course, OfVisibleCourse
from courses.library.states import MaterialKind

NAME_LENGTH = 120


class Material(Scoped, CreatedOnce):
    """One picture or PDF of a course. It never changes; another one is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=10, choices=MaterialKind.choices)
    name = models.CharField(max_length=NAME_LENGTH)
    size = models.PositiveIntegerField()
    #: of a picture: [{name, width, height}]
    pictures: Any = models.JSONField(default=list)
    made_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCourse)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=MaterialKind.values), name="library_material_kind"),
            models.CheckConstraint(
                condition=Q(size__gt=0) & ~Q(name=""), name="library_material_whole",
                violation_error_message=_("This file is empty or has no name."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"material {self.pk}"

    @property
    def folder(self) -> Path:
        """Where its bytes lie."""
        return Path(settings.MEDIA_ROOT) / "materials" / str(self.pk)
