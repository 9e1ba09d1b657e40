"""De-identified copies. Their bytes lie apart from the originals, and leave only when the copy is available."""

import uuid
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase, involved_in
from consortium.casework.models import rows as every_row
from consortium.files.models.attachments import Attachment
from consortium.files.models.series import Series
from consortium.files.states import COPY_MACHINE, CopyStep
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet


def copies_root() -> Path:
    """Folders of de-identified copies, one for each."""
    return Path(settings.MEDIA_ROOT) / "copies"


class CleanCopyQuerySet(OfVisibleCase):
    def awaiting_preparation(self, idle_since: Any) -> Self:
        """Undecided, and nobody has been at it since `idle_since`."""
        waiting = self.filter(step=CopyStep.PREPARING)
        return waiting.filter(Q(preparing_since=None) | Q(preparing_since__lt=idle_since))


class CleanCopy(Scoped, CreatedOnce):
    """A de-identified copy of one file or one series: `images` files, `flagged` of which a person has to look at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="clean_copies")
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="+")
    step = models.CharField(max_length=20, choices=CopyStep.choices, default=CopyStep.PREPARING)
    images = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    #: bytes and checksum of what may be taken away: one DICOM file, or an archive of several
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    preparing_since = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(CleanCopyQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        verbose_name = _("de-identified copy")
        triggers = COPY_MACHINE.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=COPY_MACHINE.known_step(), name="files_cleancopy_step"),
            models.CheckConstraint(
                condition=Q(attachment=None, series__isnull=False) | Q(attachment__isnull=False, series=None),
                name="files_cleancopy_of_one",
                violation_error_message=_("A copy is made of one file or of one series."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed__lte=F("flagged"), flagged__lte=F("images")), name="files_cleancopy_counts"
            ),
            models.CheckConstraint(
                condition=~Q(step=CopyStep.AVAILABLE) | Q(confirmed=F("flagged"), images__gt=0) & ~Q(sha256=""),
                name="files_cleancopy_looked_at",
                violation_error_message=_("A copy is released after each of its marked pictures was looked at."),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "created_at"], name="files_cleancopy_of_case"),
            models.Index(
                fields=["created_at"], condition=Q(step=CopyStep.PREPARING), name="files_cleancopy_waiting"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"clean copy {self.pk}"

    @property
    def folder(self) -> Path:
        return copies_root() / str(self.pk)[:2] / str(self.pk)

    @property
    def file(self) -> Path:
        """What may be taken away."""
        return self.folder / ("copy.dcm" if self.images == 1 else "copy.zip")


class OfVisibleCopy(ScopedQuerySet[Any]):
    """Rows that are seen by whoever sees the copy's case."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Exists(every_row(Case).filter(involved_in(actor), pk=OuterRef("copy__case_id"))))

    def waiting(self) -> Self:
        """Marked, and nobody has confirmed them yet."""
        return self.filter(confirmed_at=None).exclude(reasons=[])


class CleanImage(Scoped):
    """One file of a copy. `reasons` are codes of `deidentify.flags.Flag`: with any, a person has to look at it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    copy = models.ForeignKey(CleanCopy, models.PROTECT, related_name="files")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    reasons: Any = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # fmt: skip

    objects = ScopedManager.from_queryset(OfVisibleCopy)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["copy", "number"], name="files_cleanimage_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="files_cleanimage_confirmed_pair",
                violation_error_message=_("A picture is confirmed by a person, at a time."),
            ),
        ]

    def __str__(self) -> str:
        return f"picture {self.number} of {self.copy_id}"
