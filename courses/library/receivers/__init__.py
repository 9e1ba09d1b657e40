"""What courses hear: of the manual, of seats, and of their own events."""

from courses.library.receivers import enrolling, staling, telling

__all__ = ["enrolling", "staling", "telling"]
