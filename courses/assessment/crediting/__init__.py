"""How hours become credits: pure arithmetic over what a rule says, nothing stored."""

from courses.assessment.crediting.caps import Limit, counted, credits_of
from courses.assessment.crediting.codes import CODE_LENGTH, grouped, new_code, read_code
from courses.assessment.crediting.periods import Period, period_of

__all__ = ["CODE_LENGTH", "Limit", "Period", "counted", "credits_of", "grouped", "new_code", "period_of", "read_code"]
