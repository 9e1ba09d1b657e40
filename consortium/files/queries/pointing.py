"""Who points where in the pictures of a case, and the topic that tells of it."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from consortium.casework.models import Case
from consortium.casework.queries.lists_live import numbers, present
from consortium.files.policies import may_follow_pointers
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied
from consortium.kernel.topics import TopicKind
from consortium.kernel.valkey import Away, breaker, client, key

#: seconds; a page lets a point fade within them
FORGOTTEN_AFTER: Final = 4
_NAME: Final = "pointer"


def topic_of(case_id: UUID) -> str:
    """The live topic of whoever may see the case's pictures while it is open."""
    return f"{_NAME}:{case_id}"


def place_of(case_id: UUID) -> str:
    return key("pointers", str(case_id))


def points_in(actor: Actor, case: Case) -> list[dict[str, Any]]:
    """Where others point now: attachment, frame, x, y, name, by (a code of the person, stable for this page)."""
    if breaker.open:
        return []
    try:
        held: Any = client().hgetall(place_of(case.pk))
    except Away:
        breaker.trip()
        return []
    now = present()
    others = {who: orjson.loads(said) for who, said in held.items() if who != str(actor.user_id)}
    fresh = {who: said for who, said in others.items() if now - said.pop("at") < FORGOTTEN_AFTER * 1000}
    return [{"by": who, **said} for who, said in sorted(fresh.items())]


def _may_listen(actor: Actor, name: str) -> Decision:
    try:
        case = Case.objects.filter(pk=UUID(name)).first()
    except ValueError:
        case = None
    return may_follow_pointers(actor, case) if case else Denied("", hidden=True)


def _last(keys: Collection[str]) -> Mapping[str, int]:
    found = numbers([f"{_NAME}:{each}" for each in keys])
    return {each: found[f"{_NAME}:{each}"] for each in keys}


def _nothing_missed(actor: Actor, name: str, after: int, limit: int) -> list[dict[str, Any]]:
    return []


def kind() -> TopicKind:
    return TopicKind(_NAME, _may_listen, _last, _nothing_missed)
