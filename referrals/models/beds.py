"""The free beds that a service keeps for referrals, as it last said."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Service
from consortium.kernel.versions import Versioned
from referrals.states import Place

#: where a child can lie
BED_PLACES = tuple(choice for choice in Place.choices if choice[0] not in (Place.CLINIC, Place.THEATRE))
MOST = 200
NOTE_LENGTH = 120


class BedBoard(Versioned):
    """How many beds of one kind are free for children of other places, and since when that is known. Each bed promised
    takes one off. Known to all staff, so not scoped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="beds")
    place = models.CharField(_("where"), max_length=20, choices=BED_PLACES)
    free = models.PositiveSmallIntegerField(_("free beds"))
    note = models.CharField(_("note"), max_length=NOTE_LENGTH, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "place"], name="referrals_beds_once"),
            models.CheckConstraint(
                condition=Q(place__in=[code for code, _label in BED_PLACES]),
                name="referrals_beds_place",
                violation_error_message=_("Choose where the beds are."),
            ),
            models.CheckConstraint(
                condition=Q(free__lte=MOST),
                name="referrals_beds_few",
                violation_error_message=_("A service has 200 free beds at most."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.free} free in {self.place} of {self.service_id}"
