"""Exams hear what becomes of their questions; the holder of a certificate hears that it was revoked."""

from courses.assessment.receivers import regrading, telling

__all__ = ["regrading", "telling"]
