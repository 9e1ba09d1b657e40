"""What the server of encoders' streams asks: may this one send, may it go on, it is gone (`broadcast.rtmp`).

`POST /lectures/encoders/<secret>/<kind>/` with a form; the secret is the installation's own and stands in the server's
configuration. An encoder that may not send hears 403, whatever the reason: who gives the lecture sees it in the studio.
"""

import hmac
import re
from typing import Any, Final
from uuid import UUID, uuid4

from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError
from consortium.live.consumers.threads import in_database
from consortium.people.queries import actor_by_id
from courses.library.streaming.endpoint import Receive, Scope, Send, answered
from courses.live.broadcast.rtmp import Call, Gateway
from courses.live.consumers.sending import begin, give_back, publications
from courses.live.operations.encoders import take_stage_by_key
from courses.live.queries.encoders import call_secret, gateway, row_of_key, sends

PATTERN: Final = r"/lectures/encoders/(?P<secret>[0-9a-f]{40})/(publish|update|done)/"
_PATH: Final = re.compile(PATTERN)
_LONGEST: Final = 8192
_Answer = tuple[int, list[tuple[bytes, bytes]]]
_YES: Final[_Answer] = (204, [])
_NO: Final[_Answer] = (403, [])


async def encoder_calls(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application, beside the pages: a run belongs to the event loop that begins it."""
    asked, server = _PATH.fullmatch(scope["path"]), gateway()
    right = asked is not None and hmac.compare_digest(asked["secret"], call_secret())
    body = await _body(receive) if right and scope["method"] == "POST" else None
    if server is None or body is None:
        await answered(send, 404, [])
        return
    call = server.read(body)
    status, headers = await _ANSWERS[call.kind](server, call) if call else _YES
    await answered(send, status, headers)


async def _body(receive: Receive) -> bytes | None:
    """None for one that is longer than any that is asked with, or not whole."""
    data = b""
    while True:
        message = await receive()
        data += bytes(message.get("body", b""))
        if message["type"] != "http.request" or len(data) > _LONGEST:
            return None
        if not message.get("more_body"):
            return data


async def _publish(server: Gateway, call: Call) -> _Answer:
    actor, holder = await in_database(_maker, call.key), uuid4()
    if actor is None:
        return _NO
    try:
        lecture, run = await in_database(_take, actor, call, holder)
        made = await begin(actor, lecture, server.intake(holder.hex), recorder=holder, holder=holder, run=run)
    except (DomainError, OSError):
        return _NO
    made.attach(_over)
    return server.let_in(holder.hex)


def _over(why: str) -> None:
    """A run's end is told by the next `update`, which is refused."""


async def _update(_server: Gateway, call: Call) -> _Answer:
    return _YES if await in_database(_goes_on, call) else _NO


async def _done(_server: Gateway, call: Call) -> _Answer:
    """Its stage is free at once, so that the encoder may be back while the last of the run is still being written."""
    found = await in_database(_run_of, call)
    if found is not None:
        actor, lecture, holder = found
        await give_back(actor, lecture, holder)
        going = publications.of(lecture, actor.user_id, holder)
        if going is not None:
            await going.end("stopped")
    return _YES


_ANSWERS: Final[dict[str, Any]] = {"publish": _publish, "update": _update, "done": _done}


def _maker(key: str) -> Actor | None:
    """In whose name it sends."""
    with acting_as(system("an encoder shows its key")):
        row = row_of_key(key)
        return actor_by_id(row.made_by_id) if row else None


def _take(actor: Actor, call: Call, holder: UUID) -> tuple[UUID, int]:
    with acting_as(actor):
        return take_stage_by_key(actor=actor, key=call.key, client=call.client, holder=holder)


def _goes_on(call: Call) -> bool:
    with acting_as(system("an encoder sends")):
        row = row_of_key(call.key)
        return row is not None and row.client == call.client and sends(row)


def _run_of(call: Call) -> tuple[Actor, UUID, UUID] | None:
    """The run that this connection sent, where it was the last of its key."""
    with acting_as(system("an encoder is gone")):
        row = row_of_key(call.key)
        if row is None or row.holder is None or row.client != call.client:
            return None
        return actor_by_id(row.made_by_id), row.lecture_id, row.holder
