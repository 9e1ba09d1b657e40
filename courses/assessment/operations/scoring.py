"""What was handed in is scored by the key of the very version that was asked, and every use of a question is noted."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.scoping import unfiltered
from courses.assessment.items import Score
from courses.assessment.models import Attempt, EssayMark, FormQuestion, GivenAnswer
from courses.assessment.operations.responses import Use, record_response
from courses.assessment.sitting import Settled
from courses.assessment.states import UseKind

_WHY: Final = "an attempt is scored"


def score_attempt(attempt: Attempt) -> int:
    """Score each answer of a locked attempt that was handed in; how many questions wait for people."""
    with acting_as(system(_WHY)):
        given = {row.question_id: row for row in answers_of(attempt)}
        asked = FormQuestion.objects.filter(form_id=attempt.form_id).select_related("version__item")
        waiting = sum(_score(attempt, row, given.get(row.pk)) for row in asked.order_by("position"))
        GivenAnswer.objects.bulk_update(given.values(), ["points", "trace"])
    return waiting


def _score(attempt: Attempt, asked: FormQuestion, answer: GivenAnswer | None) -> bool:
    """Whether people have to mark it. What was not answered is a use of the question too, and earns nothing."""
    found = _noted(attempt, asked, answer)
    if answer is not None:
        answer.points, answer.trace = found.points(asked.points), found.trace()
    return found.share is None


def _noted(
    attempt: Attempt, asked: FormQuestion, answer: GivenAnswer | None, marked: Mapping[str, Decimal] | None = None
) -> Score:
    return record_response(
        actor=system(_WHY), version=asked.version, answer=(answer.given if answer else None) or {},
        use=Use(UseKind.EXAM, attempt.pk, attempt.exam_id), person_id=attempt.user_id, most=asked.points,
        marked=marked, at=answer.saved_at if answer else clock.now(),
    )  # fmt: skip


def settle_essay(attempt: Attempt, answer: GivenAnswer, settled: Settled, marks: Sequence[EssayMark]) -> None:
    """The points that people agreed on stand beside how they came about."""
    points = settled.points or Decimal()
    answer.points = points
    told = [
        {"place": mark.place, "points": str(mark.points), "criteria": mark.criteria, "comment": mark.comment}
        for mark in marks
    ]
    answer.trace = {**(answer.trace or {}), "marks_by": told, "disputed": settled.disputed}
    with acting_as(system(_WHY)):
        answer.save(update_fields=["points", "trace"])
        _noted(attempt, answer.question, answer, {"": points})


def waiting_essays(attempt: Attempt) -> int:
    """How many answers of an attempt people have yet to mark."""
    return int(answers_of(attempt).filter(points=None).count())


def answers_of(attempt: Attempt) -> Any:
    """All answers of an attempt: whoever gives the last mark sees only the essay."""
    return unfiltered(GivenAnswer, why=_WHY).filter(attempt=attempt)
