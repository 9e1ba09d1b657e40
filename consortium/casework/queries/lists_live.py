"""What keeps worklists live: three kinds of topic (`desk:` a person, `queue:` a service, `asked:` an institution); and
`thread:` a case, by which those who look at its messages see how far the others have read.

A list is no log: whoever missed something fetches the list anew. So a topic's number is merely the millisecond of its
newest change, kept beside the bell in Redis; while Redis is away the number is the present, and lists fetch themselves.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from consortium.casework.models import Case, ServiceMember
from consortium.casework.policies import may_read_thread
from consortium.casework.queries.worklists import (
    ASKING_ROLES,
    near_service_ids,
    nursed_service_ids,
    services_coordinated,
)
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.kernel.topics import TopicKind
from consortium.kernel.valkey import Away, breaker, client, key
from consortium.people.states import Role

KINDS = ("desk", "queue", "asked", "thread")
KEPT_SECONDS = 40 * 24 * 3600


def present() -> int:
    """The present as a topic's number: milliseconds since 1970. The bell's clock is the machine's, not the tests'."""
    return time.time_ns() // 1_000_000


def mark(topics: Collection[str], number: int) -> None:
    """Remember that the topics have moved."""
    if breaker.open:
        return
    try:
        with client().pipeline(transaction=False) as pipe:
            for topic in topics:
                pipe.set(key("moved", topic), number, ex=KEPT_SECONDS)
            pipe.execute()
    except Away:
        breaker.trip()


def numbers(topics: Sequence[str]) -> dict[str, int]:
    """When each topic moved last; a memory that began later than that says when it began."""
    if breaker.open:
        return dict.fromkeys(topics, present())
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.set(key("moved", "since"), present(), nx=True)
            pipe.mget([key("moved", name) for name in ("since", *topics)])
            since, *found = pipe.execute()[1]
    except Away:
        breaker.trip()
        return dict.fromkeys(topics, present())
    return {topic: int(at or since) for topic, at in zip(topics, found, strict=True)}


def stood(topics: Sequence[str]) -> str:
    """The topics with their numbers, as a page says what it has read. To be asked before the list itself is: what
    changes in between is then heard, not lost."""
    return " ".join(f"{topic}@{number}" for topic, number in numbers(topics).items())


def _may_desk(actor: Actor, name: str) -> Decision:
    return allowed_if(str(actor.user_id) == name) or Denied("", hidden=True)


def _may_queue(actor: Actor, name: str) -> Decision:
    service_id = _uuid(name)
    if service_id is None:
        return Denied("", hidden=True)
    served = ServiceMember.objects.filter(service_id=service_id, user_id=actor.user_id, left_at=None)
    mine = service_id in {s.pk for s in services_coordinated(actor)} or served.exists()
    mine = mine or service_id in (*near_service_ids(actor), *nursed_service_ids(actor))
    return allowed_if(mine) or Denied("", hidden=True)


def _may_asked(actor: Actor, name: str) -> Decision:
    mine = actor.institution_ids(*ASKING_ROLES, Role.COORDINATOR)
    return allowed_if(_uuid(name) in mine) or Denied("", hidden=True)


def _may_thread(actor: Actor, name: str) -> Decision:
    case_id = _uuid(name)
    case = Case.objects.select_related("service").filter(pk=case_id).first() if case_id else None
    return may_read_thread(actor, case) if case is not None else Denied("", hidden=True)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _nothing_missed(actor: Actor, name: str, after: int, limit: int) -> list[dict[str, Any]]:
    return []


def _kind(name: str, may_listen: Callable[[Actor, str], Decision]) -> TopicKind:
    def last(keys: Collection[str]) -> Mapping[str, int]:
        found = numbers([f"{name}:{k}" for k in keys])
        return {k: found[f"{name}:{k}"] for k in keys}

    return TopicKind(name, may_listen, last, _nothing_missed)


def kinds() -> list[TopicKind]:
    rules = {"desk": _may_desk, "queue": _may_queue, "asked": _may_asked, "thread": _may_thread}
    return [_kind(name, may_listen) for name, may_listen in rules.items()]
