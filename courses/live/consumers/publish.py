"""The socket of the lecturer's studio: what its recorder writes, on its way to ffmpeg.

The studio says ``{"do": "publish", "id", "type", "recorder", "from", "takes_over"}``: what the recorder writes, its own
name (new with each start), and the first piece that it still has. It is answered ``{"re": id, "next": n}``, the piece
that is wanted; with ``"code"`` where it may not publish; with ``"code": "begin-anew"`` where pieces are missing that it
has no more. Then each binary frame is the number of a piece in four bytes, and the piece; ``{"did": "taken", "next"}``
answers it. ``{"do": "stop", "id"}`` ends it. ``{"did": "over", "why"}``: it has ended (`broadcast.publishing`).
"""

from typing import Any
from uuid import UUID, uuid4

import orjson

from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.errors import DomainError
from consortium.live.consumers.page import MALFORMED, PageConsumer
from consortium.live.consumers.threads import in_database
from courses.live.broadcast.intake import Intake, intake_of
from courses.live.broadcast.publishing import Publication
from courses.live.consumers.sending import begin, publications
from courses.live.operations.broadcasting import take_stage


class PublishConsumer(PageConsumer):
    """A lecturer's or co-host's; whether they may is asked when they take the stage, and again while they hold it."""

    publication: Publication | None = None

    @property
    def lecture(self) -> UUID:
        found: UUID = self.scope["url_route"]["kwargs"]["lecture_id"]
        return found

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.publication is not None:
            self.publication.detach(self._over)
        await super().websocket_disconnect(message)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """A piece, or a frame of text. Pieces are as many as ffmpeg takes: it is the lecturer's own line."""
        data = message.get("bytes")
        if data is None or self.publication is None or self.closing:
            await super().websocket_receive(message)
        elif len(data) < 4:
            await self._end(MALFORMED)
        else:
            number = await self.publication.take(int.from_bytes(data[:4], "big"), data[4:])
            self._tell(did="taken", next=number)

    async def _obey(self, text: str) -> None:
        try:
            said = orjson.loads(text)
            command, number = said["do"], said.get("id")
            if command == "publish":
                asked = _Asked(said)
        except (ValueError, TypeError, KeyError, AttributeError):
            await self._end(MALFORMED)
            return
        if command == "ping":
            self._tell(did="pong")
        elif command == "publish":
            self._tell(re=number, **await self._publish(asked))
        elif command == "stop":
            await self._stop()
            self._tell(re=number)
        else:
            await self._end(MALFORMED)

    async def _publish(self, asked: "_Asked") -> dict[str, Any]:
        going = publications.of(self.lecture, self.user_id, asked.recorder)
        if going is None:
            if asked.first > 0:
                return {"code": "begin-anew"}
            if asked.intake is None:
                return {"code": "not-a-recording"}
            try:
                going = await self._begun(asked.recorder, asked.intake, takes_over=asked.takes_over)
            except DomainError as refused:
                return {"code": refused.code, "message": str(refused.message)}
            except OSError:  # no ffmpeg, no room on the disk: the socket stays, and so may the studio ask again
                return {"code": "trouble"}
        elif asked.first > going.next:
            return {"code": "begin-anew"}
        self.publication = going
        going.attach(self._over)
        return {"next": going.next, "run": going.run}

    async def _begun(self, recorder: UUID, intake: Intake, *, takes_over: bool) -> Publication:
        holder = uuid4()
        run = await in_database(_take, self.actor, self.lecture, holder, takes_over)
        return await begin(self.actor, self.lecture, intake, recorder=recorder, holder=holder, run=run)

    async def _stop(self) -> None:
        going, self.publication = self.publication, None
        if going is not None:
            going.detach(self._over)
            await going.end("stopped")

    def _over(self, why: str) -> None:
        self.publication = None
        self._tell(did="over", why=why)


class _Asked:
    """What a studio asks for; ValueError where it makes no sense."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.recorder = UUID(str(said["recorder"]))
        self.intake = intake_of(str(said.get("type", "")))
        self.first = int(said.get("from", 0))
        self.takes_over = said.get("takes_over") is True


def _take(actor: Actor, lecture: UUID, holder: UUID, takes_over: bool) -> int:
    with acting_as(actor):
        return take_stage(actor=actor, lecture_id=lecture, holder=holder, takes_over=takes_over)
