"""Pictures that questions ask about. Small, decoded and written anew, and never of a patient who could be known."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet

#: bytes, after it was written anew
MOST_BYTES = 600_000


class PictureRows(ScopedQuerySet["Picture"]):
    def visible_to(self, actor: Actor) -> Self:
        """Every member of staff: whoever is asked the question sees it, and its id tells nothing."""
        return self.all() if actor.is_person else self.none()


class Picture(Scoped, CreatedOnce):
    """WebP in the database: it comes and goes with its row, and no file is left behind."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(PictureRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [pgtrigger.Protect(name="picture_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0), name="assessment_picture_size",
                violation_error_message=_("A picture has a width and a height."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"picture {self.pk}"
