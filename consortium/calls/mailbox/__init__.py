"""Letters between the pages of a call, kept in Redis for some minutes. Pure: knows Redis and nothing of calls.

Each seat has a box. A letter is put in, numbered and published by one script, so that a page that was cut off for a
while asks for what came after the last number it has. Letters of one sender carry its own growing number: one that was
sent again because its receipt was lost is put in once.
"""

from typing import Any, Final

MOST_KEPT: Final = 256
KEPT_SECONDS: Final = 600

#: KEYS: the box, its counter, what was sent. ARGV: sender, the sender's number, the letter without its opening brace,
#: how many are kept, for how long, the channel to publish on.
_POST: Final = """
if tonumber(ARGV[2]) <= tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0') then return 0 end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
local seq = redis.call('INCR', KEYS[2])
local letter = '{"seq":' .. seq .. ',' .. ARGV[3]
redis.call('RPUSH', KEYS[1], letter)
redis.call('LTRIM', KEYS[1], -tonumber(ARGV[4]), -1)
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, tonumber(ARGV[5])) end
redis.call('PUBLISH', ARGV[6], seq .. ':' .. letter)
return seq
"""


class Mailbox:
    """The boxes of all seats on one Redis; `channel` names where a letter to a box is published."""

    def __init__(self, client: Any, prefix: str, channel: str) -> None:
        self._redis = client
        self._prefix, self._channel = prefix, channel
        self._post = client.register_script(_POST)

    def _keys(self, box: str) -> list[str]:
        return [f"{self._prefix}{part}:{box}" for part in ("box", "seq", "sent")]

    def post(self, box: str, *, sender: str, number: int, letter: str) -> int:
        """Put a letter (a JSON object with at least one member) into `box`: its number there, 0 when it came twice."""
        args = [sender, number, letter[1:], MOST_KEPT, KEPT_SECONDS, f"{self._channel}{box}"]
        return int(self._post(keys=self._keys(box), args=args))

    def newest(self, box: str) -> int:
        """The number of the newest letter; 0 of an empty box."""
        return int(self._redis.get(self._keys(box)[1]) or 0)

    def after(self, box: str, seq: int) -> list[str]:
        """The letters after number `seq`, the oldest first, as far as they are kept."""
        missed = self.newest(box) - seq
        if missed <= 0:
            return []
        letters: list[str] = self._redis.lrange(self._keys(box)[0], -min(missed, MOST_KEPT), -1)
        return letters
