"""What the radar reads."""

from django.db import models

from consortium.casework.models import Case, OfVisibleCase
from consortium.casework.states import Priority
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.people.models import Institution


class Unwatched(Scoped):
    """An open referral of which nobody will be told any more, or whose step's own day is the alarm: from `due_at` on
    it is on the radar of both houses.

    Nobody writes it: triggers (migration 0002) keep it true whenever the case, its clocks or the referral's step are
    written, by whatever means. So the radar reads as many rows as it shows, however many others are late and told of.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    #: the house of the service that is asked now, and the one that sent the child
    receiver = models.ForeignKey(Institution, models.PROTECT, related_name="+", db_index=False)
    sender = models.ForeignKey(Institution, models.PROTECT, related_name="+", db_index=False)
    #: mirrors of the case's
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    due_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        indexes = [
            models.Index(fields=["receiver", "priority", "due_at", "case"], name="referrals_radar_received"),
            models.Index(fields=["sender", "priority", "due_at", "case"], name="referrals_radar_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} from {self.due_at:%F %R}"
