"""Credit for having been in a lecture, by what the server saw and by the rules in force (`assessment.awarding`).

Given once it can't be gone on with any more; what a rule asks for beside presence (the test, the questionnaire) gives
what was withheld when it comes later.
"""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import HasAnswered
from courses.assessment.operations.awarding import Learned, award
from courses.assessment.queries.results import worst_of_best
from courses.assessment.states.credits import Activity
from courses.live.models import Lecture
from courses.live.operations.lectures import note
from courses.live.queries.afterwards import asked_in_course, attended_hours, seconds_there
from courses.live.states.lectures import BACK_WITHIN, LectureStep

MOST: Final = 20
_WHY: Final = "the credit of who was in a lecture"


def credit_lectures(*, actor: Actor) -> int:
    """Give what is due (beat): how many people were given it. Twice at once gives once."""
    over = clock.now() - BACK_WITHIN
    due = Lecture.objects.filter(step=LectureStep.ENDED, ended_at__lt=over, credited_at=None).order_by("ended_at")
    return sum(_credit_all(actor, pk) for pk in due.values_list("pk", flat=True)[:MOST])


@transaction.atomic
def _credit_all(actor: Actor, lecture_id: UUID) -> int:
    if not actor.is_system:
        raise NotPermitted
    due = Lecture.objects.select_for_update(of=("self",), skip_locked=True)
    lecture: Lecture | None = due.filter(pk=lecture_id, step=LectureStep.ENDED, credited_at=None).first()
    if lecture is None:
        return 0
    there = present_enough(lecture)
    for user_id in sorted(there, key=str):  # in one order, for each person's ledger is held
        _credit(actor, lecture, user_id, there[user_id])
    lecture.credited_at = clock.now()
    lecture.save(update_fields=["credited_at"])
    note(actor, lecture, "credit_lecture", facts={"people": len(there)})
    return len(there)


def present_enough(lecture: Lecture) -> dict[UUID, int]:
    """Seconds of those who were there for the share that counts as having come."""
    if lecture.opened_at is None or lecture.ended_at is None:
        return {}
    least = (lecture.ended_at - lecture.opened_at).total_seconds() * settings.LECTURE_PRESENCE_PERCENT / 100
    return {user: seconds for user, seconds in seconds_there(lecture).items() if seconds >= max(1, least)}


def credit_again(*, actor: Actor, user_id: UUID, exam_id: UUID | None = None, asked_id: UUID | None = None) -> int:
    """Somebody has passed the test or answered the questionnaire of a lecture's course: what a rule withheld for want
    of it is given, where they were there. How many lectures that concerned."""
    if not actor.is_system:
        raise NotPermitted
    wanted: dict[str, Any] = {"exam_id": exam_id} if exam_id else {"questionnaire_id": asked_id}
    lessons = {f"lesson_course__current__lessons__{name}": pk for name, pk in wanted.items()}
    lectures = Lecture.objects.filter(credited_at__isnull=False, **lessons).distinct().order_by("pk")
    concerned = [(lecture, present_enough(lecture).get(user_id)) for lecture in lectures]
    with transaction.atomic():
        for lecture, seconds in concerned:
            if seconds:
                _credit(actor, lecture, user_id, seconds)
    return sum(bool(seconds) for _lecture, seconds in concerned)


def _credit(actor: Actor, lecture: Lecture, user_id: UUID, seconds: int) -> None:
    exams, asked = asked_in_course(lecture.lesson_course_id) if lecture.lesson_course_id else ([], [])
    answered = unfiltered(HasAnswered, why=_WHY).filter(user_id=user_id, questionnaire_id__in=asked)
    hours = attended_hours(seconds)
    learned = Learned(
        activity=Activity.LECTURE, subject_id=lecture.pk, institution_id=lecture.institution_id, hours=hours,
        credit=hours, title_en=lecture.title_en, title_zh=lecture.title_zh,
        exam_percent=worst_of_best(user_id, exams) if exams else None, feedback=answered.exists(),
    )  # fmt: skip
    day = localtime(lecture.ended_at).date()
    award(actor=actor, person_id=user_id, learned=learned, day=day)
