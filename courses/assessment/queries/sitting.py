"""An attempt as its learner sees it: what is asked, what stands saved, what is still open."""

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from courses.assessment.items import Question, is_empty, read
from courses.assessment.models import Accommodation, Attempt, Exam, FormQuestion, GivenAnswer
from courses.assessment.policies.exams import may_see_attempt
from courses.assessment.queries.forms import question_count
from courses.assessment.queries.showing import ShownQuestion, show_question
from courses.assessment.states import ItemStep
from courses.assessment.states.exams import AttemptStep, ExamStep


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of an attempt: `number` as it is shown, `row.position` as it is saved."""

    number: int
    row: FormQuestion
    answer: GivenAnswer | None

    @property
    def question(self) -> Question:
        return read(self.row.version.item.kind, self.row.version.content)

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and not is_empty(self.answer.given)

    @property
    def is_flagged(self) -> bool:
        return self.answer is not None and self.answer.flagged

    @property
    def awaits_review(self) -> bool:
        """Of a self-check: nobody but its author has looked at it yet."""
        return bool(self.row.version.step == ItemStep.IN_REVIEW)

    @property
    def was_returned(self) -> bool:
        """Of a self-check: it was asked before its review, and is not asked in these words any more."""
        return bool(self.row.version.step == ItemStep.RETIRED)

    @property
    def seq(self) -> int:
        return self.answer.seq if self.answer else 0

    @property
    def prefix(self) -> str:
        """How the names of its fields begin."""
        return f"q{self.row.position}"

    def shown(self, seed: str, **words: Any) -> ShownQuestion:
        """As the page shows it, with the answer so far unless told otherwise; `seed` mixes its options."""
        answer = words.pop("answer", self.answer.given if self.answer else None)
        return show_question(
            self.row.version, prefix=self.prefix, answer=answer, seed=seed, number=self.number, **words
        )


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt with all its questions in the order in which this person is asked them."""

    attempt: Attempt
    asked: tuple[Asked, ...]

    @property
    def open(self) -> list[Asked]:
        return [one for one in self.asked if not one.is_answered]

    @property
    def flagged(self) -> list[Asked]:
        return [one for one in self.asked if one.is_flagged]

    def numbered(self, number: int) -> Asked:
        """The question that is shown as `number`; raises NotVisible."""
        if not 1 <= number <= len(self.asked):
            raise NotVisible
        return self.asked[number - 1]


def attempt_for(actor: Actor, attempt_id: UUID) -> Attempt:
    """The attempt, when the actor sees it."""
    found: Attempt | None = (
        Attempt.objects.select_related("exam", "exam__institution", "form").filter(pk=attempt_id).first()
    )
    if found is None:
        raise NotVisible
    require(may_see_attempt(actor, found))
    return found


def sitting_of(attempt: Attempt) -> Sitting:
    """Two queries."""
    given = {row.question_id: row for row in GivenAnswer.objects.filter(attempt=attempt)}
    rows = list(
        FormQuestion.objects.filter(form_id=attempt.form_id).select_related("version__item").order_by("position")
    )
    if attempt.exam.shuffled:  # the same order whenever this attempt is looked at
        random.Random(attempt.pk.hex).shuffle(rows)  # noqa: S311 - an order, not a secret
    return Sitting(attempt, tuple(Asked(place, row, given.get(row.pk)) for place, row in enumerate(rows, 1)))


def own_attempts(actor: Actor) -> QuerySet[Attempt]:
    """One's own attempts with their exams."""
    rows: QuerySet[Attempt] = Attempt.objects.filter(user_id=actor.user_id).select_related("exam")
    return rows


@dataclass(frozen=True, slots=True)
class Offer:
    """An exam as a learner finds it: what it asks of them, and whether they may begin."""

    exam: Exam
    attempts: tuple[Attempt, ...]
    given: Accommodation | None
    questions: int

    @property
    def running(self) -> Attempt | None:
        return next((one for one in self.attempts if one.step == AttemptStep.RUNNING), None)

    @property
    def left(self) -> int:
        extra = self.given.extra_attempts if self.given else 0
        return max(0, self.exam.attempts_allowed + extra - len(self.attempts))

    @property
    def minutes(self) -> int | None:
        extra = self.given.extra_minutes if self.given else 0
        return self.exam.minutes + extra if self.exam.minutes is not None else None

    @property
    def passed(self) -> bool:
        return any(one.passed for one in self.attempts)

    @property
    def may_begin(self) -> bool:
        return self.exam.step == ExamStep.OPEN and self.exam.is_within(clock.now()) and self.left > 0

    @property
    def is_early(self) -> bool:
        return self.exam.opens_at is not None and clock.now() < self.exam.opens_at


def exam_for(exam_id: UUID) -> Exam:
    """The exam, when the actor sees it."""
    found: Exam | None = Exam.objects.select_related("institution").filter(pk=exam_id).first()
    if found is None:
        raise NotVisible
    return found


def offer_of(actor: Actor, exam: Exam) -> Offer:
    """Four queries."""
    attempts = Attempt.objects.filter(exam=exam, user_id=actor.user_id).order_by("number")
    given = Accommodation.objects.filter(exam=exam, user_id=actor.user_id).first()
    return Offer(exam, tuple(attempts), given, question_count(exam))
