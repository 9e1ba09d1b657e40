"""The guardian's page: a link that opens with the child's birth date."""

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase
from consortium.kernel.scoping import Scoped, ScopedManager

#: wrong birth dates after which a link no longer opens
TRIES = 5


class FamilyLink(Scoped):
    """One link for one referral's family. Only the hash of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="family_links")
    token_hash = models.BinaryField(unique=True)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    #: the family has said that they will come, or cannot
    answer = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
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
        ]

    def __str__(self) -> str:
        return f"family link of {self.case_id}"

    @staticmethod
    def hash_of(token: str) -> bytes:
        """What is kept of a token; its 256 random bits need no salt."""
        return hashlib.sha256(token.encode()).digest()
