"""What waits in Redis for the next tick of a room, and what was told lately. Knows Redis and nothing of lectures.

Of all processes with pages in the room one has the lead for two seconds and longer while it goes on: it looks, makes
frames of what it finds, and tells them. Telling is one script, so that whoever lost the lead meanwhile tells nothing,
and what was read is taken away only together with its frames.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson

from .ticks import Item

#: ms: after so long without a tick another process takes the lead
LEAD_LASTS: Final = 2000
#: frames kept for pages that missed some: five minutes at two a second
FRAMES_KEPT: Final = 600
SECONDS_KEPT: Final = 6 * 3600
MOST_WAITING: Final = 2000
MOST_LOOKED_AT: Final = 400
#: seconds without a sign of life after which somebody is not there
AWAY_AFTER: Final = 45.0

#: KEYS: what waits. ARGV: the item, how many may wait, for how long.
_PUT: Final = """
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -tonumber(ARGV[2]), -1)
return redis.call('EXPIRE', KEYS[1], ARGV[3])
"""

#: KEYS: lead, what waits, reactions, who is there, polls with new votes. ARGV: who asks, ms of the lead, the time since
#: which somebody counts as there, how many items.
_LOOK: Final = """
local lead = redis.call('GET', KEYS[1])
if lead and lead ~= ARGV[1] then return {} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[3])
local reactions = redis.call('HGETALL', KEYS[3])
redis.call('DEL', KEYS[3])
return {redis.call('LRANGE', KEYS[2], 0, tonumber(ARGV[4]) - 1), reactions, redis.call('ZCARD', KEYS[4]),
        redis.call('SMEMBERS', KEYS[5])}
"""

#: KEYS: lead, what waits, polls with new votes, counter, what was told. ARGV: who tells, as JSON what is done with and
#: told, how many frames are kept, for how long, the channels of all and of the crew.
_TELL: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local done = cjson.decode(ARGV[2])
redis.call('LTRIM', KEYS[2], done.taken, -1)
for _, poll in ipairs(done.polls) do redis.call('SREM', KEYS[3], poll) end
for _, frame in ipairs(done.frames) do
  local seq = redis.call('INCR', KEYS[4])
  local text = '{"seq":' .. seq .. ',' .. string.sub(frame, 2)
  redis.call('RPUSH', KEYS[5], text)
  redis.call('PUBLISH', ARGV[5], seq .. ':' .. text)
end
for _, frame in ipairs(done.crew) do redis.call('PUBLISH', ARGV[6], '0:' .. frame) end
redis.call('LTRIM', KEYS[5], -tonumber(ARGV[3]), -1)
redis.call('EXPIRE', KEYS[4], ARGV[4])
redis.call('EXPIRE', KEYS[5], ARGV[4])
return 1
"""


#: KEYS: hands. ARGV: whose, their name, for how long.
_RAISE: Final = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return redis.call('EXPIRE', KEYS[1], ARGV[3])
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the lead found: the first `taken` items, for all and for the crew; `polls` have new votes."""

    taken: int = 0
    items: Sequence[Item] = ()
    crew: Sequence[Item] = ()
    reactions: Mapping[str, int] = field(default_factory=dict)
    present: int = 0
    polls: Sequence[str] = ()

    @classmethod
    def read(cls, reply: Sequence[Any]) -> "Looked | None":
        """The answer of `Board.look`; None for who has not the lead."""
        if not reply:
            return None
        waiting, reactions, present, polls = reply
        items: dict[bool, list[Item]] = {True: [], False: []}
        for crew, kind, told in map(orjson.loads, waiting):
            items[crew].append(Item(kind, told))
        counts = {name: int(count) for name, count in zip(reactions[::2], reactions[1::2], strict=True)}
        return cls(len(waiting), items[False], items[True], counts, present, sorted(polls))


class Board:
    """The boards of all rooms on one Redis. Each call gives what the client gives: with asyncio's, an awaitable.

    `channel` and `crew` name where the frames of a room are published, with the room's name behind them.
    """

    def __init__(self, client: Any, prefix: str, channel: str, crew: str) -> None:
        self._redis, self._prefix = client, prefix
        self._channel, self._crew = channel, crew
        self._put, self._look, self._tell, self._raise = map(client.register_script, (_PUT, _LOOK, _TELL, _RAISE))

    def _keys(self, room: UUID, *parts: str) -> list[str]:
        return [f"{self._prefix}{part}:{room}" for part in parts]

    def put(self, room: UUID, item: Item, *, crew: bool = False) -> Any:
        """Let the next tick tell the item."""
        text = orjson.dumps([crew, item.kind, item.told])
        return self._put(keys=self._keys(room, "out"), args=[text, MOST_WAITING, SECONDS_KEPT])

    def react(self, room: UUID, what: str) -> Any:
        return self._redis.hincrby(*self._keys(room, "reactions"), what, 1)

    def voted(self, room: UUID, polls: Collection[str]) -> Any:
        """These polls have new votes in the record."""
        return self._redis.sadd(*self._keys(room, "polls"), *polls)

    def here(self, room: UUID, users: Iterable[UUID], now: float) -> Any:
        """A sign of life; `users` is not empty."""
        return self._redis.zadd(*self._keys(room, "here"), {str(user): now for user in users})

    def gone(self, room: UUID, user: UUID) -> Any:
        return self._redis.zrem(*self._keys(room, "here"), str(user))

    def raised(self, room: UUID) -> Any:
        """The hands that are up: ``{user: name}``."""
        return self._redis.hgetall(*self._keys(room, "hands"))

    def raise_hand(self, room: UUID, user: UUID, name: str) -> Any:
        return self._raise(keys=self._keys(room, "hands"), args=[str(user), name, SECONDS_KEPT])

    def lower_hand(self, room: UUID, user: UUID) -> Any:
        return self._redis.hdel(*self._keys(room, "hands"), str(user))

    def look(self, room: UUID, me: str, now: float) -> Any:
        """Take or keep the lead; for `Looked.read`."""
        keys = self._keys(room, "lead", "out", "reactions", "here", "polls")
        return self._look(keys=keys, args=[me, LEAD_LASTS, now - AWAY_AFTER, MOST_LOOKED_AT])

    def tell(self, room: UUID, me: str, looked: Looked, frames: Sequence[str], crew: Sequence[str]) -> Any:
        """Publish the frames, each with its number, and be done with what was looked at; 0 when the lead is lost."""
        done = {"taken": looked.taken, "polls": looked.polls, "frames": frames, "crew": crew}
        keys = self._keys(room, "lead", "out", "polls", "seq", "told")
        channels = [f"{self._channel}{room}", f"{self._crew}{room}"]
        return self._tell(keys=keys, args=[me, orjson.dumps(done), FRAMES_KEPT, SECONDS_KEPT, *channels])

    def stands_at(self, room: UUID) -> Any:
        """The number of the newest frame, as text; None before the first."""
        return self._redis.get(*self._keys(room, "seq"))

    def told(self, room: UUID, newest: int) -> Any:
        """The last `newest` frames, oldest first, as far as they are kept."""
        return self._redis.lrange(*self._keys(room, "told"), -newest, -1)
