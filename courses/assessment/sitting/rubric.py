"""What people have to mark of an answer, and what share of its points their marks come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from courses.assessment.items import CaseSet, Essay, Question, Score, Text


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of a rubric; of an essay within a case its `id` is "part.line"."""

    id: str
    text: Text
    points: Decimal


def essays_in(question: Question, score: Score) -> Iterator[tuple[str, Essay]]:
    """(id of the part, "" of a whole question) of each essay that was written; what is empty gets nothing anyway."""
    if isinstance(question, Essay) and score.share is None:
        yield "", question
    if isinstance(question, CaseSet):
        for part, (_, judged) in zip(question.parts, score.parts, strict=True):
            if isinstance(part.question, Essay) and judged.share is None:
                yield part.id, part.question


def rubric_of(question: Question, score: Score) -> tuple[Criterion, ...]:
    """Everything that is to be marked, in its order."""
    return tuple(
        Criterion(f"{part}.{option.id}" if part else option.id, option.text, points)
        for part, essay in essays_in(question, score)
        for option, points in essay.rubric
    )


def share_of(question: Question, score: Score, given: Mapping[str, Decimal]) -> Fraction:
    """The share of the question's points, 0 to 1, that the marks come to; parts of a case that were scored count in."""
    marked = {part: _marked(essay, part, given) for part, essay in essays_in(question, score)}
    if not isinstance(question, CaseSet):
        return marked[""]
    shares = [judged.share if judged.share is not None else marked[one] for one, judged in score.parts]
    weights = [Fraction(part.points) for part in question.parts]
    earned = sum((weight * share for weight, share in zip(weights, shares, strict=True)), Fraction())
    return earned / sum(weights)


def _marked(essay: Essay, part: str, given: Mapping[str, Decimal]) -> Fraction:
    earned = sum(
        (Fraction(given[f"{part}.{option.id}" if part else option.id]) for option, _ in essay.rubric), Fraction()
    )
    return earned / sum(Fraction(points) for _, points in essay.rubric)
