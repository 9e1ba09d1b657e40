"""Banks and exams of which tests that are a pair are made."""

from __future__ import annotations

from typing import Any

from consortium.people.models import Institution, User
from courses.assessment.models import Exam
from tests.factories.exams import make_exam, make_version


def make_drawn_exam(trainer: User, place: Institution, *, questions: int = 1, bank: int = 3, **more: Any) -> Exam:
    """An open exam that draws so many questions; `bank`: how many there are."""
    for _number in range(bank):
        make_version(place)
    return make_exam(trainer, place, rows=[{"tags": [], "kinds": [], "count": questions}], **more)
