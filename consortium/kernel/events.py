"""Domain events: what happened, said in the past tense, so that other features hear it without being called."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID


@dataclass(frozen=True)
class DomainEvent:
    """Ids and codes only, JSON-able; never a name or free text, for events are kept in plain columns."""

    registry: ClassVar[dict[str, type["DomainEvent"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        DomainEvent.registry[cls.event_name()] = cls

    @classmethod
    def event_name(cls) -> str:
        """`feature.EventName`, stable over versions; what stands in the journal."""
        *above, _module = cls.__module__.split(".")
        feature = above[-2] if above[-1] == "events" else above[-1]
        return f"{feature}.{cls.__name__}"

    def payload(self) -> dict[str, Any]:
        return {
            f.name: str(value) if isinstance(value := getattr(self, f.name), UUID) else value
            for f in dataclasses.fields(self)
        }

    @classmethod
    def load(cls, payload: dict[str, Any]) -> Self:
        """The event again from its stored payload; ids become UUIDs by the field's annotation."""
        read = {
            f.name: UUID(payload[f.name])
            if "UUID" in str(f.type) and payload.get(f.name) is not None
            else payload.get(f.name)
            for f in dataclasses.fields(cls)
        }
        return cls(**read)


E_ = TypeVar("E_", bound=DomainEvent)


@dataclass(frozen=True, slots=True)
class Receiver:
    """`duty`: creates an obligation, so it runs in the publishing transaction.

    All others run after commit, at least once.
    """

    name: str
    run: Callable[[int, Any], None]
    duty: bool


_receivers: dict[str, list[Receiver]] = {}


def receives(
    event: type[E_], *, duty: bool = False
) -> Callable[[Callable[[int, E_], None]], Callable[[int, E_], None]]:
    """Register a function (entry_id, event) as a receiver; it must be idempotent by (entry_id, its own name)."""

    def register(function: Callable[[int, E_], None]) -> Callable[[int, E_], None]:
        name = f"{function.__module__}.{function.__name__}"
        _receivers.setdefault(event.event_name(), []).append(Receiver(name, function, duty))
        return function

    return register


def receivers_of(event_name: str) -> list[Receiver]:
    return _receivers.get(event_name, [])


def receiver_named(event_name: str, name: str) -> Receiver | None:
    return next((r for r in receivers_of(event_name) if r.name == name), None)
