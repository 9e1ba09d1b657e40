"""The socket of a lecture's room.

The page says ``{"do": "join", "ticket": ..., "id": 1}`` and then what it likes (`room.saying`); each frame is answered
by ``{"re": <id>, ...}``, with ``"fault": <code>`` where it could not be done. Whatever it sends amiss gets a coded
fault, and the socket stays. What happens is told in ticks, ``{"did": "tick", "seq": ...}``; a page that sees a gap asks
over HTTP for what it missed.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import Error
from django.db.models import Model

from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.errors import DomainError
from consortium.kernel.valkey import Away
from consortium.live.consumers.page import (
    MAX_FRAME,
    SIGNED_OUT,
    Spending,
)
from consortium.live.consumers.process import the_process
from consortium.live.consumers.threads import in_database
from consortium.live.queries import actor_of_session
from courses.live.consumers.process import Room, the_rooms
from courses.live.consumers.seated import SeatedConsumer
from courses.live.operations import guests, polls, staging
from courses.live.operations import room as talk
from courses.live.queries.board import crew_topic, topic
from courses.live.queries.room import poll_form
from courses.live.queries.tickets import ticket_of
from courses.live.room import BadFrame, Item, Said, Ticket, read_command

BURST, PER_SECOND = 20, 2
#: seconds between two reactions of one person that count
REACT_EVERY: Final = 2.0
_TROUBLE = (Error, *Away)


class RoomConsumer(SeatedConsumer):
    """One page in the room: who it is says its ticket, as long as the sign-in stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spending = Spending(BURST, PER_SECOND)
        self.room: Room | None = None
        self.reacted = 0.0

    # -- coming and going ---------------------------------------------------------------------------------------

    async def connect(self) -> None:
        await self._let_in()

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.room is not None:
            await the_rooms().leave(self.room, self.user_id)
        await super().websocket_disconnect(message)

    # -- what the page says -------------------------------------------------------------------------------------

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """One frame of the page; amiss or not, the socket stays."""
        text = message.get("text")
        if self.closing:
            return
        if not self.spending.spend():
            self._tell(re=0, fault="too-fast")
        elif text is None:
            self._tell(re=0, fault="not-text")
        elif len(text) > MAX_FRAME:
            self._tell(re=0, fault="too-long")
        else:
            await self._obey(text)

    async def _obey(self, text: str) -> None:
        try:
            said = read_command(text)
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
        """Do what is asked, where the ticket lets one; the answer."""
        if said.do == "ping":
            return {}
        if said.do == "join":
            return await self._join(said.given["ticket"])
        if self.ticket is None or self.room is None:
            return {"fault": "join-first"}
        if said.right and said.right not in self.ticket.rights:
            return {"fault": "not-permitted"}
        quick: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
            "vote": self._vote,
            "react": self._react,
            "hand": self._hand,
            "lower": self._lower,
        }
        if said.do in quick:
            return await quick[said.do](self.room, **said.given)
        if said.do in _CROWDED:
            return await self.room.spoken(partial(self._operated, self.ticket, said))
        return await self._operated(self.ticket, said)

    async def _operated(self, ticket: Ticket, said: Said) -> dict[str, Any]:
        """What writes, as the person who is signed in; looked up when they first do something."""
        if not self.actor.is_person:
            self.actor = await in_database(actor_of_session, self.session_key)
        if self.actor.user_id != ticket.user:
            await self._end(SIGNED_OUT)
            return {}
        return await in_database(_operate, self.actor, ticket.lecture, said)

    async def _join(self, text: str) -> dict[str, Any]:
        """Come in; said again with a new ticket it changes nothing but the rights."""
        lecture = UUID(str(self.scope["url_route"]["kwargs"]["lecture_id"]))
        ticket = ticket_of(text, lecture=lecture, session=self.session_key)
        if ticket is None or (self.ticket is not None and ticket.user != self.user_id):
            return {"fault": "bad-ticket"}
        first, self.ticket = self.ticket is None, ticket
        if first:
            await self._enter(ticket)
        hub = the_process().hub
        await (hub.listen if ticket.is_crew else hub.leave)(self.line, crew_topic(lecture))
        seq = await the_rooms().board.stands_at(lecture)
        return {"did": "joined", "seq": int(seq or 0), "rights": sorted(ticket.rights)}

    async def _enter(self, ticket: Ticket) -> None:
        self._sit(ticket)
        self.room = the_rooms().enter(ticket.lecture, self.user_id)
        await the_process().hub.listen(self.line, topic(ticket.lecture))

    async def _vote(self, room: Room, poll: UUID, choice: list[Any], confidence: int | None) -> dict[str, Any]:
        form = room.forms.get(poll) or await in_database(poll_form, poll, room.id)
        if form is None:
            return {"fault": "not-found"}
        room.forms[poll] = form
        if not form.takes(choice):
            return {"fault": "bad-field"}
        stands = await the_rooms().votes.save(polls.Given(poll, self.user_id, choice, confidence))
        if stands is None:
            return {"fault": "closed"}
        room.voted.add(str(poll))
        return {"did": "saved", "choice": stands}

    async def _react(self, room: Room, what: str) -> dict[str, Any]:
        if time.monotonic() - self.reacted < REACT_EVERY:
            return {"fault": "too-fast"}
        self.reacted = time.monotonic()
        await room.board.react(room.id, what)
        return {}

    async def _hand(self, room: Room, up: bool) -> dict[str, Any]:
        """Raise a hand, or take it down: the crew sees whose."""
        name = self.ticket.name if self.ticket else ""
        if up:
            await room.board.raise_hand(room.id, self.user_id, name)
        else:
            await room.board.lower_hand(room.id, self.user_id)
        await room.board.put(room.id, Item("hand", {"user": str(self.user_id), "by": name, "up": up}), crew=True)
        return {}

    async def _lower(self, room: Room, user: UUID) -> dict[str, Any]:
        await room.board.lower_hand(room.id, user)
        for crew in (False, True):  # whose hand it is sees it too
            await room.board.put(room.id, Item("hand", {"user": str(user), "up": False}), crew=crew)
        return {}


def _operate(actor: Actor, lecture_id: UUID, said: Said) -> dict[str, Any]:
    """Each operation asks its own policy anew."""
    given = {name if name in _PLAIN else f"{name}_id": value for name, value in said.given.items()}
    with acting_as(actor):
        made = _OPERATIONS[said.do](actor=actor, lecture_id=lecture_id, **given)
    return {"did": "done", "made": str(made.pk)} if isinstance(made, Model) else {"did": "done"}


#: fields that are no ids
_PLAIN: Final = ("text", "key", "stage", "shown", "agrees", "rung", "cause")
#: what thousands may do at once
_CROWDED: Final = ("chat", "ask", "support")
_OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "chat": talk.say_line,
    "ask": talk.ask_question,
    "support": talk.support_question,
    "caption": talk.caption_line,
    "enter": guests.enter_stage,
    "leave": guests.leave_stage_as_guest,
    "tried": guests.note_try,
    "invite": guests.invite_guest,
    "remove": guests.remove_guest,
    "hide": talk.hide_line,
    "block": talk.block_person,
    "unblock": talk.unblock_person,
    "answered": partial(talk.settle_question, answered=True),
    "dismiss": partial(talk.settle_question, answered=False),
    "open": polls.open_poll,
    "close": polls.close_poll,
    "reveal": staging.reveal_stage,
    "flow": staging.show_flow,
}
