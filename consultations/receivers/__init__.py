"""What consultations hear: work that must go back, and whom an act concerns."""

from consultations.receivers import calling, erasing, heeding, returning, telling, unsharing

__all__ = ["calling", "erasing", "heeding", "returning", "telling", "unsharing"]
