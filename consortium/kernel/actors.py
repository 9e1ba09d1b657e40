"""Who is acting. Nothing is read or written before somebody is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from consortium.kernel.errors import NobodyActing

#: The user id of whoever is not a person. No row carries it, so a filter by it finds nothing; a filter by None
#: would find every row without a user.
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Seat:
    """One role at one institution; `role` is a value of `people.states.Role`."""

    role: str
    institution_id: UUID
    department_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the seats they hold right now, the system with its reason, or nobody known."""

    kind: Literal["person", "system", "anonymous"]
    user_id: UUID = NOBODY
    name: str = ""
    seats: frozenset[Seat] = field(default_factory=frozenset)
    why: str = ""
    second_factor: bool = False
    own_device: bool = True

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def is_person(self) -> bool:
        return self.kind == "person"

    @property
    def author_id(self) -> UUID | None:
        """For columns that name a user: the person's id, None for the system."""
        return self.user_id if self.is_person else None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(seat.role for seat in self.seats)

    def has(self, *roles: str, institution_id: UUID | None = None) -> bool:
        """Whether one of `roles` is held (at `institution_id`, when given)."""
        return any(s.role in roles and institution_id in (None, s.institution_id) for s in self.seats)

    def institution_ids(self, *roles: str) -> frozenset[UUID]:
        """The institutions where one of `roles` (any role, when none is given) is held."""
        return frozenset(s.institution_id for s in self.seats if not roles or s.role in roles)


ANONYMOUS = Actor("anonymous")

_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


def system(why: str) -> Actor:
    """The system itself, with the reason that will stand in the journal."""
    return Actor("system", why=why, name="system")


def current_actor() -> Actor:
    """Who is acting now; raises NobodyActing when nobody is."""
    actor = _actor.get()
    if actor is None:
        raise NobodyActing("Rows were asked for while nobody was acting; enter acting_as(...) first.")
    return actor


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Act as `actor` inside the block; whoever acted before does so again after it."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)
