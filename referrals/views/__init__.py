"""The pages of referrals."""

from referrals.views.acting import act
from referrals.views.showing import live, show
from referrals.views.talking import message, thread

__all__ = ["act", "live", "message", "show", "thread"]
