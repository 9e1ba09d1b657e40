"""Where notices leave the house: the one port that every channel fills.

A channel is a callable ``factory(name) -> Channel``, named by a dotted path in ``settings.NOTICE_CHANNELS``::

    NOTICE_CHANNELS = {"sms": "consortium.notices.channels.signed_http.channel"}

What a channel must keep (tests/notices/test_channel_contract.py runs over each):

- `send` returns when the provider has taken the letter, within `TIMEOUT` seconds, and gives the provider's own
  reference ("" when there is none). It may be called again with the same `letter.reference`: the provider should
  deliver that once.
- It raises `Undeliverable` when trying again is useless (no such number), `Unreachable` for everything that may pass.
- `confirms` tells whether a receipt follows; without one a letter taken counts as delivered.
- A letter holds no name, no identity number and nothing clinical: only that something waits, and where.
"""

from dataclasses import dataclass
from typing import Protocol

TIMEOUT = 8.0


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out. `address` is a number, a mail address or a user's id at the provider, as the channel needs it."""

    reference: str
    address: str
    language: str
    urgent: bool
    title: str
    text: str
    url: str


class Unreachable(Exception):
    """The provider cannot be reached or is overloaded: try again, or another way."""


class Undeliverable(Exception):
    """The provider refuses this letter for good."""


class Channel(Protocol):
    """One way out."""

    confirms: bool

    def send(self, letter: Letter) -> str:
        """Hand the letter over; the provider's reference."""
