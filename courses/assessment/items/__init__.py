"""Questions as plain data: reading and writing their content, scoring an answer, and finding what is badly written.

Pure: no model, no operation, no view. `read` makes a question of what a row's `content` holds, `written` the reverse;
`score` judges an answer; `flaws` says what an author should change.
"""

from courses.assessment.items.answers import answer_from, chosen_in, is_empty, is_judgeable
from courses.assessment.items.linting import Flaw, flaws
from courses.assessment.items.questions import (
    Area,
    CaseSet,
    Choice,
    Essay,
    Hotspot,
    Matching,
    Numeric,
    Option,
    Ordering,
    Pair,
    Part,
    Question,
    Short,
    Text,
    TrueFalse,
)
from courses.assessment.items.reading import Unreadable, read
from courses.assessment.items.scoring import RULES, Mark, Score, Verdict, score
from courses.assessment.items.writing import texts, written

__all__ = [
    "RULES",
    "Area",
    "CaseSet",
    "Choice",
    "Essay",
    "Flaw",
    "Hotspot",
    "Mark",
    "Matching",
    "Numeric",
    "Option",
    "Ordering",
    "Pair",
    "Part",
    "Question",
    "Score",
    "Short",
    "Text",
    "TrueFalse",
    "Unreadable",
    "Verdict",
    "answer_from",
    "chosen_in",
    "flaws",
    "is_empty",
    "is_judgeable",
    "read",
    "score",
    "texts",
    "written",
]
