"""What happened to a case that is made for teaching."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class TeachingCaseSent(DomainEvent):
    """Its maker is done: a second person has to look at it."""

    teaching_case_id: UUID


@dataclass(frozen=True)
class TeachingCaseReturned(DomainEvent):
    """The second person found something: its maker goes on."""

    teaching_case_id: UUID


@dataclass(frozen=True)
class TeachingCaseApproved(DomainEvent):
    """A second person has looked at every text and picture: it may be taught."""

    teaching_case_id: UUID


@dataclass(frozen=True)
class TeachingCaseTakenDown(DomainEvent):
    """Its texts and pictures are gone. `lecture_id`: where it was to be taught, or was; `by_guardian`: the consent
    ended."""

    teaching_case_id: UUID
    lecture_id: UUID | None
    by_guardian: bool
