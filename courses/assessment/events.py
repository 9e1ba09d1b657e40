"""What happened to questions, exams, questionnaires, credits and certificates.

One module, for the name of its package is the prefix under which the journal keeps them.
"""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class ItemSubmitted(DomainEvent):
    """A version of an item waits for somebody to review it."""

    item_id: UUID
    version_id: UUID


@dataclass(frozen=True)
class ItemReturned(DomainEvent):
    """The reviewer sent it back to its author with a remark."""

    item_id: UUID
    version_id: UUID


@dataclass(frozen=True)
class ItemApproved(DomainEvent):
    """May be asked from now on; the version before it is asked no more."""

    item_id: UUID
    version_id: UUID


@dataclass(frozen=True)
class ItemRetired(DomainEvent):
    item_id: UUID
    version_id: UUID


@dataclass(frozen=True)
class ResponsesRescored(DomainEvent):
    """Answers to `version_id` were scored anew by the key of `by_version_id`; `changed` of them have other points."""

    version_id: UUID
    by_version_id: UUID
    changed: int


@dataclass(frozen=True)
class ExamPublished(DomainEvent):
    exam_id: UUID


@dataclass(frozen=True)
class ExamClosed(DomainEvent):
    exam_id: UUID


@dataclass(frozen=True)
class AttemptBegun(DomainEvent):
    """Somebody sits down to an exam. Who hears it as a duty may refuse."""

    exam_id: UUID
    attempt_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class AttemptHandedIn(DomainEvent):
    """By the learner, or by the clock."""

    exam_id: UUID
    attempt_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class ExamFinished(DomainEvent):
    """The result of an attempt is certain: all is scored, and essays are marked."""

    exam_id: UUID
    attempt_id: UUID
    user_id: UUID
    passed: bool


@dataclass(frozen=True)
class ExamPassed(DomainEvent):
    """As ExamFinished, for who hears passes only: a lesson is completed by it."""

    exam_id: UUID
    attempt_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class QuestionnaireAnswered(DomainEvent):
    """By whom; what they said has no name."""

    questionnaire_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class QuestionnaireClosed(DomainEvent):
    """It takes no answers any more: whoever waits for its answers waits no longer."""

    questionnaire_id: UUID


@dataclass(frozen=True)
class CreditAwarded(DomainEvent):
    """`credits` as text; 0 when a cap left nothing."""

    entry_id: UUID
    user_id: UUID
    credits: str


@dataclass(frozen=True)
class CreditReversed(DomainEvent):
    entry_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class CertificateIssued(DomainEvent):
    """For the first time, or again under another name."""

    certificate_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class CertificateRevoked(DomainEvent):
    certificate_id: UUID
    user_id: UUID
