"""Tests that are a pair: which they are, what they have asked a person, what of them waits."""

from uuid import UUID

from django.db.models import Q

from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import Attempt, BlueprintRow, Exam, FormQuestion, TestPair
from courses.assessment.queries.forms import need_of, pool
from courses.assessment.sitting import coverage
from courses.assessment.states.exams import AttemptStep, ExamStep

_WHY = "tests that are a pair"


def pair_with(exam_id: UUID) -> TestPair | None:
    """The pair that an exam belongs to. One query."""
    rows = unfiltered(TestPair, why=_WHY)
    found: TestPair | None = rows.filter(Q(before=exam_id) | Q(after=exam_id) | Q(later=exam_id)).first()
    return found


def pair_for(pair_id: UUID) -> TestPair:
    """The pair with its exams; NotVisible where there is none. One query."""
    found: TestPair | None = TestPair.objects.select_related("before", "after", "later").filter(pk=pair_id).first()
    if found is None:
        raise NotVisible
    return found


def items_asked_beside(exam_id: UUID, user_id: UUID) -> frozenset[UUID]:
    """The items that the other tests of the exam's pair have asked this person. Two queries; one without a pair."""
    pair = pair_with(exam_id)
    if pair is None:
        return frozenset()
    others = [pk for pk in pair.exam_ids if pk != exam_id]
    forms = unfiltered(Attempt, why=_WHY).filter(user_id=user_id, exam_id__in=others).values("form_id")
    rows = unfiltered(FormQuestion, why=_WHY).filter(form_id__in=forms)
    return frozenset(rows.values_list("version__item_id", flat=True))


def waits_for_second(exam_id: UUID, user_id: UUID) -> bool:
    """Whether it is the first of a pair whose second this person has not handed in, and still can: once that is closed
    nothing is given away. Two queries at most."""
    open_ones = unfiltered(TestPair, why=_WHY).filter(before=exam_id).exclude(after__step=ExamStep.CLOSED)
    after = open_ones.values_list("after_id", flat=True).first()
    if after is None:
        return False
    mine = unfiltered(Attempt, why=_WHY).filter(exam_id=after, user_id=user_id)
    return not mine.exclude(step=AttemptStep.RUNNING).exists()


def repeated_at_least(exam: Exam, tests: int) -> int:
    """How many questions of `tests` forms of the exam's blueprint one person must meet twice, for the bank has too few:
    0 where as many forms without a common question can be drawn. Three queries."""
    needs = [need_of(row) for row in BlueprintRow.objects.filter(exam=exam).order_by("position")]
    return sum(row.short for row in coverage([need.times(tests) for need in needs], pool(exam)))
