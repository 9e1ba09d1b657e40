"""What happened to the manual."""

from dataclasses import dataclass
from uuid import UUID

from consortium.kernel.events import DomainEvent


@dataclass(frozen=True)
class VersionApproved(DomainEvent):
    """`changed`: the branches that are not as in the version approved before; None where nobody compared them."""

    version_id: UUID
    pathway: str
    changed: list[str] | None = None


@dataclass(frozen=True)
class VersionRetired(DomainEvent):
    """Nobody should act on this version any more; whoever used it, and what cites it, should know."""

    version_id: UUID
    pathway: str


@dataclass(frozen=True)
class PathwayRun(DomainEvent):
    """Somebody kept a run of the manual for a child (`patient_id`) or for nobody in particular."""

    run_id: UUID
    patient_id: UUID | None
