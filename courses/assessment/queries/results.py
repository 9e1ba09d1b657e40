"""What came of attempts: for the learner as far as the exam shows it, for the trainer by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Avg, Count, Max, Q, QuerySet
from django.utils.translation import get_language

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from courses.assessment.items import Question, written
from courses.assessment.models import Attempt, Exam
from courses.assessment.policies.exams import may_run_exam
from courses.assessment.queries.pairs import waits_for_second
from courses.assessment.queries.papers import without_key
from courses.assessment.queries.showing import ShownQuestion
from courses.assessment.queries.sitting import Asked, sitting_of
from courses.assessment.states.exams import AttemptStep, ExamStep, Reveal

RESULT_COLUMNS: Final = (
    "id", "user_id", "number", "step", "began_at", "handed_in_at", "by_the_clock", "percent", "passed",
)  # fmt: skip


def is_shown(attempt: Attempt, when: str) -> bool:
    """Whether a learner sees something now that the exam shows from `when` on."""
    if attempt.step != AttemptStep.FINISHED or when == Reveal.NEVER:
        return False
    return when == Reveal.FINISHED or attempt.exam.step == ExamStep.CLOSED


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One question of a finished attempt with what of it is shown; `question` only with the own answer or the key."""

    asked: Asked
    own: bool
    key: bool
    feedback: bool

    @property
    def question(self) -> Question:
        return self.asked.question

    @property
    def points(self) -> Decimal | None:
        if self.asked.answer is None:
            return Decimal(0)
        return self.asked.answer.points

    @property
    def most(self) -> Decimal:
        return self.asked.row.points

    @property
    def is_right(self) -> bool:
        return self.points == self.most

    @property
    def is_wrong(self) -> bool:
        return not self.points

    @property
    def comment(self) -> str:
        return self.question.feedback.said(get_language() or "en") if self.feedback else ""

    def shown(self) -> ShownQuestion:
        """As the page shows it."""
        words: dict[str, Any] = {} if self.own else {"answer": None}
        given = self.asked.answer
        seed = given.attempt_id.hex if given else self.asked.row.form_id.hex  # options stand as they were asked
        return self.asked.shown(seed, locked=True, key=self.key, feedback=self.feedback, **words)

    def plain(self) -> dict[str, Any]:
        """JSON-able."""
        shown = self.own or self.key
        points = self.points if self.own else None
        answer = self.asked.answer
        return {
            "number": self.asked.number, "question": without_key(self.question) if shown else None,
            "given": answer.given if answer and self.own else None, "points": None if points is None else str(points),
            "most": str(self.most), "key": written(self.question) if self.key else None, "feedback": self.comment,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """A result; `held` while essays are being marked. `lines` is empty where the exam shows no question; `sealed`: it
    shows them when the second test of the pair is handed in."""

    attempt: Attempt
    lines: tuple[Reviewed, ...]
    sealed: bool = False

    @property
    def held(self) -> bool:
        return self.attempt.step == AttemptStep.HANDED_IN


def review_of(actor: Actor, attempt: Attempt) -> Review:
    """What the actor sees of the result now; who leads the training sees all once it is finished. Of the first of two
    tests that are a pair its learner sees the questions when the second is handed in. Four queries at most."""
    exam, leads = attempt.exam, may_run_exam(actor, attempt.exam).allowed
    if attempt.user_id == actor.user_id and waits_for_second(exam.pk, attempt.user_id):
        return Review(attempt, (), sealed=True)
    over = attempt.step == AttemptStep.FINISHED
    own, key, feedback = (
        (leads and over) or is_shown(attempt, when) for when in (exam.show_own, exam.show_key, exam.show_feedback)
    )
    asked = sitting_of(attempt).asked if own or key or feedback else ()
    return Review(attempt, tuple(Reviewed(one, own, key, feedback) for one in asked))


def has_passed(user_id: UUID, exam_id: UUID | None) -> bool:
    """One query; none where there is no exam."""
    return exam_id is not None and tried_in(user_id, [exam_id]).get(exam_id, False)


def tried_in(user_id: UUID, exam_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Of these exams those that somebody has begun: whether they have passed it. One query, none without exams."""
    if not exam_ids:
        return {}
    rows = unfiltered(Attempt, why="what somebody's exams prove").filter(user_id=user_id, exam_id__in=exam_ids)
    found = rows.values("exam_id").annotate(best=Count("pk", filter=Q(passed=True)))
    return {exam_id: best > 0 for exam_id, best in found.values_list("exam_id", "best")}


# -- for the trainer --------------------------------------------------------------------------------------------------


def results_of(exam: Exam) -> QuerySet[Attempt]:
    rows: QuerySet[Attempt] = Attempt.objects.filter(exam=exam)
    return rows


@dataclass(frozen=True, slots=True)
class Totals:
    """How many attempts there are, how many are finished and passed, and their mean per cent."""

    attempts: int
    running: int
    marking: int
    finished: int
    passed: int
    mean: Decimal | None


def totals_of(exam: Exam) -> Totals:
    """One query."""
    steps = {step: Count("pk", filter=Q(step=step)) for step in AttemptStep.values}
    found = results_of(exam).aggregate(
        attempts=Count("pk"), passed=Count("pk", filter=Q(passed=True)), mean=Avg("percent"), **steps
    )
    mean = None if found["mean"] is None else round(Decimal(found["mean"]), 1)
    return Totals(found["attempts"], found["running"], found["handed_in"], found["finished"], found["passed"], mean)


def worst_of_best(user_id: UUID, exam_ids: Sequence[UUID]) -> Decimal | None:
    """Of a person's best results in these exams the worst, in per cent: None unless each was finished. Self-checks are
    no exams. One query."""
    rows = unfiltered(Exam, why="what somebody's exams prove").filter(pk__in=exam_ids, self_check=False)
    mine = Q(attempts__user_id=user_id, attempts__step=AttemptStep.FINISHED)
    best = list(rows.annotate(best=Max("attempts__percent", filter=mine)).values_list("best", flat=True))
    return None if not best or None in best else min(best)
