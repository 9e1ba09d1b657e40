"""What courses hear: of the manual, of seats, and of their own events."""

from courses.library.receivers import answering, enrolling, passing, staling, telling, testing

__all__ = ["answering", "enrolling", "passing", "staling", "telling", "testing"]
