"""What the sockets have in common that a ticket lets in: its right is looked at again while they are open."""

import asyncio
import random
from typing import Any, Final

from consortium.live.consumers.page import RIGHT_ENDED, SIGNED_OUT, PageConsumer, header, same_origin
from consortium.live.consumers.process import the_process
from consortium.live.consumers.threads import in_database
from consortium.live.queries import actor_of_session, session_key
from courses.live.queries.tickets import rights_now
from courses.live.room import Ticket

#: closed so, a page comes back with a new ticket
TRY_AGAIN: Final = 1013
#: seconds in which a page shows its ticket
JOIN_WITHIN: Final = 15.0
#: seconds after which the ticket's right is looked at for the first time, for it outlives a sign-out by minutes; up to
#: twice as long, for thousands come at once
FIRST_LOOK: Final = 5.0


class SeatedConsumer(PageConsumer):
    """`ticket` is None until the page has shown it; it is read without the database."""

    ticket: Ticket | None = None
    late: asyncio.TimerHandle | None = None

    async def _let_in(self) -> bool:
        """Accept a page of our own that has a sign-in; it is nobody until it shows its ticket."""
        self.session_key = session_key(header(self.scope, b"cookie"))
        if not same_origin(self.scope) or not self.session_key:
            await self.close()
            return False
        self._keep_little()
        the_process().hub.join(self.line)
        self.line.open()
        await self.accept()
        self.late = asyncio.get_running_loop().call_later(JOIN_WITHIN, self._too_late)
        return True

    def _too_late(self) -> None:
        if self.ticket is None:
            self._soon(self._end(TRY_AGAIN))

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.late is not None:
            self.late.cancel()
        await super().websocket_disconnect(message)

    def _sit(self, ticket: Ticket) -> None:
        """From now on it is theirs, and what ends their rights is heard."""
        self.ticket, self.user_id = ticket, ticket.user
        the_process().ear.add(self.user_id, self._recheck_now)
        self._recheck_in(FIRST_LOOK * random.uniform(1, 2))  # noqa: S311 - spreads load

    async def recheck(self) -> None:
        """Ask again who this is, and whether they may stay. With another ticket they come back as what they are."""
        if self.closing or self.ticket is None:
            return
        self.actor = await in_database(actor_of_session, self.session_key)
        if self.actor.user_id != self.user_id:
            await self._end(SIGNED_OUT)
            return
        rights = await in_database(rights_now, self.actor, self.ticket.lecture)
        if rights is None:
            await self._end(RIGHT_ENDED)
        elif rights != self.ticket.rights:
            await self._end(TRY_AGAIN)
