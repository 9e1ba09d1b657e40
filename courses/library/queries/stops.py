"""The questions of a video lesson: as its learner is asked them, and as its builder lists and finds them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import ItemVersion, Response
from courses.assessment.queries.building import Listed, listed, listed_first
from courses.assessment.queries.showing import ShownQuestion, show_question
from courses.assessment.states import Kind
from courses.library.models import Lesson, LessonProgress, Stop

_WHY = "the questions of a lesson"
#: the kinds of question that are answered between two moments of a film
FITTING: Final = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.NUMERIC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as one learner finds it; `score` of `most` points once it is answered."""

    stop: Stop
    number: int
    shown: ShownQuestion
    answer: dict[str, Any] | None = None
    score: Decimal | None = None

    @property
    def right(self) -> bool:
        return self.shown.right


def asked_in(lesson: Lesson, user_id: UUID, row: LessonProgress | None) -> list[Asked]:
    """The lesson's questions in the film's order; `row`: how far the person is with the lesson. Two queries, one where
    it asks nothing or nothing was answered."""
    stops = _stops().filter(lesson=lesson).order_by("at")
    given = answers_of(row) if row is not None and stops else {}
    return [asked_at(stop, number, user_id, given.get(stop.question_id)) for number, stop in enumerate(stops, 1)]


def asked_at(stop: Stop, number: int, user_id: UUID, given: Response | None) -> Asked:
    """Its options stand in the same order whenever this person looks; with the key only once they have answered."""
    answered = given is not None
    shown = show_question(
        stop.question, answer=given.answer if given else None, seed=f"{user_id}", key=answered, feedback=answered
    )
    return Asked(stop, number, shown, given.answer if given else None, given.score if given else None)


def _stops() -> Any:
    return unfiltered(Stop, why=_WHY).select_related("question__item")


def answers_of(row: LessonProgress) -> dict[UUID, Response]:
    """What a person has answered in a lesson, by the version that was asked. One query."""
    rows = unfiltered(Response, why=_WHY).filter(use_id=row.pk, person_id=row.user_id, part="")
    return {each.version_id: each for each in rows}


def stop_seen(stop_id: UUID) -> Stop:
    """A question of a lesson that the actor sees, with its lesson, course and item; NotVisible to others."""
    rows = Stop.objects.select_related("lesson__version__course", "question__item")
    found: Stop | None = rows.filter(pk=stop_id).first()
    if found is None:
        raise NotVisible
    return found


def number_of(stop: Stop) -> int:
    """Which question of its lesson it is, from 1."""
    return int(_stops().filter(lesson_id=stop.lesson_id, at__lte=stop.at).count())


def awaits_answers(user_id: UUID, lesson_id: UUID) -> bool:
    """Whether a question that may not be skipped is still open for this person. One query."""
    mine = unfiltered(LessonProgress, why=_WHY).filter(user_id=user_id, key=OuterRef(OuterRef("lesson__key")))
    given = unfiltered(Response, why=_WHY).filter(
        use_id__in=mine.values("pk"), version_id=OuterRef("question_id"), person_id=user_id, part=""
    )
    rows = unfiltered(Stop, why=_WHY).filter(lesson_id=lesson_id, lesson__skippable=False)
    return bool(rows.filter(~Exists(given)).exists())


# -- for the builder --------------------------------------------------------------------------------------------------


def stops_listed(lesson: Lesson) -> list[tuple[Stop, Listed]]:
    """The questions in the film's order, in words. One query."""
    return [(stop, listed(stop.question)) for stop in _stops().filter(lesson=lesson).order_by("at")]


def questions_offered(lesson: Lesson, words: str = "") -> list[Listed]:
    """Approved questions of the actor's region that fit and are not asked yet; those whose texts hold `words`."""
    taken = unfiltered(Stop, why=_WHY).filter(lesson=lesson).values("question_id")
    return listed_first(askable().exclude(pk__in=taken), words)


def askable() -> Any:
    """The versions that the actor may put into a video."""
    return ItemVersion.objects.approved().filter(item__kind__in=FITTING)
