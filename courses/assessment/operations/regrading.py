"""Results follow a corrected key: answers that were scored anew move the attempts that hold them."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from courses.assessment.events import ExamPassed
from courses.assessment.models import Attempt, GivenAnswer, Response
from courses.assessment.sitting import outcome_of
from courses.assessment.states import UseKind
from courses.assessment.states.exams import AttemptStep

_WHY = "results follow a corrected key"


@transaction.atomic
def regrade_attempts(*, actor: Actor, version_id: UUID, by_version_id: UUID) -> int:
    """Take over the new points of the answers to `version_id`: how many attempts changed. Twice is as once.

    A pass that was told stands: whoever loses points by a corrected key keeps it; whoever gains enough has passed.
    """
    rows = unfiltered(Response, why=_WHY).filter(
        version_id=version_id, scored_by_id=by_version_id, use=UseKind.EXAM, part="", score__isnull=False
    )
    scores = dict(rows.values_list("use_id", "score"))
    answers = unfiltered(GivenAnswer, why=_WHY).filter(attempt_id__in=scores, question__version_id=version_id)
    moved = [row for row in answers if row.points is not None and row.points != scores[row.attempt_id]]
    for row in moved:
        row.points = scores[row.attempt_id]
        row.trace = {**(row.trace or {}), "scored_by": str(by_version_id)}
    unfiltered(GivenAnswer, why=_WHY).bulk_update(moved, ["points", "trace"], batch_size=500)
    attempts = unfiltered(Attempt, why=_WHY).select_for_update(of=("self",)).select_related("exam")
    finished = attempts.filter(pk__in=[row.attempt_id for row in moved], step=AttemptStep.FINISHED).order_by("pk")
    return sum(_regrade(actor, attempt) for attempt in finished)


def _regrade(actor: Actor, attempt: Attempt) -> bool:
    answers = unfiltered(GivenAnswer, why=_WHY).filter(attempt=attempt).only("points")
    before, had = attempt.percent, attempt.passed
    points = sum((row.points or Decimal(0) for row in answers), start=Decimal(0))
    attempt.points = points
    attempt.percent, enough = outcome_of(points, attempt.most, attempt.exam.pass_percent)
    attempt.passed = had or enough
    attempt.save(update_fields=["points", "percent", "passed"])
    ids = (attempt.exam_id, attempt.pk, attempt.user_id)
    record(
        actor=actor, verb="regrade_attempt", subject=attempt, institution_id=attempt.exam.institution_id,
        facts={"before": str(before), "after": str(attempt.percent)},
        event=ExamPassed(*ids) if attempt.passed and not had else None,
    )  # fmt: skip
    return True
