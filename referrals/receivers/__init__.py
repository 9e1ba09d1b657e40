"""What referrals hear: whom an act concerns, and whom a clock calls."""

from referrals.receivers import calling, escalating, telling

__all__ = ["calling", "escalating", "telling"]
