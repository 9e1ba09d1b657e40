"""The vocabulary of live lectures, a module for each part."""

from courses.live.states.cases import TEACHING_CASE
from courses.live.states.lectures import LECTURE
from courses.live.states.recommending import RECOMMENDATION

__all__ = ["LECTURE", "RECOMMENDATION", "TEACHING_CASE"]
