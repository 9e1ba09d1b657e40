"""A DICOM series: files of one case that were made together and are looked at as one stack."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase
from consortium.kernel.scoping import Scoped, ScopedManager


class Series(Scoped):
    """Files with one Series Instance UID. The UID is kept as a hash keyed with the child's own key, never as it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="series")
    uid_hash = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        verbose_name = _("series of images")
        constraints = [models.UniqueConstraint(fields=["case", "uid_hash"], name="files_series_once")]

    def __str__(self) -> str:
        return f"series {self.pk}"
