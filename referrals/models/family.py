"""The guardian's page: a link that opens with the child's birth date."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase
from consortium.kernel import clock
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.people.models import ByLink
from referrals.states import FamilyAnswer

#: wrong birth dates after which a link no longer opens
TRIES = 5


class FamilyLink(Scoped, ByLink, CreatedOnce):
    """One link for one referral's family; it opens with the child's birth date."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="family_links")
    language = models.CharField(max_length=10, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    #: what the family has said of the visit, and when
    answer = models.CharField(max_length=20, choices=FamilyAnswer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(revoked_at=None),
                name="referrals_family_link_one",
                violation_error_message=_("The family has a link already: revoke it first."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="referrals_family_link_ends",
                violation_error_message=_("A link runs out after it is made."),
            ),
            models.CheckConstraint(
                condition=Q(wrong_tries__lte=TRIES),
                name="referrals_family_link_tries",
                violation_error_message=_("This link was tried too often."),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | Q(answer__in=FamilyAnswer.values, answered_at__isnull=False, first_opened_at__isnull=False),
                name="referrals_family_link_answer",
                violation_error_message=_("The family says whether it comes, on its page."),
            ),
        ]

    def __str__(self) -> str:
        return f"family link of {self.case_id}"

    @property
    def is_locked(self) -> bool:
        """Tried too often."""
        return self.wrong_tries >= TRIES

    @property
    def stands(self) -> bool:
        """Neither taken back, nor run out, nor tried too often."""
        return self.revoked_at is None and self.expires_at > clock.now() and not self.is_locked
