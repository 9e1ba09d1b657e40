"""The socket of a viewer who sees a lecture with less than a second's delay: parts of its stream, as they come.

The page says ``{"do": "watch", "ticket", "sound"}`` (`sound`: that alone) and is sent frames as `broadcast.seat` makes
them; ``{"did": "over"}`` when the lecture's stream has ended. A ticket is read without the database; soon after, and
when rights end, its right is looked at again. A viewer whose line is slow waits alone: what it is sent is read when it
can take it, and what has grown old is left out.
"""

import asyncio
import time
from typing import Any, Final
from uuid import UUID

import orjson

from consortium.live.consumers.page import MALFORMED, RIGHT_ENDED, header, same_origin
from consortium.live.consumers.process import the_process
from consortium.live.queries import session_key
from courses.live.broadcast.seat import Seat
from courses.live.consumers.seated import SeatedConsumer
from courses.live.queries.broadcasts import feeds
from courses.live.queries.tickets import ticket_of

#: seconds that a socket may stay open without having said what it wants
PATIENCE: Final = 10.0
_LONG: Final = 20.0


class PartsConsumer(SeatedConsumer):
    """Whose it is: whoever has a ticket of this session's."""

    async def connect(self) -> None:
        """Accept a page of our own that has a session; the ticket follows."""
        self.lecture: UUID = self.scope["url_route"]["kwargs"]["lecture_id"]
        self.session_key = session_key(header(self.scope, b"cookie"))
        if not same_origin(self.scope) or not self.session_key:
            await self.close()
            return
        self.sending: asyncio.Task[None] | None = None
        the_process().hub.join(self.line)
        self._keep_little()
        self.line.open()
        await self.accept()
        self.deadline = asyncio.get_running_loop().call_later(PATIENCE, lambda: self._soon(self._end(RIGHT_ENDED)))

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.sending is not None:
            self.sending.cancel()
        self.deadline.cancel()
        await super().websocket_disconnect(message)

    async def _obey(self, text: str) -> None:
        try:
            said = orjson.loads(text)
            command, ticket, sound = said["do"], str(said.get("ticket", "")), bool(said.get("sound"))
        except (ValueError, TypeError, KeyError, AttributeError):
            await self._end(MALFORMED)
            return
        if command == "ping":
            self._tell(did="pong")
        elif command != "watch" or self.sending is not None:
            await self._end(MALFORMED)
        else:
            await self._watch(ticket, sound=sound)

    async def _watch(self, text: str, *, sound: bool) -> None:
        ticket = ticket_of(text, lecture=self.lecture, session=self.session_key)
        if ticket is None:
            await self._end(RIGHT_ENDED)
            return
        self.deadline.cancel()
        self._sit(ticket)
        self.sending = asyncio.get_running_loop().create_task(self._send_on(Seat(sound_only=sound)))

    async def _send_on(self, seat: Seat) -> None:
        """Until the stream ends or the socket does."""
        feed, begun = feeds.of(self.lecture), time.monotonic()
        self._tell(did="watch", live=bool(feed.shown) and not feed.ended)
        try:
            while not self.closing:
                changes = feed.changes
                for frame in seat.frames(feed.shown):
                    await self.base_send({"type": "websocket.send", "bytes": frame})
                if feed.ended:
                    self._tell(did="over", after=round(time.monotonic() - begun))
                    return
                await feed.beyond(changes, _LONG)
        except (OSError, RuntimeError):  # the peer's: its disconnect follows
            return
