"""GIFT, the text form in which Moodle and others keep questions: reading it and writing it.

Both languages stand in one text as Moodle's multi-language filter has them ({mlang en}...{mlang}); what GIFT has no
word for (code, tags, points, rule, unit) stands in the comment before the question, as `[name:value]`. A picture, a
case and a rubric cannot be said in GIFT: `sayable` tells.
"""

from courses.assessment.gift.reading import parse
from courses.assessment.gift.writing import sayable, write

__all__ = ["parse", "sayable", "write"]
