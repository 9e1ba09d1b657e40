"""Showing others of the case where one points. Nothing is kept: a point is forgotten after some seconds."""

import orjson

from consortium.casework.queries.lists_live import mark, present
from consortium.files.models import Attachment
from consortium.files.policies import may_point
from consortium.files.queries.pointing import FORGOTTEN_AFTER, place_of, topic_of
from consortium.kernel.actors import Actor
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.errors import InvalidInput
from consortium.kernel.policies import require
from consortium.kernel.valkey import Away, breaker, client


def point(*, actor: Actor, attachment: Attachment, frame: int, x: float, y: float) -> None:
    """`actor` points at `frame` of the file; x and y are parts of its width and height, 0 to 1. Lost while Redis is."""
    require(may_point(actor, attachment))
    if not (0 <= x <= 1 and 0 <= y <= 1 and frame >= 1):
        raise InvalidInput({"x": "outside the picture"})
    if breaker.open:
        return
    now, held = present(), place_of(attachment.case_id)
    said = {"attachment": str(attachment.pk), "frame": frame, "x": x, "y": y, "name": actor.name, "at": now}
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.hset(held, str(actor.user_id), orjson.dumps(said).decode())
            pipe.expire(held, 2 * FORGOTTEN_AFTER)
            pipe.execute()
    except Away:
        breaker.trip()
        return
    topic = topic_of(attachment.case_id)
    mark([topic], now)
    ring_on_commit(topic, now)
