"""What happened to courses and to those who take them."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class CoursePublished(DomainEvent):
    course_id: UUID
    version_id: UUID


@dataclass(frozen=True)
class CourseWithdrawn(DomainEvent):
    """Its last published version was taken back: nobody begins with it any more."""

    course_id: UUID
    version_id: UUID


@dataclass(frozen=True)
class PeopleEnrolled(DomainEvent):
    """Some were enrolled by somebody else, or by a rule (`rule_id`); `required`: they have to."""

    course_id: UUID
    user_ids: list[str]
    required: bool
    rule_id: UUID | None = None


@dataclass(frozen=True)
class LessonCompleted(DomainEvent):
    course_id: UUID
    lesson_id: UUID
    user_id: UUID
    how: str


@dataclass(frozen=True)
class CourseCompleted(DomainEvent):
    """Somebody has done all that the version asks for."""

    course_id: UUID
    version_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class LessonsStale(DomainEvent):
    """A page of the manual that lessons of this course teach has a new version."""

    course_id: UUID
    pathway: str


@dataclass(frozen=True)
class LaterTestDue(DomainEvent):
    """Some weeks have gone by since somebody handed in the test at the end of the course."""

    course_id: UUID
    exam_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class VideoPlayable(DomainEvent):
    """A new generation of a video can be watched."""

    video_id: UUID
    film_id: UUID


@dataclass(frozen=True)
class VideoReady(DomainEvent):
    """Every rung of it is made."""

    video_id: UUID
    film_id: UUID


@dataclass(frozen=True)
class VideoFailed(DomainEvent):
    video_id: UUID
    film_id: UUID
    fault: str
