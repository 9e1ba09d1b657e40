"""The vocabulary of live lectures, a module for each part."""

from courses.live.states.cases import TEACHING_CASE
from courses.live.states.lectures import LECTURE

__all__ = ["LECTURE", "TEACHING_CASE"]
