"""What the card of the children who come reads."""

from django.db import models

from consortium.casework.models import Case, OfVisibleCase
from consortium.casework.states import Priority
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.people.models import Institution


class Expected(Scoped):
    """An open referral whose child travels to a house, is there, or is followed up by it (states.COMING_STEPS).

    Nobody writes it: triggers (migration 0003) keep it true, as those of `Unwatched` do. So the card reads as many rows
    as it shows, however many others of the house's referrals are open.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    #: the house of the service that is asked now
    receiver = models.ForeignKey(Institution, models.PROTECT, related_name="+", db_index=False)
    #: mirrors of the case's
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    due_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        indexes = [models.Index(fields=["receiver", "priority", "due_at", "case"], name="referrals_expected_by")]

    def __str__(self) -> str:
        return f"{self.case_id} at {self.receiver_id}"
