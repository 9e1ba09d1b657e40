"""What the screens of referrals read."""

from referrals.queries.cases import available, referral_for
from referrals.queries.turns import asker_turn

__all__ = ["asker_turn", "available", "referral_for"]
