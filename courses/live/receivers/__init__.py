"""What live lectures hear, and what is told of them, a module for each part."""

from courses.live.receivers import afterwards, broadcasts, cases, guests, lectures, polls, recommending, staging

__all__ = ["afterwards", "broadcasts", "cases", "guests", "lectures", "polls", "recommending", "staging"]
