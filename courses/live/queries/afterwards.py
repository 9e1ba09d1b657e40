"""What came of a lecture: who was there how long, the course it left, what was recommended."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import CreditEntry, ItemVersion
from courses.assessment.states import ItemStep
from courses.assessment.states.credits import Activity, EntryKind
from courses.library.models import Course, CourseVersion, Lesson
from courses.library.states import Step
from courses.live.models import Attendance, CaseVote, CheckIn, Lecture, Recommendation, TeachingCase
from courses.live.states.cases import CaseStep

_WHY: Final = "who was in a lecture, and what came of it"
_CENT: Final = Decimal("0.01")
Stay = tuple[datetime, datetime]


# -- who was there ----------------------------------------------------------------------------------------------------


def seconds_there(lecture: Lecture) -> dict[UUID, int]:
    """Of everybody who was in the room, by what the server saw: seconds between its opening and its end. Who checked in
    to a classroom was there as long as its screen, from then on. Two queries."""
    if lecture.opened_at is None or lecture.ended_at is None:
        return {}
    stays: dict[UUID, list[Stay]] = defaultdict(list)
    for row in unfiltered(Attendance, why=_WHY).filter(lecture=lecture):
        stays[row.user_id].append((row.began_at, row.ended_at))
    screens = dict(stays)
    for sits in unfiltered(CheckIn, why=_WHY).filter(seat__lecture=lecture).select_related("seat"):
        seen = [(max(begin, sits.at), end) for begin, end in screens.get(sits.seat.user_id, ()) if end > sits.at]
        stays[sits.user_id] = [*stays.get(sits.user_id, ()), *seen]
    whole = (lecture.opened_at, lecture.ended_at)
    return {user: found for user, each in stays.items() if (found := covered(each, whole))}


def covered(stays: Iterable[Stay], within: Stay) -> int:
    """Seconds of `within` that lie in at least one of the stays."""
    total, reached = timedelta(), within[0]
    for came, left in sorted(stays):
        begin, end = max(came, reached), min(left, within[1])
        if end > begin:
            total, reached = total + (end - begin), end
    return int(total.total_seconds())


def attended_hours(seconds: int) -> Decimal:
    """To two places, never rounded up."""
    return (Decimal(seconds) / 3600).quantize(_CENT, ROUND_DOWN)


# -- what it left -----------------------------------------------------------------------------------------------------


def lessons_of(version: CourseVersion) -> Sequence[Lesson]:
    """With what they ask, in order."""
    rows = Lesson.objects.filter(version=version).select_related("exam", "questionnaire")
    return list(rows.order_by("chapter__position", "position"))


def asked_of(lecture: Lecture) -> Any:
    """The questions of the bank that its votes have become, as far as they may be asked: approved, or where none is,
    on their way there."""
    made = unfiltered(CaseVote, why=_WHY).filter(poll__lecture=lecture, question__isnull=False)
    rows = unfiltered(ItemVersion, why=_WHY).filter(item__in=made.values("question__item"))
    better = unfiltered(ItemVersion, why=_WHY).filter(item=OuterRef("item_id"), step=ItemStep.APPROVED)
    return rows.filter(Q(step=ItemStep.APPROVED) | Q(step=ItemStep.IN_REVIEW) & ~Exists(better))


def asked_in_course(course_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """(exams, questionnaires) that a lecture's published course asks."""
    rows = unfiltered(Lesson, why=_WHY).filter(version__current_of=course_id)
    pairs = list(rows.values_list("exam_id", "questionnaire_id"))
    return [exam for exam, _asked in pairs if exam], [asked for _exam, asked in pairs if asked]


def afterwards_page(actor: Actor, lecture: Lecture) -> dict[str, Any]:
    """What the crew sees of it, and what is to be done next."""
    course = unfiltered(Course, why=_WHY).select_related("current").filter(pk=lecture.lesson_course_id).first()
    draft = _draft_of(course)
    there = seconds_there(lecture)
    given = unfiltered(CreditEntry, why=_WHY).filter(subject_id=lecture.pk, activity=Activity.LECTURE)
    row = TeachingCase.objects.filter(lecture=lecture, step=CaseStep.APPROVED).first()
    return {
        "lecture": lecture, "course": course, "draft": draft, "published": bool(course and course.current_id),
        "lessons": lessons_of_any(draft or (course.current if course else None)),
        "people": len(there),
        "credited": given.filter(kind=EntryKind.AWARDED).values("user_id").distinct().count(), "case": row,
        "advice": Recommendation.objects.filter(teaching_case=row).first() if row else None,
    }  # fmt: skip


def _draft_of(course: Course | None) -> CourseVersion | None:
    rows = unfiltered(CourseVersion, why=_WHY).filter(course=course, step=Step.DRAFT)
    found: CourseVersion | None = rows.first() if course else None
    return found


def lessons_of_any(version: CourseVersion | None) -> list[Lesson]:
    rows = unfiltered(Lesson, why=_WHY).filter(version=version).order_by("chapter__position", "position")
    return list(rows) if version else []
