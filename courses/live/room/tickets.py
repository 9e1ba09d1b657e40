"""Tickets into a lecture's room: signed, for minutes, of one person in one session. No database is asked to read one.

A ticket is `<body>.<mark>`: JSON in base64, and an HMAC over it and the session's key. The key comes with the socket's
own cookie, so a ticket that somebody copies is worth nothing elsewhere.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson

#: what a ticket may grant beyond watching and speaking
MODERATE, CONDUCT, CAPTION = "moderate", "conduct", "caption"
#: seconds: a page that was away for longer asks for a new one
LASTS: Final = 600
_MARK_BYTES: Final = 15


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may enter which lecture until when (seconds since 1970), with which rights, under which name."""

    lecture: UUID
    user: UUID
    until: int
    rights: frozenset[str] = frozenset()
    name: str = ""

    @property
    def is_crew(self) -> bool:
        """Whether its holder hears what only moderators and lecturers hear."""
        return bool(self.rights & {MODERATE, CONDUCT})


def issue(key: bytes, ticket: Ticket, session: str) -> str:
    said = [ticket.lecture.hex, ticket.user.hex, ticket.until, sorted(ticket.rights), ticket.name]
    body = base64.urlsafe_b64encode(orjson.dumps(said)).decode()
    return f"{body}.{_mark(key, body, session)}"


def read(key: bytes, text: str, *, lecture: UUID, session: str, now: float) -> Ticket | None:
    """The ticket, where `issue` made it for this lecture and session and it still holds; else None."""
    body, _, mark = text.partition(".")
    if not session or not hmac.compare_digest(mark.encode(), _mark(key, body, session).encode()):
        return None
    ticket = _opened(body)
    return ticket if ticket.lecture == lecture and ticket.until > now else None


def _opened(body: str) -> Ticket:
    lecture, user, until, rights, name = orjson.loads(base64.urlsafe_b64decode(body))
    return Ticket(UUID(lecture), UUID(user), until, _known(rights), name)


def _known(rights: Iterable[str]) -> frozenset[str]:
    return frozenset(rights) & {MODERATE, CONDUCT, CAPTION}


def _mark(key: bytes, body: str, session: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, f"{body}|{session}".encode(), "sha256")[:_MARK_BYTES]).decode()
