"""What the manual was asked before the specialist was, and why that did not suffice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase
from consortium.kernel.scoping import Scoped, ScopedManager
from consultations.states import DID_ITS_PART, FellShort


class ManualUseQuerySet(OfVisibleCase):
    def fell_short(self) -> "ManualUseQuerySet":
        """Of questions that were sent: where the page itself left something open."""
        told = self.exclude(why="").exclude(why__in=DID_ITS_PART)
        return told.filter(case__submitted_at__isnull=False, case__entered_in_error_at=None)


class ManualUse(Scoped):
    """One a case. The manual is named by its own ids: page, version, branch (a node of its chart), indication."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="manual_use")
    pathway = models.SlugField(_("page of the manual"), max_length=80)
    version = models.PositiveIntegerField()
    #: the branch, as its node in the chart is called ("n-PNEUMONIA"); empty for the page as a whole
    node = models.CharField(_("branch"), max_length=120, blank=True)
    indication = models.CharField(max_length=80, blank=True)
    #: the kept run that it comes from, when it comes from one
    run_id = models.UUIDField(null=True, blank=True)
    why = models.CharField(_("why it did not suffice"), max_length=20, choices=FellShort.choices, blank=True)
    note = models.TextField(blank=True)

    objects = ScopedManager.from_queryset(ManualUseQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(why="") | Q(why__in=FellShort.values),
                name="consultations_manual_why",
                violation_error_message=_("Choose why the manual did not suffice."),
            ),
            models.CheckConstraint(
                condition=~Q(pathway="") & Q(version__gte=1),
                name="consultations_manual_named",
                violation_error_message=_("A page of the manual is named with its version."),
            ),
        ]
        indexes = [models.Index(fields=["pathway", "node"], condition=~Q(why=""), name="consultations_manual_short")]

    def __str__(self) -> str:
        return f"{self.pathway} v{self.version} {self.node} for {self.case_id}"
