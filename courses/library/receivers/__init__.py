"""What courses hear: of the manual, of seats, and of their own events."""

from courses.library.receivers import enrolling, passing, staling, telling

__all__ = ["enrolling", "passing", "staling", "telling"]
