"""The socket between a guest's page and the page of whoever sends the lecture: letters, and the guest's last way.

Either page says ``{"do": "join", "ticket", "id"}`` and is told ``{"side", "guest", "ways"}``; then ``{"do": "signal",
"body": {...}, "id"}``, which the other one alone is told as ``{"did": "signal", "body"}``. A guest for whom no
connection comes about sends what it records in binary frames (four bytes of number, then the piece), which the other
one is sent as they are. ``{"did": "host"}``: whoever sends has come (back); ``{"did": "replaced"}``: somebody else
sends now.

Nobody else gets in: whose page it is says the record, anew with each letter and each second of pieces. Letters go
through Redis, which may lose them: pages say theirs again until they are answered.
"""

import base64
import time
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.db import Error

from consortium.kernel.errors import DomainError
from consortium.kernel.valkey import Away
from consortium.live.consumers.page import Spending
from consortium.live.consumers.process import the_process
from consortium.live.consumers.threads import in_database
from courses.live.consumers.process import the_rooms
from courses.live.consumers.seated import SeatedConsumer
from courses.live.queries.guests import Place, place_of, ways_for
from courses.live.queries.tickets import ticket_of
from courses.live.room import BadFrame, Said, read_command
from courses.live.room.saying import STAGE_COMMANDS
from courses.live.states.guests import Side

#: characters: a description of two media with all its candidates is a third of it
MOST_LETTER: Final = 24_000
MOST_PIECE: Final = 16_384
BURST, PER_SECOND = 150, 30
#: of pieces: 400 kbit/s and their bursts
PIECES_BURST, PIECES_PER_SECOND = 120, 30
#: seconds for which a page's place is taken for granted while pieces come
LOOK_EVERY: Final = 1.0
_PIECE: Final = "piece:"
_TROUBLE = (Error, *Away)


class GuestConsumer(SeatedConsumer):
    """`place`: which end this page is, as the record said last; None before it has joined."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spending = Spending(BURST, PER_SECOND)
        self.pieces = Spending(PIECES_BURST, PIECES_PER_SECOND)
        self.place: Place | None = None
        self.looked_at = 0.0

    @property
    def lecture(self) -> UUID:
        found: UUID = self.scope["url_route"]["kwargs"]["lecture_id"]
        return found

    async def connect(self) -> None:
        await self._let_in()

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """One frame of the page; amiss or not, the socket stays."""
        text, piece = message.get("text"), message.get("bytes")
        if self.closing:
            return
        try:
            if piece is not None:
                await self._take(piece)
            elif not self.spending.spend():
                self._tell(re=0, fault="too-fast")
            elif len(text or "") > MOST_LETTER:
                self._tell(re=0, fault="too-long")
            else:
                await self._obey(text or "")
        except _TROUBLE:
            self._tell(re=0, fault="trouble")

    async def _obey(self, text: str) -> None:
        try:
            said = read_command(text, STAGE_COMMANDS)
        except BadFrame as fault:
            self._tell(re=fault.id, fault=fault.code)
            return
        try:
            answer = await self._done(said)
        except DomainError as error:
            answer = {"fault": error.code}
        except _TROUBLE:
            answer = {"fault": "trouble"}
        if not self.closing:
            self._tell(re=said.id, **answer)

    async def _done(self, said: Said) -> dict[str, Any]:
        if said.do == "ping":
            return {}
        if said.do == "join":
            return await self._join(said.given["ticket"])
        if self.place is None:
            return {"fault": "join-first"}
        if not await self._stands():
            return {"fault": "not-permitted"}
        await self._send_over(self.place.other, orjson.dumps({"did": "signal", **said.given}).decode())
        return {}

    async def _join(self, text: str) -> dict[str, Any]:
        """Take one's place; said again it is looked for anew."""
        ticket = ticket_of(text, lecture=self.lecture, session=self.session_key)
        if ticket is None or (self.ticket is not None and ticket.user != self.user_id):
            return {"fault": "bad-ticket"}
        if self.ticket is None:
            self._sit(ticket)
        place = await in_database(place_of, ticket.user, self.lecture)
        if self.place is not None and place != self.place:
            await the_process().hub.leave(self.line, self.place.topic)
        self.place = place
        if place is None:
            return {"fault": "not-permitted"}
        if place.side == Side.HOST:
            await self._send_over(place, '{"did":"replaced"}')  # to whoever had it before
            await self._send_over(place.other, '{"did":"host"}')
        await the_process().hub.listen(self.line, place.topic)
        return {"did": "joined", "side": place.side, "guest": str(place.guest_id), "ways": ways_for(ticket.user)}

    async def _take(self, piece: bytes) -> None:
        """A piece of what the guest records."""
        if not self.pieces.spend():
            self._tell(re=0, fault="too-fast")
        elif not 4 < len(piece) <= MOST_PIECE + 4:
            self._tell(re=0, fault="bad-field")
        elif self.place is None or self.place.side != Side.GUEST or not await self._stands(LOOK_EVERY):
            self._tell(re=0, fault="not-permitted")
        else:
            await self._send_over(self.place.other, _PIECE + base64.b64encode(piece).decode())

    async def _stands(self, since: float = 0.0) -> bool:
        """Whether the record still says that this is the page's place; asked anew after so many seconds."""
        if time.monotonic() - self.looked_at < since:
            return True
        if await in_database(place_of, self.user_id, self.lecture) != self.place:
            return False
        self.looked_at = time.monotonic()
        return True

    async def _send_over(self, place: Place, text: str) -> None:
        await the_rooms().redis.publish(f"{settings.REDIS_PREFIX}live:{place.topic}", f"0:{text}")

    async def _write(self, text: str) -> None:
        """A piece goes on as bytes, everything else as it is."""
        if not text.startswith(_PIECE):
            await super()._write(text)
            return
        await self.base_send({"type": "websocket.send", "bytes": base64.b64decode(text[len(_PIECE) :])})
