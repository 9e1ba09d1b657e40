"""What a course changed: two results of each person, matched, as figures. Pure, no database."""

from courses.library.gains.figures import Estimate, Gain, gain_of
from courses.library.gains.matching import Sat, matched
from courses.library.gains.ranks import wilcoxon

__all__ = ["Estimate", "Gain", "Sat", "gain_of", "matched", "wilcoxon"]
