"""What comes of a lecture once it has ended."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class RecordingKept(DomainEvent):
    """All that was sent of it can be watched; again, when it was gone on with."""

    lecture_id: UUID


@dataclass(frozen=True)
class LessonReady(DomainEvent):
    """A course was drafted of it, which waits for the crew to publish it."""

    lecture_id: UUID
    course_id: UUID


@dataclass(frozen=True)
class LessonPublished(DomainEvent):
    """Who was registered, and whoever it is for, can watch it."""

    lecture_id: UUID
    course_id: UUID
