"""What live lectures hear, and what is told of them, a module for each part."""

from courses.live.receivers import broadcasts, cases, lectures

__all__ = ["broadcasts", "cases", "lectures"]
