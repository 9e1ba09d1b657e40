"""Publishing: one trip to Redis, from any thread, never an error to the sender."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)


class Frame(NamedTuple):
    """What the listeners of `topic` are sent, and its number."""

    topic: str
    seq: int
    text: str


def packed(seq: int, text: str) -> bytes:
    """The frame as it travels over Redis."""
    return b"%d:%b" % (seq, text.encode())


def unpacked(payload: bytes) -> tuple[int, str]:
    """Seq and text of a travelling frame; ValueError when it is none."""
    seq, _, text = payload.partition(b":")
    return int(seq), text.decode()


class Bell:
    """Rings a topic. What is rung is already committed, so a failure is counted and swallowed.

    After a failure the bell stays still for ``rest`` seconds: with Redis unreachable, a sender waits
    for one time-out now and then and not for one per message. The hub's watch finds what was lost.
    """

    def __init__(self, url: str, prefix: str, *, timeout: float = 0.5, rest: float = 1.0) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0), protocol=2
        )
        self._prefix = prefix
        self._rest = rest
        self._silent_until = 0.0
        self._lock = threading.Lock()
        self.lost = 0

    def ring(self, topic: str, seq: int, text: str) -> bool:
        """Publish the frame; False when it was lost."""
        return self.ring_all([Frame(topic, seq, text)])

    def ring_all(self, frames: Sequence[Frame]) -> bool:
        """Publish the frames, in this order and one trip; False when they were lost."""
        if time.monotonic() < self._silent_until:
            return self.lose(len(frames))
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for topic, seq, text in frames:
                    pipe.publish(f"{self._prefix}live:{topic}", packed(seq, text))
                pipe.execute()
        except (redis.RedisError, OSError) as error:
            self._silent_until = time.monotonic() + self._rest
            logger.warning("live: a bell was lost: %s", type(error).__name__)
            return self.lose(len(frames))
        return True

    def lose(self, frames: int = 1) -> bool:
        """Count frames that were not rung; False, as `ring` then says."""
        with self._lock:
            self.lost += frames
        return False

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()
