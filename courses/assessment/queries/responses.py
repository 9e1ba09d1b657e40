"""Answers over all uses: what a corrected key would change. No answer is shown with a name."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from consortium.kernel.scoping import unfiltered
from courses.assessment.items import CaseSet, Question, read, score
from courses.assessment.models import ItemVersion, Response

_WHY = "answers to a question, counted without names"


@dataclass(frozen=True, slots=True)
class Change:
    """One answer whose points would be others; `use_id` is the attempt (viewing, poll) in which it was given."""

    response_id: int
    use: str
    use_id: UUID
    part: str
    before: Decimal | None
    after: Decimal | None


def _asked(question: Question) -> dict[str, Question]:
    """The question by its part: "" is the whole."""
    parts = {part.id: part.question for part in question.parts} if isinstance(question, CaseSet) else {}
    return {"": question, **parts}


def changes_of_key(asked: ItemVersion, right: ItemVersion, *, lock: bool = False) -> list[Change]:
    """The answers to `asked` that have other points by the key of `right`; those without a machine's score stay."""
    rows = unfiltered(Response, why=_WHY).filter(version=asked).order_by("id")
    questions = _asked(read(right.item.kind, right.content))
    return list(_changes(rows.select_for_update() if lock else rows, questions))


def _changes(rows: list[Response], questions: dict[str, Question]) -> Iterator[Change]:
    for row in rows:
        question = questions.get(row.part)
        after = score(question, row.answer).points(row.most) if question else None
        if after is not None and after != row.score:
            yield Change(row.pk, row.use, row.use_id, row.part, row.score, after)
