"""An attempt begins, once, and goes on: after a crash, and on another device."""

from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.assessment.events import AttemptBegun
from courses.assessment.models import Accommodation, Attempt, Exam, Form, FormQuestion
from courses.assessment.operations.building import locked_exam
from courses.assessment.operations.publishing import draws_each_time, make_form
from courses.assessment.policies.exams import may_answer, may_sit
from courses.assessment.queries.pairs import items_asked_beside
from courses.assessment.sitting import deadline
from courses.assessment.states.exams import AttemptStep, ExamStep


def locked_attempt(actor: Actor, attempt_id: UUID) -> Attempt:
    """The actor's own attempt, held until the transaction ends."""
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("exam")
    attempt: Attempt | None = rows.filter(pk=attempt_id).first()
    if attempt is None:
        raise NotVisible
    require(may_answer(actor, attempt))
    return attempt


@transaction.atomic
def begin_attempt(*, actor: Actor, exam_id: UUID, key: UUID | None = None) -> tuple[Attempt, bool]:
    """Sit down to an exam: (attempt, whether it is new). One that runs already is gone on with.

    Raises WrongStep outside the window, NotPermitted when no attempt is left.
    """
    exam = locked_exam(exam_id)  # so that two of one person's attempts cannot begin at once
    require(may_sit(actor, exam))
    running = Attempt.objects.running().filter(exam=exam, user_id=actor.user_id).first()
    if running is not None:
        return running, False
    return once(Attempt, actor=actor, key=key, make=lambda: _begin(actor, exam, key))


def _begin(actor: Actor, exam: Exam, key: UUID | None) -> Attempt:
    given = Accommodation.objects.filter(exam=exam, user_id=actor.user_id).first()
    number = Attempt.objects.filter(exam=exam, user_id=actor.user_id).count() + 1
    _check_open(exam, number, given)
    now = clock.now()
    with acting_as(system("a form for a new attempt")):
        form = _form_for(exam, actor.user_id, number)
        most = FormQuestion.objects.filter(form=form).aggregate(most=Sum("points"))["most"]
    attempt = Attempt(
        exam=exam, user_id=actor.user_id, created_by_id=actor.author_id, form=form, number=number, began_at=now,
        ends_at=deadline(now, exam.minutes, extra=given.extra_minutes if given else 0, closes=exam.closes_at),
        most=most, **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules(), transaction.atomic():
        attempt.save(force_insert=True)
    record(actor=actor, verb="begin_attempt", subject=attempt, institution_id=exam.institution_id,
           facts={"exam": str(exam.pk), "number": number, "form": form.number},
           event=AttemptBegun(exam.pk, attempt.pk, attempt.user_id))  # fmt: skip
    return attempt


def _check_open(exam: Exam, number: int, given: Accommodation | None) -> None:
    now = clock.now()
    if exam.step != ExamStep.OPEN:
        raise WrongStep(_("This exam is not open."))
    if not exam.is_within(now):
        early = exam.opens_at is not None and now < exam.opens_at
        raise WrongStep(_("This exam has not begun yet.") if early else _("The time for this exam is over."))
    if number > exam.attempts_allowed + (given.extra_attempts if given else 0):
        raise NotPermitted(_("You have no attempt left."), code="no-attempt-left")


def _form_for(exam: Exam, user_id: UUID, number: int) -> Form:
    """Of parallel forms another one with each attempt, and different people begin at different ones. Of two tests that
    are a pair, one asks a person what the other has not."""
    if draws_each_time(exam):
        return make_form(exam, avoid=items_asked_beside(exam.pk, user_id))
    forms = list(Form.objects.filter(exam=exam).order_by("number"))
    return forms[(user_id.int + number) % len(forms)]


@transaction.atomic
def take_over(*, actor: Actor, attempt_id: UUID) -> Attempt:
    """Go on here: answers of the page that had it before are refused from now on, and it is told why."""
    attempt = locked_attempt(actor, attempt_id)
    if attempt.step != AttemptStep.RUNNING:
        return attempt
    attempt.device, attempt.epoch = uuid4(), attempt.epoch + 1
    attempt.save(update_fields=["device", "epoch"])
    record(
        actor=actor, verb="take_over_attempt", subject=attempt, institution_id=attempt.exam.institution_id,
        facts={"epoch": attempt.epoch},
    )  # fmt: skip
    return attempt


def attempts_used(exam: Exam, user_id: UUID) -> int:
    return int(unfiltered(Attempt, why="how many attempts are left").filter(exam=exam, user_id=user_id).count())
