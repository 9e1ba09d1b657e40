"""The key by which a studio's encoder sends a lecture."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.scoping import Scoped, ScopedManager
from courses.live.models.lectures import Lecture, OfVisibleLecture


class EncoderKey(Scoped):
    """Of one lecture, made by somebody who gives it: what comes with it is sent in their name."""

    lecture = models.OneToOneField(Lecture, models.CASCADE, primary_key=True, related_name="encoder_key")
    #: by `kernel.sealing`
    sealed = models.BinaryField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    #: until when it may take the stage from whoever has it
    turn_until = models.DateTimeField(null=True, blank=True)
    #: the run that it last began (`Broadcast.holder`), and the connection that sends it
    holder = models.UUIDField(null=True, blank=True)
    client = models.CharField(max_length=20, blank=True)

    objects: Any = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(holder=None, client="") | Q(holder__isnull=False) & ~Q(client=""),
                name="lectures_encoder_run",
                violation_error_message=_("A run of an encoder has a connection."),
            )
        ]

    def __str__(self) -> str:
        return f"encoder of {self.lecture_id}"
