"""How each act on a referral is asked for and done: one row a verb."""

from consortium.casework.views.acting import Act
from referrals.models import Referral

ACTS: dict[str, Act[Referral]] = {}
