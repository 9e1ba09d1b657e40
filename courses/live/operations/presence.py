"""Who was there, written down by the server that has their sockets."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted

#: seconds: a page that was away for less has not left
SAME_VISIT: Final = 90

_STAY = """
UPDATE lectures_attendance a SET ended_at = %(now)s FROM lectures_lecture l
WHERE a.lecture_id = %(lecture)s AND l.id = a.lecture_id AND l.step = 'live' AND a.user_id = ANY(%(users)s::uuid[])
  AND a.ended_at >= %(now)s - %(same)s * interval '1 second' RETURNING a.user_id"""

_COME = """
INSERT INTO lectures_attendance (lecture_id, user_id, began_at, ended_at)
SELECT l.id, u.id, %(now)s, %(now)s FROM lectures_lecture l, unnest(%(users)s::uuid[]) AS u(id)
WHERE l.id = %(lecture)s AND l.step = 'live'"""


@transaction.atomic
def keep_attendance(*, actor: Actor, lecture_id: UUID, user_ids: Collection[UUID]) -> None:
    """These people are in the room now: their visits go on, or begin. Only while the lecture is live."""
    if not actor.is_system:
        raise NotPermitted
    given: dict[str, Any] = {"now": clock.now(), "lecture": str(lecture_id), "users": [str(one) for one in user_ids],
             "same": SAME_VISIT}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_STAY, given)
        stayed = {str(user) for (user,) in cursor.fetchall()}
        new = [user for user in given["users"] if user not in stayed]
        if new:
            cursor.execute(_COME, {**given, "users": new})
