"""The questions of a video lesson: as its learner is asked them, and as its builder lists and finds them."""

from collections.abc import Mapping
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
from courses.library.states import Step

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
    #: why what was sent was not taken
    fault: str = ""

    @property
    def right(self) -> bool:
        return self.shown.right


def asked_in(lesson: Lesson, user_id: UUID, row: LessonProgress | None) -> list[Asked]:
    """The lesson's questions in the film's order; `row`: how far the person is with the lesson. Two queries, one where
    it asks nothing or nothing was answered."""
    stops = _stops().filter(lesson=lesson).order_by("at")
    given = answers_of(row) if row is not None and stops else {}
    return [asked_at(stop, number, user_id, given.get(stop.question_id)) for number, stop in enumerate(stops, 1)]


def asked_at(
    stop: Stop, number: int, user_id: UUID, given: Response | None, typed: Mapping[str, Any] | None = None,
    fault: str = "",
) -> Asked:  # fmt: skip
    """Its options stand in the same order whenever this person looks; with the key only once they have answered.
    `typed`: what they have sent and was not taken, because of `fault`."""
    answered = given is not None
    shown = show_question(
        stop.question, prefix=prefix_of(stop), answer=given.answer if given else typed, seed=f"{user_id}",
        key=answered, feedback=answered,
    )  # fmt: skip
    return Asked(stop, number, shown, given.answer if given else None, given.score if given else None, fault)


def prefix_of(stop: Stop) -> str:
    """What its fields begin with: another one for each question of a page, and the same in every version."""
    return f"a-{stop.question_id}"


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


def asked_now(stop: Stop) -> Stop | None:
    """The same question of the same lesson as learners get it now; None where it is asked no more. A draft's is not
    asked of anybody yet: it stays what it is."""
    version = stop.lesson.version
    if version.step == Step.DRAFT or version.pk == version.course.current_id:
        return stop
    rows = Stop.objects.select_related("lesson__version__course", "question__item")
    current = rows.filter(lesson__version__current_of=version.course_id, lesson__key=stop.lesson.key)
    return current.filter(question_id=stop.question_id).first()


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
