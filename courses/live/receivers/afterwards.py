"""A recording plays: its course is drafted, its crew and then its listeners are told. Who proves more is credited."""

from uuid import UUID

from django.urls import reverse

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from courses.assessment.events import ExamFinished, QuestionnaireAnswered
from courses.live.events.afterwards import LessonPublished, LessonReady, RecordingKept
from courses.live.events.cases import TeachingCaseTakenDown
from courses.live.models import Attendance, CheckIn, Crew, Seat
from courses.live.operations.afterwards import prepare_lesson, take_down_lesson
from courses.live.operations.crediting import credit_again
from courses.live.operations.forgetting import forget_room
from courses.live.operations.recommending import take_back_recommendation
from courses.live.receivers.lectures import lecture_told, tell
from courses.live.states.lectures import CONDUCTS

_WHY = "telling of a recording"


@receives(RecordingKept)
def draft_its_course(entry_id: int, event: RecordingKept) -> None:
    prepare_lesson(actor=current_actor(), lecture_id=event.lecture_id)


@receives(LessonReady)
def tell_who_gave_it(entry_id: int, event: LessonReady) -> None:
    lecture = lecture_told(event.lecture_id)
    url = reverse("lectures:afterwards", args=[lecture.pk])
    crew = unfiltered(Crew, why=_WHY).filter(lecture=lecture, part__in=CONDUCTS)
    for user_id in sorted(crew.values_list("user_id", flat=True), key=str):
        tell(user_id, "lecture.ready", lecture, entry_id, url)


@receives(LessonPublished)
def tell_that_it_can_be_watched(entry_id: int, event: LessonPublished) -> None:
    """Whoever was registered, sat in a classroom or came in."""
    lecture = lecture_told(event.lecture_id)
    url = reverse("library:course", args=[event.course_id])
    for user_id in _listeners(lecture.pk):
        tell(user_id, "lecture.recording", lecture, entry_id, url)


def _listeners(lecture_id: UUID) -> list[UUID]:
    seats = unfiltered(Seat, why=_WHY).running().filter(lecture_id=lecture_id)
    there = unfiltered(Attendance, why=_WHY).filter(lecture_id=lecture_id)
    sat = unfiltered(CheckIn, why=_WHY).filter(seat__lecture_id=lecture_id)
    found: set[UUID] = {pk for rows in (seats, there, sat) for pk in rows.values_list("user_id", flat=True)}
    return sorted(found, key=str)


@receives(ExamFinished)
def credit_by_test(entry_id: int, event: ExamFinished) -> None:
    if event.passed:
        credit_again(actor=current_actor(), user_id=event.user_id, exam_id=event.exam_id)


@receives(QuestionnaireAnswered)
def credit_by_questionnaire(entry_id: int, event: QuestionnaireAnswered) -> None:
    credit_again(actor=current_actor(), user_id=event.user_id, asked_id=event.questionnaire_id)


@receives(TeachingCaseTakenDown)
def take_away_what_it_left(entry_id: int, event: TeachingCaseTakenDown) -> None:
    """A delivery of its own, beside that of the recording: each does its part, whatever becomes of the other."""
    take_back_recommendation(actor=current_actor(), teaching_case_id=event.teaching_case_id)
    if event.lecture_id is not None:
        take_down_lesson(actor=current_actor(), lecture_id=event.lecture_id)
        forget_room(actor=current_actor(), lecture_id=event.lecture_id)
