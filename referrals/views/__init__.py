"""The pages of referrals."""

from referrals.views.showing import show

__all__ = ["show"]
