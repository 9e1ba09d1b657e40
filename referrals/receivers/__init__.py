"""What referrals hear: whom an act concerns, whom a clock calls, vital signs, and work that must go back."""

from referrals.receivers import calling, chasing, escalating, heeding, receiving, returning, telling, unsharing, waiting

__all__ = ["calling", "chasing", "escalating", "heeding", "receiving", "returning", "telling", "unsharing", "waiting"]
