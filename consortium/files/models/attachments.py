"""One file of a case. Bytes lie on disk under the row's id, never under a name that somebody chose."""

import uuid
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase
from consortium.files.models.series import Series
from consortium.files.sniff.kinds import SOUNDS, Kind
from consortium.files.states import MACHINE, Hold, Step
from consortium.kernel import clock
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager


def staging_root() -> Path:
    """The quarantine: bytes that nobody has looked at yet."""
    return Path(settings.MEDIA_ROOT) / "uploads"


def shelf_root() -> Path:
    """Folders of what the inspection wrote, one for each attachment."""
    return Path(settings.MEDIA_ROOT) / "attachments"


class AttachmentQuerySet(OfVisibleCase):
    def shown(self) -> Self:
        """Complete and not withdrawn."""
        return self.filter(received_at__isnull=False, withdrawn_at=None)

    def unfinished(self) -> Self:
        return self.filter(received_at=None)

    def awaiting_inspection(self, idle_since: Any) -> Self:
        """Complete, undecided, and nobody has been at it since `idle_since`."""
        waiting = self.filter(step=Step.PENDING, received_at__isnull=False)
        return waiting.filter(Q(inspecting_since=None) | Q(inspecting_since__lt=idle_since))

    def but_spoken(self) -> Self:
        """Without the voice notes of the thread (and what was sent with a message and is still being checked)."""
        return self.exclude(kind__in=(*SOUNDS, ""), sent_with__isnull=False)

    def ready(self) -> Self:
        """What may be looked at by whoever may look."""
        return self.filter(step=Step.AVAILABLE, withdrawn_at=None)

    def of_series(self, series_id: uuid.UUID | None) -> Self:
        """The files of one series that may be looked at, in the order of the scanned direction."""
        in_order = (F("place").asc(nulls_last=True), F("number").asc(nulls_last=True), "created_at", "id")
        return self.ready().filter(series_id=series_id).order_by(*in_order)

    def awaiting_rendering(self) -> Self:
        """Frames that nobody has made small pictures of yet."""
        return self.filter(step=Step.AVAILABLE, kind=Kind.DICOM, rendered_at=None, withdrawn_at=None)

    def expired(self) -> Self:
        """Unfinished uploads that nobody went on with."""
        return self.unfinished().filter(expires_at__lt=clock.now())


class Attachment(Scoped, CreatedOnce):
    """One file of a case; its uploader is `created_by`. `step` says whether it may be looked at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    step = models.CharField(max_length=20, choices=Step.choices, default=Step.PENDING)
    #: the file's own name, sealed with the child's key: people name files after patients
    name_sealed = models.BinaryField(editable=False)
    #: bytes: as declared at first, and as received
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    #: the media type that the bytes tell
    kind = models.CharField(max_length=40, blank=True)
    #: {"pictures": [{name, width, height}]} of a photo; {"frames": {count, width, height, modality, ...}} of DICOM;
    #: {"sound": {seconds}} of a voice note
    about: Any = models.JSONField(default=dict)
    #: the series it belongs to, its place along the scanned direction (mm), and its number in the series
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="attachments")
    place = models.FloatField(null=True, blank=True)
    number = models.IntegerField(null=True, blank=True)
    fault = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=300, blank=True)

    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    inspecting_since = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: why it waits though all of it has come: nothing is wrong with the file itself
    held_up = models.CharField(max_length=20, choices=Hold.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    #: when small pictures of all frames had been made ahead of anybody asking
    rendered_at = models.DateTimeField(null=True, blank=True)
    render_attempts = models.PositiveSmallIntegerField(default=0)
    #: what is said on a voice note, typed by hand; sealed with the child's key
    transcript_sealed = models.BinaryField(null=True, editable=False)

    objects = ScopedManager.from_queryset(AttachmentQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = MACHINE.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=MACHINE.known_step(), name="files_attachment_step"),
            models.CheckConstraint(condition=Q(size__gte=0), name="files_attachment_size"),
            models.CheckConstraint(
                condition=Q(step=Step.PENDING) | Q(received_at__isnull=False, decided_at__isnull=False),
                name="files_attachment_decided",
                violation_error_message=_("A file is judged after all of it has come."),
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.AVAILABLE) | Q(kind__in=[kind.value for kind in Kind], fault="") & ~Q(sha256=""),
                name="files_attachment_available_whole",
                violation_error_message=_("An available file has a known type and a checksum, and no fault."),
            ),
            models.CheckConstraint(
                condition=~Q(step__in=[Step.THREATS_FOUND, Step.VALIDATION_FAILED]) | ~Q(fault=""),
                name="files_attachment_refused_has_cause",
                violation_error_message=_("A refused file has a cause."),
            ),
            models.CheckConstraint(
                condition=Q(received_at=None) | Q(received_at__gte=F("created_at")), name="files_attachment_period"
            ),
            models.CheckConstraint(
                condition=Q(held_up="") | Q(step=Step.PENDING, held_up__in=Hold.values),
                name="files_attachment_held_up",
                violation_error_message=_("Only a file that is being checked can be held up."),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "created_at", "id"], name="files_attachment_of_case"),
            models.Index(fields=["expires_at"], condition=Q(received_at=None), name="files_attachment_unfinished"),
            models.Index(
                fields=["received_at"],
                condition=Q(step=Step.PENDING, received_at__isnull=False),
                name="files_attachment_waiting",
            ),
            models.Index(fields=["series", "place", "number"], name="files_attachment_of_series"),
            models.Index(
                fields=["decided_at"],
                condition=Q(step=Step.AVAILABLE, kind=Kind.DICOM, rendered_at=None),
                name="files_attachment_unrendered",
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def folder(self) -> Path:
        """Where the inspection put what may be looked at."""
        return shelf_root() / str(self.pk)[:2] / str(self.pk)

    @property
    def original(self) -> Path:
        """The bytes as they came (PDF and DICOM only: photos are kept re-encoded)."""
        return self.folder / "original"

    @property
    def is_dicom(self) -> bool:
        return self.kind == Kind.DICOM

    @property
    def is_photo(self) -> bool:
        return bool(self.about.get("pictures"))

    @property
    def is_sound(self) -> bool:
        return self.kind in SOUNDS

    @property
    def sound(self) -> dict[str, Any]:
        """seconds of a voice note; empty for anything else."""
        found: dict[str, Any] = self.about.get("sound") or {}
        return found

    @property
    def frames(self) -> dict[str, Any]:
        """what `dicom.frames.Frames` holds; empty for what is not DICOM."""
        found: dict[str, Any] = self.about.get("frames") or {}
        return found
