"""An exam opens and closes; exceptions are made for single people."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.people.models import User
from courses.assessment.events import ExamClosed, ExamPublished
from courses.assessment.models import Accommodation, Attempt, BlueprintRow, Exam, Form, FormQuestion
from courses.assessment.operations.building import locked_exam, save_exam
from courses.assessment.policies.exams import may_run_exam
from courses.assessment.queries.forms import asked_now, fixed_questions, need_of, pool, row_words
from courses.assessment.sitting import NotEnough, deadline, draw
from courses.assessment.states.exams import EXAM, AttemptStep, Drawing, ExamStep

_WHY = "drawing a form"


@transaction.atomic
def publish_exam(*, actor: Actor, exam_id: UUID, version: int | None = None) -> Exam:
    """Open it to learners; its forms are drawn now. Raises InvalidInput when the bank has too few questions."""
    exam = locked_exam(exam_id)
    check_version(exam, version)
    if exam.step == ExamStep.OPEN:
        return exam
    EXAM.take("publish", actor, exam)
    exam.published_at = clock.now()
    with acting_as(system(_WHY)):
        for _number in range(_forms_now(exam)):
            make_form(exam)
        if draws_each_time(exam):
            _rows(exam, exam.seed)  # that it can be done is known before somebody sits down to it
    save_exam(actor, exam, "publish_exam", event=ExamPublished(exam.pk))
    return exam


def draws_each_time(exam: Exam) -> bool:
    """Whether each attempt has a form of its own: what a self-check may ask changes with every review."""
    return exam.self_check or (exam.drawing == Drawing.BLUEPRINT and not exam.forms)


def _forms_now(exam: Exam) -> int:
    if draws_each_time(exam):
        return 0
    return 1 if exam.drawing == Drawing.FIXED else exam.forms


@transaction.atomic
def close_exam(*, actor: Actor, exam_id: UUID, version: int | None = None) -> Exam:
    """Nobody begins any more; who sits it now finishes in their own time."""
    exam = locked_exam(exam_id)
    check_version(exam, version)
    if exam.step == ExamStep.CLOSED:
        return exam
    EXAM.take("close", actor, exam)
    exam.closed_at = clock.now()
    save_exam(actor, exam, "close_exam", event=ExamClosed(exam.pk))
    return exam


@transaction.atomic
def reopen_exam(*, actor: Actor, exam_id: UUID, version: int | None = None) -> Exam:
    """A closed exam opens again, with the forms it had."""
    exam = locked_exam(exam_id)
    check_version(exam, version)
    EXAM.take("reopen", actor, exam)
    exam.closed_at = None
    save_exam(actor, exam, "reopen_exam")
    return exam


# -- forms ------------------------------------------------------------------------------------------------------------


def make_form(exam: Exam, *, avoid: Collection[UUID] = ()) -> Form:
    """The next form of a locked exam, without the items of `avoid` as far as the bank allows.

    Raises InvalidInput when the bank has too few questions.
    """
    number = exam.drawn.count() + 1
    seed = f"{exam.seed}:{number}"
    rows = _rows(exam, seed, avoid)
    form = Form.objects.create(exam=exam, number=number, seed=seed, drawn_at=clock.now())
    for place, row in enumerate(rows, 1):
        row.form, row.position = form, place
    FormQuestion.objects.bulk_create(rows)
    return form


def _rows(exam: Exam, seed: str, avoid: Collection[UUID] = ()) -> list[FormQuestion]:
    return _fixed(exam) if exam.drawing == Drawing.FIXED else draw_rows(exam, seed, avoid)


def _fixed(exam: Exam) -> list[FormQuestion]:
    """The list, each question as it may be asked now. Of a self-check those stay out that a reviewer has returned."""
    rows = fixed_questions(exam)
    if not rows:
        raise InvalidInput({"questions": _("An exam has at least one question.")})
    asked = asked_now(exam, rows)
    out = [row.version.item.code for row in rows if row.version.item_id not in asked]
    if out and not exam.self_check:
        raise InvalidInput({"questions": _("These are no approved questions: %(ids)s") % {"ids": ", ".join(out)}})
    if not asked:
        raise WrongStep(_("All questions of this self-check are with their authors. Come back later."))
    items = [(row.version.item_id, row.points) for row in rows]
    return [FormQuestion(version_id=asked[item], points=points) for item, points in items if item in asked]


def draw_rows(exam: Exam, seed: str, avoid: Collection[UUID] = ()) -> list[FormQuestion]:
    """The questions of one form, not yet saved; those that earlier forms have least come first."""
    rows = list(BlueprintRow.objects.filter(exam=exam).order_by("position"))
    if not rows:
        raise InvalidInput({"rows": _("A blueprint has at least one row.")})
    try:
        drawn = draw([need_of(row) for row in rows], pool(exam), seed, used=_used(exam), avoid=avoid)
    except NotEnough as short:
        raise InvalidInput({"rows": _shortage_words(rows, short)}, code="not-enough") from short
    return [FormQuestion(version_id=one.candidate.id, points=rows[one.row].points, row=one.row) for one in drawn]


def _used(exam: Exam) -> dict[UUID, int]:
    used: dict[UUID, int] = {}
    for item_id in FormQuestion.objects.filter(form__exam=exam).values_list("version__item_id", flat=True):
        used[item_id] = used.get(item_id, 0) + 1
    return used


def _shortage_words(rows: Sequence[BlueprintRow], short: NotEnough) -> str:
    """ "The bank has too few approved questions: 3 more for row 2 (infant, danger)." """
    lines = [
        _("%(count)d more for row %(row)d (%(words)s)")
        % {"count": count, "row": index + 1, "words": row_words(rows[index])}
        for index, count in sorted(short.shortages.items())
    ]
    return _("The bank has too few approved questions: %(lines)s.") % {"lines": "; ".join(lines)}


# -- exceptions -------------------------------------------------------------------------------------------------------


@transaction.atomic
def accommodate(
    *, actor: Actor, exam_id: UUID, user_id: UUID, reason: str, extra_minutes: int = 0, extra_attempts: int = 0
) -> Accommodation:
    """Give one person more time or attempts; what they had been given before is replaced. An attempt that is running
    gets the time at once."""
    exam = locked_exam(exam_id)
    require(may_run_exam(actor, exam))
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        raise InvalidInput({"user_id": _("There is no such person.")})
    values = {
        "extra_minutes": extra_minutes, "extra_attempts": extra_attempts, "reason": reason.strip()[:500],
        "given_by_id": actor.user_id, "given_at": clock.now(),
    }  # fmt: skip
    with database_rules():
        given, _fresh = Accommodation.objects.update_or_create(exam=exam, user_id=user_id, defaults=values)
    _give_time(exam, given)
    record(
        actor=actor, verb="accommodate", subject=exam, institution_id=exam.institution_id, text=given.reason,
        facts={"user": str(user_id), "minutes": extra_minutes, "attempts": extra_attempts},
    )  # fmt: skip
    return given


def _give_time(exam: Exam, given: Accommodation) -> None:
    rows = unfiltered(Attempt, why="time given to a running attempt").select_for_update()
    attempt = rows.filter(exam=exam, user_id=given.user_id, step=AttemptStep.RUNNING).first()
    if attempt is not None:
        attempt.ends_at = deadline(attempt.began_at, exam.minutes, extra=given.extra_minutes, closes=exam.closes_at)
        attempt.save(update_fields=["ends_at"])
