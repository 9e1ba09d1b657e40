"""Notices of courses: what somebody has to take, what waits for its builders, what somebody has completed."""

from uuid import UUID

from django.urls import reverse

from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice
from consortium.people.models import Membership
from consortium.people.states import Role
from courses.library.events import CourseCompleted, LaterTestDue, LessonsStale, PeopleEnrolled
from courses.library.models import Course

_WHY = "telling of a course"


def _course(course_id: UUID) -> Course:
    course: Course = unfiltered(Course, why=_WHY).select_related("current").get(pk=course_id)
    return course


def _tell(user_id: UUID, kind: str, course: Course, url: str, entry_id: int) -> None:
    version = course.current
    title = {"en": version.title_en or version.title_zh, "zh": version.title_zh} if version else {}
    send_notice(
        actor=current_actor(), recipient_id=user_id, kind=kind, subject=course, url=url, once=f"{entry_id}:{kind}",
        facts={"title": title},
    )  # fmt: skip


@receives(PeopleEnrolled)
def tell_those_enrolled(entry_id: int, event: PeopleEnrolled) -> None:
    course = _course(event.course_id)
    kind = "course.required" if event.required else "course.enrolled"
    for user_id in event.user_ids:
        _tell(UUID(user_id), kind, course, reverse("library:course", args=[course.pk]), entry_id)


@receives(CourseCompleted)
def tell_who_completed(entry_id: int, event: CourseCompleted) -> None:
    course = _course(event.course_id)
    _tell(event.user_id, "course.completed", course, reverse("library:course", args=[course.pk]), entry_id)


@receives(LaterTestDue)
def tell_who_is_asked_again(entry_id: int, event: LaterTestDue) -> None:
    _tell(
        event.user_id, "course.later_test", _course(event.course_id),
        reverse("assessment:exam", args=[event.exam_id]), entry_id,
    )  # fmt: skip


@receives(LessonsStale)
def tell_builders(entry_id: int, event: LessonsStale) -> None:
    course = _course(event.course_id)
    seats = unfiltered(Membership, why=_WHY).active(clock.today())
    builders = seats.filter(role=Role.TRAINING_ADMIN, institution_id=course.institution_id)
    for user_id in builders.values_list("user_id", flat=True).distinct():
        _tell(user_id, "course.stale", course, reverse("library:desk"), entry_id)
