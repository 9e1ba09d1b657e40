"""The second opinion: what another specialist says to the one who leads the answer, dissent included."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase, Service
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from consultations.states import OpinionDecline


class OpinionQuerySet(OfVisibleCase):
    def waiting(self) -> "OpinionQuerySet":
        return self.filter(given_at=None, declined_at=None)


class Opinion(Scoped, CreatedOnce):
    """Asked of one specialist by the one who holds the case; signed once given, and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    specialist = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    #: as whose specialist they are asked: who leaves it is asked no more
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    question = models.TextField(_("question"))
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    #: with the lead answer, or with what the lead proposes; False is dissent, and stays visible
    agrees = models.BooleanField(null=True, blank=True)
    text = models.TextField(_("opinion"), blank=True)
    #: as they stood at the time of signing
    signer_name = models.CharField(max_length=120, blank=True)
    signer_title = models.CharField(max_length=120, blank=True)
    signer_licence = models.CharField(max_length=60, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=30, choices=OpinionDecline.choices, blank=True)

    objects = ScopedManager.from_queryset(OpinionQuerySet)()

    @property
    def is_waiting(self) -> bool:
        return self.given_at is None and self.declined_at is None

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["case", "specialist"],
                condition=Q(given_at=None, declined_at=None),
                name="consultations_opinion_asked_once",
                violation_error_message=_("This specialist has been asked already."),
            ),
            models.CheckConstraint(
                condition=~Q(specialist=F("asked_by")),
                name="consultations_opinion_of_another",
                violation_error_message=_("Ask somebody else than yourself."),
            ),
            models.CheckConstraint(
                condition=Q(given_at=None, agrees=None, text="", signer_name="")
                | Q(given_at__isnull=False, agrees__isnull=False) & ~Q(text="") & ~Q(signer_name=""),
                name="consultations_opinion_signed_whole",
                violation_error_message=_("A signed opinion says whether it agrees, why, and who gives it."),
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, decline_reason="")
                | Q(declined_at__isnull=False, given_at=None) & ~Q(decline_reason=""),
                name="consultations_opinion_declined_with_reason",
                violation_error_message=_("An opinion is declined with a reason."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["specialist"],
                condition=Q(given_at=None, declined_at=None),
                name="consultations_opinion_waiting",
            )
        ]

    @property
    def signed_by(self) -> Any:
        """Who signs it, as of an answer."""
        return self.specialist

    def __str__(self) -> str:
        return f"opinion of {self.specialist_id} on {self.case_id}"
