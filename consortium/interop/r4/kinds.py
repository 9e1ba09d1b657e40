"""Which resources there are. Each feature registers what it can show as FHIR; the router and the bundles read it.

A kind may have several sources, of several features: a Communication is a message, an answer or a second opinion.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Q

from consortium.interop.r4.blocks import Resource, uuid_in
from consortium.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and which of the children concerned they may know."""

    actor: Actor
    known: frozenset[UUID] = frozenset()

    def knows(self, patient_id: UUID | None) -> bool:
        return patient_id in self.known


@dataclass(frozen=True, slots=True)
class Param:
    """One search parameter. `where` turns the values of one occurrence (joined by "or") into a condition on the rows;
    `keep` judges the finished resource, where no column tells. `private`: its value must not stand in an address."""

    type: str
    where: Callable[[Sequence[str]], Q] | None = None
    keep: Callable[[Resource, Sequence[str]], bool] | None = None
    private: bool = False


def by_uuid(resource_id: str) -> Q:
    return Q(pk=uuid_in(resource_id))


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one table as resources.

    `rows` are those that the actor sees, with `touched_at` (the instant of the last change, or None). `shape` makes the
    resources of some rows, in a bounded number of queries; one row may give several. `child` is the path of attributes
    to the patient's id, "" for what is not about a child; `find` is the row behind a resource's id. `case` is the
    column with the id of the case that a row belongs to, "" for what belongs to none: a case's bundle is made by it.
    """

    rows: Callable[[], Any]
    shape: Callable[[Reader, Sequence[Any]], list[Resource]]
    params: Mapping[str, Param] = field(default_factory=dict)
    child: str = ""
    find: Callable[[str], Q] = by_uuid
    case: str = ""

    def child_of(self, row: Any) -> UUID | None:
        """The child whom a row is about."""
        for name in filter(None, self.child.split(".")):
            row = getattr(row, name)
        return row if self.child else None


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type. `needs`: a search has to narrow by one of these, all would be too costly."""

    name: str
    sources: tuple[Source, ...]
    needs: tuple[str, ...] = ()

    @property
    def params(self) -> Mapping[str, Param]:
        return {name: param for source in self.sources for name, param in source.params.items()}


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make the kind known, or add to its sources; an app does so when it is ready. Twice is once."""
    known = _kinds.get(kind.name, Kind(kind.name, (), kind.needs))
    fresh = tuple(source for source in kind.sources if source not in known.sources)
    _kinds[kind.name] = replace(known, sources=(*known.sources, *fresh))


def kinds() -> Mapping[str, Kind]:
    """By name, in the order of the alphabet."""
    return {name: _kinds[name] for name in sorted(_kinds)}
