"""What happened to a lecture before, while and after it was given."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class LectureAnnounced(DomainEvent):
    """From now on whoever it is for finds it, and registers."""

    lecture_id: UUID


@dataclass(frozen=True)
class LectureMoved(DomainEvent):
    """An announced lecture begins at another time."""

    lecture_id: UUID


@dataclass(frozen=True)
class LectureCancelled(DomainEvent):
    lecture_id: UUID


@dataclass(frozen=True)
class LectureNear(DomainEvent):
    """It begins soon; `soon`: within minutes, else within a day. Whoever is registered is reminded."""

    lecture_id: UUID
    soon: bool


@dataclass(frozen=True)
class LectureOpened(DomainEvent):
    """It is live; again, when it had been ended too early."""

    lecture_id: UUID


@dataclass(frozen=True)
class LectureEnded(DomainEvent):
    lecture_id: UUID


@dataclass(frozen=True)
class StageLeft(DomainEvent):
    """Who was sending when the lecture ended has left: all that they sent is kept by now."""

    lecture_id: UUID


@dataclass(frozen=True)
class CrewAsked(DomainEvent):
    """Somebody was asked to take `part` in giving a lecture."""

    lecture_id: UUID
    user_id: UUID
    part: str
