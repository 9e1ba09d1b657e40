"""An attempt ends: handed in by the learner, or by the clock when its time and the grace after it are over."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import database_rules
from courses.assessment.events import AttemptHandedIn, ExamFinished, ExamPassed
from courses.assessment.models import Attempt
from courses.assessment.operations.attending import locked_attempt
from courses.assessment.operations.scoring import answers_of, score_attempt
from courses.assessment.sitting import GRACE, outcome_of
from courses.assessment.states.exams import ATTEMPT, AttemptStep

#: attempts ended in one beat; the next one comes in 5 s
_AT_ONCE = 100


@transaction.atomic
def hand_in(*, actor: Actor, attempt_id: UUID) -> Attempt:
    """Hand in what stands. Handed in already: nothing happens."""
    attempt = locked_attempt(actor, attempt_id)
    if attempt.step == AttemptStep.RUNNING:
        ATTEMPT.take("hand_in", actor, attempt)
        _close(actor, attempt)
    return attempt


def end_due(*, actor: Actor) -> int:
    """Hand in for those whose time is over (beat): how many. May run twice at once."""
    due = Attempt.objects.running().filter(ends_at__lt=clock.now() - GRACE).order_by("ends_at")
    return sum(_end(actor, attempt_id) for attempt_id in due.values_list("pk", flat=True)[:_AT_ONCE])


@transaction.atomic
def _end(actor: Actor, attempt_id: UUID) -> bool:
    rows = Attempt.objects.running().select_for_update(of=("self",), skip_locked=True).select_related("exam")
    attempt: Attempt | None = rows.filter(pk=attempt_id, ends_at__lt=clock.now() - GRACE).first()
    if attempt is None:
        return False
    ATTEMPT.take("time_up", actor, attempt)
    _close(actor, attempt)
    return True


def _close(actor: Actor, attempt: Attempt) -> None:
    """What was handed in after the end was handed in at the end."""
    now = clock.now()
    attempt.handed_in_at = min(now, attempt.ends_at or now)
    attempt.by_the_clock = attempt.ends_at is not None and now > attempt.ends_at
    attempt.save(update_fields=["step", "handed_in_at", "by_the_clock"])
    record(
        actor=actor, verb="hand_in", subject=attempt, institution_id=attempt.exam.institution_id,
        facts={"by_the_clock": attempt.by_the_clock},
        event=AttemptHandedIn(attempt.exam_id, attempt.pk, attempt.user_id),
    )  # fmt: skip
    if score_attempt(attempt) == 0:
        finish_attempt(attempt)


def finish_attempt(attempt: Attempt) -> None:
    """All of a locked attempt is scored: its result stands, and whoever waits for a pass hears of it."""
    points = answers_of(attempt).aggregate(sum=Sum("points"))["sum"] or Decimal()
    with acting_as(system("all is marked")) as itself:
        ATTEMPT.take("finish", itself, attempt)
        attempt.points, attempt.finished_at = points, clock.now()
        attempt.percent, attempt.passed = outcome_of(points, attempt.most, attempt.exam.pass_percent)
        with database_rules():
            attempt.save(update_fields=["step", "points", "percent", "passed", "finished_at"])
        ids = (attempt.exam_id, attempt.pk, attempt.user_id)
        record(
            actor=itself, verb="finish_attempt", subject=attempt, institution_id=attempt.exam.institution_id,
            facts={"percent": str(attempt.percent), "passed": attempt.passed},
            event=ExamFinished(*ids, passed=attempt.passed), also=[ExamPassed(*ids) if attempt.passed else None],
        )  # fmt: skip
