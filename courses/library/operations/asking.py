"""Questions at moments of a video lesson: put in by its builder, answered once by whoever learns."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep, database_rules
from courses.assessment.items import Numeric, is_empty, is_judgeable, read
from courses.assessment.models import ItemVersion, Response
from courses.assessment.operations.responses import Use, record_response
from courses.assessment.states import UseKind
from courses.library.models import CourseVersion, Lesson, LessonProgress, Stop
from courses.library.operations.learning import begin_lesson, complete_lesson
from courses.library.operations.moving import begin_edit, finish, row_seen
from courses.library.queries.stops import answers_of, askable, asked_now, awaits_answers, stop_seen
from courses.library.queries.watching import has_watched
from courses.library.states import FILMED, DoneBy, Progress

#: of one lesson
MOST_STOPS = 50


@transaction.atomic
def add_stop(*, actor: Actor, lesson_id: UUID, at: int, question_id: UUID, version: int | None = None) -> Stop:
    """Ask a question of the bank at `at` ms of a draft's video lesson. InvalidInput where it does not fit."""
    lesson: Lesson = row_seen(Lesson, lesson_id)
    draft = begin_edit(actor, lesson, version)
    if lesson.kind not in FILMED:
        raise InvalidInput({"lesson_id": _("Only a video stops for questions.")})
    if lesson.stops.count() >= MOST_STOPS:
        raise InvalidInput({"question_id": _("These are too many questions for one video.")})
    stop = Stop(lesson=lesson, at=_within(lesson, at), question=_fitting(question_id))
    with database_rules(), transaction.atomic():
        stop.save(force_insert=True)
    finish(actor, draft, "add-question", facts={"lesson": str(lesson.pk), "at": at, "question": str(question_id)})
    return stop


def _within(lesson: Lesson, at: int) -> int:
    """The moment, if the film has it; any, as long as nobody knows how long the film is."""
    film = lesson.video.current if lesson.video else None
    if at < 0 or (film is not None and at > film.length):
        raise InvalidInput({"at": _("The video is over before this moment.")})
    return at


def _fitting(question_id: UUID) -> ItemVersion:
    found: ItemVersion | None = askable().filter(pk=question_id).first()
    if found is None:
        raise InvalidInput({"question_id": _("Choose an approved question that is answered by choosing or a number.")})
    return found


@transaction.atomic
def drop_stop(*, actor: Actor, stop_id: UUID, version: int | None = None) -> CourseVersion:
    """The draft's video stops there no more; who has answered it in a published version is not forgotten."""
    stop: Stop = row_seen(Stop, stop_id)
    draft = begin_edit(actor, stop.lesson, version)
    stop.delete()
    return finish(actor, draft, "drop-question", facts={"lesson": str(stop.lesson_id), "at": stop.at})


@transaction.atomic
def answer_stop(*, actor: Actor, stop_id: UUID, given: Mapping[str, Any]) -> tuple[Response, bool]:
    """Answer a question of a lesson that learners get now: (what is kept, whether the lesson is done).

    The first answer stands, for the key is shown with it: another one, or the same again, changes nothing. With the
    last one the lesson is done, if its video was watched. A page of an earlier version answers what is still asked.
    Raises NotVisible, InvalidInput (also for what the key can't be held against), WrongStep.
    """
    stop = asked_now(stop_seen(stop_id))
    if stop is None:
        raise WrongStep(_("The course has changed meanwhile, and asks something else here. Load the page again."))
    row = begin_lesson(actor=actor, lesson_id=stop.lesson_id)
    kept = answers_of(row).get(stop.question_id) or _kept(actor, row, stop, given)
    return kept, _done(actor, row, stop.lesson)


def _kept(actor: Actor, row: LessonProgress, stop: Stop, given: Mapping[str, Any]) -> Response:
    if is_empty(given):
        raise InvalidInput({"answer": _("Answer first.")})
    question = read(stop.question.item.kind, stop.question.content)
    if not is_judgeable(question, given):
        number = isinstance(question, Numeric)
        raise InvalidInput({"answer": _("Write a number alone.") if number else _("Choose one of the answers.")})
    use = Use(UseKind.VIDEO, row.pk, stop.lesson.key)
    record_response(actor=actor, version=stop.question, answer=given, use=use)
    return answers_of(row)[stop.question_id]


def _done(actor: Actor, row: LessonProgress, lesson: Lesson) -> bool:
    if row.state == Progress.COMPLETED:
        return True
    if awaits_answers(actor.user_id, lesson.pk) or not has_watched(actor.user_id, lesson):
        return False
    complete_lesson(actor=actor, lesson_id=lesson.pk, user_id=actor.user_id, how=DoneBy.WATCHED)
    return True
