"""People of a course, as rows: figures count many, and nothing is claimed of how they came."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from consortium.kernel import clock
from consortium.people.models import Institution, User
from courses.assessment.models import Certificate
from courses.library.models import Course, Enrolment, LessonProgress, Video, Watched
from tests.courses.library.making import lessons_of
from tests.factories.people import make_user


def takes(
    course: Course,
    place: Institution | None,
    *,
    done: int = 0,
    begun: bool = False,
    days: float | None = None,
    withdrawn: bool = False,
) -> User:
    """Somebody who takes it and has done the first `done` lessons; `days`: completed it so long after."""
    user, now = make_user(), clock.now()
    version_id = Course.unscoped.get(pk=course.pk).current_id
    ended = {"completed_at": now, "completed_version_id": version_id} if days is not None else {}
    Enrolment.unscoped.create(
        course=course, user=user, institution=place, by="self", enrolled_at=now - timedelta(days=days or 0),
        begun_at=now if begun or done else None, withdrawn_at=now if withdrawn else None, **ended,
    )  # fmt: skip
    for lesson in lessons_of(course)[:done]:
        finishes(user, course, lesson.pk, lesson.key)
    return user


def finishes(user: User, course: Course, lesson_id: UUID, key: UUID) -> None:
    now = clock.now()
    LessonProgress.unscoped.create(
        user=user, course=course, key=key, lesson_id=lesson_id, state="completed", how="read", begun_at=now,
        completed_at=now,
    )  # fmt: skip


def certified(user: User, course: Course) -> Certificate:
    now = clock.now()
    made: Certificate = Certificate.unscoped.create(
        code=uuid4().hex[:8].upper(), user=user, name="A", activity="course", subject_id=course.pk, hours=1,
        institution=course.institution, completed_on=now.date(), issued_at=now,
    )  # fmt: skip
    return made


def watches(user: User, video: Video, *spans: tuple[int, int]) -> None:
    Watched.unscoped.create(user=user, video=video, spans=list(spans), at=clock.now())
