"""What live lectures do by themselves, a module for each part."""

from courses.live.tasks import lectures

__all__ = ["lectures"]
