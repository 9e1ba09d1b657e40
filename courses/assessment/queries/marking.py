"""The marking desk: essays that wait for a marker, each without its author and without what others gave."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import get_language

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.assessment.items import Question, Score, read, score
from courses.assessment.models import EssayMark, GivenAnswer
from courses.assessment.policies.exams import MARKERS, may_mark
from courses.assessment.sitting.rubric import Criterion, essays_in, rubric_of
from courses.assessment.states.exams import AttemptStep

_WHY = "an essay as its marker reads it: without its author"
#: essays shown at once; a marker works from the top
_MOST = 100


@dataclass(frozen=True, slots=True)
class Essay:
    """An answer that people mark: the question as it was asked, what was written, the rubric."""

    answer: GivenAnswer
    question: Question
    score: Score
    rubric: tuple[Criterion, ...]

    @property
    def written(self) -> list[dict[str, str]]:
        """What was written: {"stem" of the part of a case, "text"}."""
        language = get_language() or "en"
        given = self.answer.given or {}
        parts = {part.id: part.question.stem.said(language) for part in getattr(self.question, "parts", ())}
        answers = {"": given, **(given.get("answers") or {})}
        return [
            {"stem": parts.get(one, ""), "text": str(answers[one].get("text", ""))}
            for one, _essay in essays_in(self.question, self.score)
        ]


def essay_of(answer: GivenAnswer) -> Essay:
    """Of a row whose question, version and item are loaded."""
    version = answer.question.version
    question = read(version.item.kind, version.content)
    found = score(question, answer.given)
    return Essay(answer, question, found, rubric_of(question, found))


def _rows() -> Any:
    return unfiltered(GivenAnswer, why=_WHY).select_related("attempt__exam", "question__version__item")


def essays_to_mark(actor: Actor) -> list[GivenAnswer]:
    """What waits for this marker, the longest first: not their own, not marked by them, not settled. One query."""
    marks = unfiltered(EssayMark, why=_WHY).filter(answer=OuterRef("pk"))
    places = actor.institution_ids(*MARKERS)
    rows = _rows().filter(
        ~Q(attempt__user_id=actor.user_id), ~Exists(marks.filter(marker_id=actor.user_id)),
        attempt__step=AttemptStep.HANDED_IN, attempt__exam__institution_id__in=places, points=None,
    )  # fmt: skip
    return list(rows.annotate(marked=Count("marks")).order_by("attempt__handed_in_at", "pk")[:_MOST])


def essay_for(actor: Actor, answer_id: UUID) -> Essay:
    """The essay, when the actor may mark it or has; raises NotVisible for what is none, or is not handed in."""
    answer: GivenAnswer | None = _rows().filter(pk=answer_id).exclude(attempt__step=AttemptStep.RUNNING).first()
    if answer is None:
        raise NotVisible
    require(may_mark(actor, answer.attempt))
    essay = essay_of(answer)
    if not essay.rubric:
        raise NotVisible
    return essay


def own_mark(actor: Actor, answer_id: UUID) -> EssayMark | None:
    mark: EssayMark | None = EssayMark.objects.filter(answer_id=answer_id, marker_id=actor.user_id).first()
    return mark


def alias_of(answer: GivenAnswer) -> str:
    """A name for an essay that tells nothing of who wrote it."""
    return f"{answer.pk.hex[:4]}-{answer.pk.hex[4:8]}".upper()
