"""The socket of a call's page: letters to the other pages, and who is there.

The page says ``{"do": ...}``, and is told ``{"did": ...}``:

- ``hello`` (`epoch`: the page's own name, new with each load; `after`: the last letter it has, null when just opened)
  is answered by ``hello`` with the servers for ICE, the newest letter's number and letters that were missed;
- ``signal`` (`to`, `n`: the page's own growing number, `body`) by ``receipt``; what has no receipt is sent again;
- ``resume`` (`after`) by the letters missed; ``state`` and ``ping`` say what the page does, and that it lives;
- ``people`` tells who is inside and who waits, each time that changes; ``over`` that the call has ended.

Each letter's right is asked anew: both seats inside the same open room.
"""

import asyncio
import time
from typing import Any, Final
from uuid import UUID

import orjson

from consortium.calls.models import Seat
from consortium.calls.operations import mark_seen, put_out
from consortium.calls.operations.letters import box_topic, call_topic, letters_after, post_letter, read_state, say
from consortium.calls.queries.people import guardian, may_write_to, people_of, seat_of_device, seat_of_person
from consortium.calls.queries.reaching import device_secret, servers_for
from consortium.calls.states import RoomStep
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError
from consortium.live.consumers.page import (
    MALFORMED,
    RECHECK_EVERY,
    RIGHT_ENDED,
    SIGNED_OUT,
    PageConsumer,
    Spending,
    header,
    same_origin,
)
from consortium.live.consumers.process import the_process
from consortium.live.consumers.threads import in_database
from consortium.live.queries import actor_of_session, session_key

MAX_LETTER: Final = 24_000  # characters: a description of three media with all its candidates is a third of it
BURST, PER_SECOND = 150, 30  # frames: three peers, each with its candidates, all at once
OVER: Final = 4410
SEEN_EVERY: Final = 60.0


class Ear:
    """Hears that something in the room has moved."""

    def __init__(self, consumer: "SeatConsumer") -> None:
        self.topics: set[str] = set()
        self._consumer = consumer

    def offer(self, text: str) -> None:
        self._consumer.look_again()

    def cut(self) -> None:
        """Nothing to give up."""


class SeatConsumer(PageConsumer):
    """A seat's page. Whose it is: a signed-in person's by their session, a guardian's by their device's secret."""

    max_frame = MAX_LETTER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spending = Spending(BURST, PER_SECOND)
        self.seat_id = UUID(int=0)
        self.room_id = UUID(int=0)
        self.epoch = ""
        self.ear = Ear(self)
        self.looking = False
        self.in_turn = asyncio.Lock()
        self.seen_at = 0.0

    # -- coming and going ---------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Accept the page of somebody who has asked to come in; refuse anybody else before anything is open."""
        process = the_process()
        noted = process.ear.heard
        seat = await self._whose() if same_origin(self.scope) else None
        if seat is None or not seat.room.is_live:
            await self.close()
            return
        self.seat_id, self.room_id, self.user_id = seat.pk, seat.room_id, self.actor.user_id
        process.ear.add(self.user_id, self._recheck_now)
        process.hub.join(self.line)
        self.line.open()
        await self.accept()
        await process.hub.listen(self.line, box_topic(self.seat_id))
        for topic in (call_topic(self.room_id), f"room:{self.room_id}"):
            await process.hub.listen(self.ear, topic)
        self._recheck_in(0 if process.ear.changed_since(self.user_id, noted) else RECHECK_EVERY)

    async def _whose(self) -> Seat | None:
        cookies = header(self.scope, b"cookie")
        room_id = self.scope["url_route"]["kwargs"].get("room_id")
        if room_id is None:
            self.session_key = ""
            return await in_database(seat_of_device, device_secret(cookies))
        self.session_key = session_key(cookies)
        self.actor = await in_database(actor_of_session, self.session_key)
        return await in_database(seat_of_person, self.actor, room_id)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        await the_process().hub.drop(self.ear)
        await super().websocket_disconnect(message)

    # -- what the page says -------------------------------------------------------------------------------------

    async def _obey(self, text: str) -> None:
        frame = read_letter(text)
        obey = {"hello": self._hello, "signal": self._signal, "resume": self._resume, "state": self._state}
        if frame.get("do") == "ping":
            self._tell(did="pong")
            await self._lives()
        elif (do := obey.get(str(frame.get("do")))) is None:
            await self._end(MALFORMED)
        else:
            try:
                await do(frame)
            except (KeyError, TypeError, ValueError, DomainError):
                await self._end(MALFORMED)

    async def _hello(self, frame: dict[str, Any]) -> None:
        self.epoch = str(UUID(frame["epoch"]))
        after = frame["after"]
        seq, letters = await in_database(letters_after, self.seat_id, after if after is None else int(after))
        self._tell(did="hello", seq=seq, me=str(self.seat_id), ice=servers_for(self.seat_id))
        for letter in letters:
            self.line.offer(letter)
        state = read_state(frame.get("state", {}))
        await in_database(_say, self.room_id, self.seat_id, False, {**state, "epoch": self.epoch})
        await self._lives()
        await self._show_people()

    async def _signal(self, frame: dict[str, Any]) -> None:
        to, number, body = UUID(frame["to"]), int(frame["n"]), frame["body"]
        if not self.epoch or not isinstance(body, dict) or number < 1:
            raise ValueError("not a letter")
        if not await in_database(may_write_to, self.seat_id, to):
            self._tell(did="refuse", n=number, code="not-permitted", status=403)
        elif await in_database(_post, self.seat_id, self.epoch, number, to, body):
            self._tell(did="receipt", n=number)

    async def _resume(self, frame: dict[str, Any]) -> None:
        _seq, letters = await in_database(letters_after, self.seat_id, int(frame["after"]))
        for letter in letters:
            self.line.offer(letter)
        await self._show_people()

    async def _state(self, frame: dict[str, Any]) -> None:
        await in_database(_say, self.room_id, self.seat_id, False, read_state(frame))

    async def _lives(self) -> None:
        """Remember that the page is there: for the others now and then, for the room's end once a minute."""
        await in_database(_say, self.room_id, self.seat_id, True, {})
        if time.monotonic() - self.seen_at > SEEN_EVERY:
            self.seen_at = time.monotonic()
            await in_database(_seen, self.seat_id)

    # -- what the page is told ----------------------------------------------------------------------------------

    def look_again(self) -> None:
        """Something moved: tell the page who is there, once for all that moved meanwhile."""
        if not self.looking and not self.closing:
            self.looking = True
            self._soon(self._show_people())

    async def _show_people(self) -> None:
        async with self.in_turn:  # an older look must not be told after a newer one
            self.looking = False
            found = await in_database(people_of, self.seat_id)
            if self.closing:
                return
            if found is not None and not found["gone"] and found["step"] == RoomStep.OPEN:
                self._tell(did="people", **found)
                return
        ended = found is not None and found["step"] != RoomStep.OPEN
        await self._write(orjson.dumps({"did": "over", "ended": ended}).decode())
        await self._end(OVER)

    async def recheck(self) -> None:
        """Ask again who this is. Whoever may no longer sit in the call leaves it."""
        if self.closing or not self.session_key:
            return
        before, self.actor = self.actor, await in_database(actor_of_session, self.session_key)
        if self.actor.user_id != before.user_id:
            await self._end(SIGNED_OUT)
        elif await in_database(seat_of_person, self.actor, self.room_id) is None:
            await in_database(_leave, self.seat_id)
            await self._end(RIGHT_ENDED)


def _say(room_id: UUID, seat_id: UUID, quietly: bool, state: dict[str, Any]) -> None:
    say(room_id, seat_id, quietly=quietly, **state)


def _post(sender: UUID, epoch: str, number: int, to: UUID, body: dict[str, Any]) -> bool:
    return post_letter(sender=sender, epoch=epoch, number=number, to=to, body=body)


def _seen(seat_id: UUID) -> None:
    with acting_as(guardian()) as actor:
        mark_seen(actor=actor, seat_id=seat_id)


def _leave(seat_id: UUID) -> None:
    """Put out somebody whose right has ended."""
    with acting_as(system("the right to sit in a call has ended")) as actor:
        put_out(actor=actor, seat_id=seat_id)


def read_letter(text: str) -> dict[str, Any]:
    """A page's frame; {} when it is none."""
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return frame if isinstance(frame, dict) else {}
