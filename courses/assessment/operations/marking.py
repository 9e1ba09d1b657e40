"""Essays are marked: by two who do not know of each other, and by a third where they are far apart."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, Taken, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import Attempt, EssayMark, GivenAnswer
from courses.assessment.operations.handing_in import finish_attempt
from courses.assessment.operations.scoring import settle_essay, waiting_essays
from courses.assessment.policies.exams import may_mark
from courses.assessment.queries.marking import essay_of
from courses.assessment.sitting import settle
from courses.assessment.sitting.marking import check_marks
from courses.assessment.sitting.rubric import share_of
from courses.assessment.states.exams import AttemptStep

_STEP = Decimal("0.0001")
_WHY = "an essay as its marker reads it: without its author"


@transaction.atomic
def mark_essay(*, actor: Actor, answer_id: UUID, criteria: Mapping[str, Decimal], comment: str = "") -> EssayMark:
    """Give one essay its marks, once. The last mark that is needed settles it, and the attempt's result with it.

    Raises Taken when it is settled, InvalidInput for points that the rubric does not give.
    """
    answer, attempt = _locked(actor, answer_id)
    given: list[EssayMark] = list(unfiltered(EssayMark, why=_WHY).filter(answer=answer).order_by("place"))
    mine = next((mark for mark in given if mark.marker_id == actor.user_id), None)
    if mine is not None:
        return mine
    most = answer.question.points
    if (
        attempt.step != AttemptStep.HANDED_IN
        or not settle(_points(given), most, attempt.exam.dispute_percent).waits_for
    ):
        raise Taken(_("This essay has all its marks."))
    mark = EssayMark(
        answer=answer, marker_id=actor.user_id, place=len(given) + 1, criteria={k: str(v) for k, v in criteria.items()},
        points=_total(criteria, answer), comment=comment.strip(), marked_at=clock.now(),
    )  # fmt: skip
    with database_rules():
        mark.save(force_insert=True)
    record(
        actor=actor, verb="mark_essay", subject=attempt, institution_id=attempt.exam.institution_id,
        facts={"place": mark.place},
    )  # fmt: skip
    _settle(attempt, answer, [*given, mark])
    return mark


def _locked(actor: Actor, answer_id: UUID) -> tuple[GivenAnswer, Attempt]:
    """The essay and its attempt, held; hidden from whoever marks nothing of this institution."""
    rows = unfiltered(GivenAnswer, why=_WHY).select_related("question__version__item")
    answer: GivenAnswer | None = rows.filter(pk=answer_id).first()
    if answer is None:
        raise NotVisible
    attempts = unfiltered(Attempt, why=_WHY).select_for_update(of=("self",)).select_related("exam")
    attempt: Attempt = attempts.get(pk=answer.attempt_id)
    require(may_mark(actor, attempt))
    if attempt.step == AttemptStep.RUNNING:
        raise WrongStep(_("This attempt is still running."))
    return answer, attempt


def _points(marks: list[EssayMark]) -> list[Decimal]:
    return [mark.points for mark in marks]


def _total(criteria: Mapping[str, Decimal], answer: GivenAnswer) -> Decimal:
    """In points of the exam, whatever the rubric's own add up to."""
    essay = essay_of(answer)
    wrong = check_marks(criteria, {one.id: one.points for one in essay.rubric})
    if wrong == "":
        raise InvalidInput({"criteria": _("Give points for each criterion of the rubric.")})
    if wrong is not None:
        raise InvalidInput({wrong: _("This is more or less than the criterion can give.")})
    share = share_of(essay.question, essay.score, criteria)
    return (answer.question.points * share.numerator / share.denominator).quantize(_STEP)


def _settle(attempt: Attempt, answer: GivenAnswer, marks: list[EssayMark]) -> None:
    settled = settle(_points(marks), answer.question.points, attempt.exam.dispute_percent)
    if settled.points is None:
        return
    settle_essay(attempt, answer, settled, marks)
    if waiting_essays(attempt) == 0:
        finish_attempt(attempt)
