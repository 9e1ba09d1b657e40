"""Until when an answer counts, by the server's clock alone.

The server hands out stamps: its own time, signed for one attempt on one device. An answer that waited for a connection
carries the last stamp its page had when it was given, and how long before the page had received that. The stamp proves
that it was not given earlier than that; what the page adds to it is its own word, so it is believed for `GRACE` after
the end only, and such an answer is marked as having come late. A page that is connected gets stamps all the time,
so that what it sends after the end betrays itself.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Final
from uuid import UUID

#: how long after the end the answers of an interrupted connection are taken in
GRACE: Final = timedelta(seconds=60)
_MAC_BYTES = 12


def deadline(
    began: datetime, minutes: int | None, *, extra: int = 0, closes: datetime | None = None
) -> datetime | None:
    """When the time is over: `minutes` after the beginning or when the window closes; `extra` is on top of both.

    None: there is no limit.
    """
    more = timedelta(minutes=extra)
    ends = [began + timedelta(minutes=minutes) + more] if minutes is not None else []
    ends += [closes + more] if closes is not None else []
    return min(ends, default=None)


class Verdict(Enum):
    IN_TIME = "in_time"
    LATE = "late"  # came after the end, was given before it
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Given:
    """When the page says that an answer was given: `held` after it had received the stamp of `stamped`."""

    stamped: datetime
    held: timedelta

    @property
    def at(self) -> datetime:
        return self.stamped + max(self.held, timedelta())


def judge(now: datetime, ends: datetime | None, given: Given | None, grace: timedelta = GRACE) -> Verdict:
    """Whether an answer that arrives `now` counts. `given` None: it brought no stamp that we had made."""
    if ends is None or now <= ends:
        return Verdict.IN_TIME
    if given is None or now > ends + grace:
        return Verdict.OVER
    return Verdict.LATE if given.at <= ends else Verdict.OVER


@dataclass(frozen=True, slots=True)
class Stamps:
    """Makes and reads stamps of one attempt on one device; `key` is 32 bytes of the server's own."""

    key: bytes
    attempt: UUID
    device: UUID

    def make(self, now: datetime) -> str:
        """The server's time, signed, as text that is safe in a header."""
        micros = int((now - _EPOCH) / timedelta(microseconds=1))
        body = micros.to_bytes(8, "big")
        return urlsafe_b64encode(body + self._mac(body)).decode()

    def read(self, stamp: str) -> datetime | None:
        """The time of a stamp that was made here for this attempt and device; None of any other."""
        try:
            raw = urlsafe_b64decode(stamp.encode("ascii"))
        except ValueError:
            return None
        body, mac = raw[:8], raw[8:]
        if len(body) < 8 or not hmac.compare_digest(mac, self._mac(body)):
            return None
        return _EPOCH + timedelta(microseconds=int.from_bytes(body, "big"))

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self.key, self.attempt.bytes + self.device.bytes + body, sha256).digest()[:_MAC_BYTES]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
